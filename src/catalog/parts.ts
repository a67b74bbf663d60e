import type { GraphName } from '../portkey/call.js'
import type { DimensionRef } from './dimensions.js'
import type { MeasureName, PartName } from './types.js'

/** A graph whose points are split by a dimension: one call gives a measure for every value, over time or in all. */
export type SplitEntry = {
  readonly graph: GraphName
  /** Every measure that it splits, by what stands in a point. */
  readonly measures: Readonly<Partial<Record<MeasureName, readonly SplitField[]>>>
  /** Shows status codes of 400 and more alone. */
  readonly failuresOnly?: true
}

/** A field of a point, and the dimension's value that it is; with `rest`, all fields that begin so: the rest joins the value. */
export type SplitField = { readonly field: string; readonly value: string; readonly rest?: true }

/**
 * The graph that splits by a dimension. Rows by `rescue` are rescues: a request that a retry and a fallback rescued is one of each,
 * and one that needed none is no row.
 */
export function splitOf(ref: DimensionRef): SplitEntry | undefined {
  if (ref.kind === 'part') return PARTS[ref.name]
  return ref.kind === 'dimension' && ref.name === 'status_code' ? ERRORS : undefined
}

const PARTS: Readonly<Partial<Record<PartName, SplitEntry>>> = {
  cacheType: {
    graph: 'cache/hit-rate',
    measures: {
      hits: [
        { field: 'simpleHits', value: 'simple' },
        { field: 'semanticHits', value: 'semantic' },
      ],
      savingsCents: [
        { field: 'simpleSavings', value: 'simple' },
        { field: 'semanticSavings', value: 'semantic' },
      ],
    },
  },
  rescue: {
    graph: 'requests/rescued',
    measures: {
      requests: [
        { field: 'retry:', value: 'retry:', rest: true },
        { field: 'fallback', value: 'fallback' },
      ],
    },
  },
}

const STATUS: readonly SplitField[] = [{ field: 'status:', value: '', rest: true }]

const ERRORS: SplitEntry = {
  graph: 'errors/stacks',
  measures: { requests: STATUS, errors: STATUS },
  failuresOnly: true,
}
