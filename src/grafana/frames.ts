import type { DataPoint } from '../engine.js'

/**
 * What the plugin hands to Grafana's `toDataFrame`, item by item: a series or a table. `refId` and `meta` come through; `title` and `unit`
 * become the name and the unit of a series' values, `tags` their labels.
 */
export type Frame = SeriesFrame | TableFrame

/** One line of a graph. `target` and `title` name it; `unit` is one of Grafana’s. */
export type SeriesFrame = {
  readonly target: string
  readonly title: string
  readonly refId: string
  readonly unit: string
  readonly tags: Readonly<Record<string, string>>
  /** Value and epoch ms. */
  readonly datapoints: readonly (readonly [number | null, number])[]
  readonly meta: Meta
}

/** Rows under typed columns, each row as long as there are columns. */
export type TableFrame = {
  readonly type: 'table'
  readonly name: string
  readonly refId: string
  readonly columns: readonly ColumnHead[]
  readonly rows: readonly (readonly DataPoint[string][])[]
  readonly meta: Meta
}

/** A column of a table. `time`: its cells are epoch ms; `unit` is one of Grafana’s. */
export type ColumnHead = {
  readonly text: string
  readonly type: 'time' | 'number' | 'string' | 'boolean'
  readonly unit?: string
}

/** What Grafana shows about a frame: notices in the panel's corner, the rest in its inspector. */
export type Meta = {
  readonly notices?: readonly { readonly severity: 'warning' | 'error'; readonly text: string }[]
  readonly custom?: Readonly<Record<string, unknown>>
}

/** The value of a row that is to be drawn; anything but a number is nothing to draw. */
export function numberOf(value: DataPoint[string] | undefined): number | null {
  return typeof value === 'number' ? value : null
}
