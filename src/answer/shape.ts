import { aligned, type Cell, cellAt, type Table } from '../execute/table.js'
import { isAdditive, isNamed } from '../plan/context.js'
import type { Output } from '../plan/formulas.js'
import type { GroupValue, MeasureKey } from '../plan/plan.js'

/** One row of a reply: group values, a bucket's stamps on a timeseries, `total`, aggregations. */
export type DataPoint = Readonly<Record<string, string | number | boolean | null>>

/** What the rows of a reply look like. */
export type Layout = {
  /** Response keys of the groups, in the order of the table's. */
  readonly groupKeys: readonly string[]
  /** Ids of the groups, in the same order. */
  readonly groups: readonly string[]
  readonly outputs: readonly Output[]
  /** The measure that is `total`. */
  readonly rows: MeasureKey
  /** Bucket starts and the last end, epoch ms; `null` on a distribution. */
  readonly edges: readonly number[] | null
  /** The top N combinations of group values; `null` = all. */
  readonly limit: number | null
}

/**
 * A table as the rows of a reply, in the language's order: by bucket, then `total` descending, then values ascending, null last.
 * Without groups there is exactly one row, or one a bucket, also where nothing happened; with groups only where something did.
 */
export function shape(unordered: Table, layout: Layout): readonly DataPoint[] {
  const table = aligned(unordered, layout.groups)
  const ends = new Map(
    (layout.edges ?? []).slice(0, -1).map((start, index) => [start, layout.edges?.[index + 1] ?? start]),
  )
  const cells = layout.groups.length === 0 ? everyCell(table, layout) : busyCells(table, layout)
  const shown = top(cells, layout.limit).toSorted(compareCells)
  return shown.map((cell) => dataPoint(cell, layout, ends))
}

/** The cells of the `limit` largest combinations of values, ranked over the whole window; ties go by value. */
function top(cells: readonly CellRow[], limit: number | null): readonly CellRow[] {
  if (limit === null) return cells
  const combinations = new Map<string, CellRow>()
  for (const cell of cells) {
    const name = JSON.stringify(cell.values)
    const seen = combinations.get(name)
    combinations.set(name, { ...cell, start: null, total: cell.total + (seen?.total ?? 0) })
  }
  const ranked = [...combinations].toSorted(([, one], [, other]) => compareCells(one, other))
  const kept = new Set(ranked.slice(0, limit).map(([name]) => name))
  return cells.filter((cell) => kept.has(JSON.stringify(cell.values)))
}

type CellRow = {
  readonly start: number | null
  readonly values: readonly GroupValue[]
  readonly total: number
  readonly measure: (name: MeasureKey) => Cell
}

type Rows = Pick<Layout, 'rows'>

function rowAt(table: Table, { rows }: Rows, index: number): CellRow {
  return {
    start: table.starts?.[index] ?? null,
    values: table.keys.map((column) => column[index] ?? null),
    total: cellAt(table, rows, index) ?? 0,
    measure: (name) => cellAt(table, name, index),
  }
}

function busyCells(table: Table, rows: Rows): readonly CellRow[] {
  return Array.from({ length: table.size }, (_, index) => rowAt(table, rows, index)).filter((row) => row.total > 0)
}

function everyCell(table: Table, { rows, edges }: Rows & Pick<Layout, 'edges'>): readonly CellRow[] {
  if (edges === null) return [table.size > 0 ? rowAt(table, { rows }, 0) : emptyRow(null)]
  const at = new Map((table.starts ?? []).map((start, index) => [start, index]))
  return edges.slice(0, -1).map((start) => {
    const index = at.get(start)
    return index === undefined ? emptyRow(start) : rowAt(table, { rows }, index)
  })
}

/** A cell of which nobody knows anything: nothing happened in it. */
function emptyRow(start: number | null): CellRow {
  return { start, values: [], total: 0, measure: () => undefined }
}

function dataPoint(row: CellRow, { groupKeys, groups, outputs }: Layout, ends: ReadonlyMap<number, number>): DataPoint {
  const point: Record<string, string | number | boolean | null> = {}
  groupKeys.forEach((key, index) => {
    point[key] = row.values[index] ?? null
  })
  const end = row.start === null ? undefined : ends.get(row.start)
  if (row.start !== null && end !== undefined) {
    point.startTimestamp = new Date(row.start).toISOString()
    point.endTimestamp = new Date(end).toISOString()
  }
  point.total = row.total
  for (const output of outputs) point[output.key] = outputValue(output, row, groups)
  return point
}

function outputValue(output: Output, row: CellRow, groups: readonly string[]): number | null {
  switch (output.kind) {
    case 'grouped': {
      const value = row.values[groups.indexOf(output.group)] ?? null
      if (value === null) return 0
      return output.distinct ? 1 : row.total
    }
    case 'measure': {
      if (row.total === 0) return isAdditive(output.measure) || !isNamed(output.measure) ? 0 : null
      const value = known(row.measure(output.measure), output.measure)
      if (value === null || (value === 0 && output.zeroIsNull)) return null
      return value / output.divideBy
    }
    case 'perRequest': {
      if (row.total === 0) return null
      return (known(row.measure(output.measure), output.measure) ?? 0) / row.total / output.divideBy
    }
    case 'ratio': {
      const over = row.measure(output.over) ?? 0
      return over === 0 ? null : (known(row.measure(output.measure), output.measure) ?? 0) / over
    }
    case 'where':
      return row.total === 0 || (row.measure(output.over) ?? 0) === 0
        ? null
        : known(row.measure(output.measure), output.measure)
  }
}

/** A measure that no part of the plan gave is a fault of the planner, never a zero. */
function known(cell: Cell, measure: MeasureKey): number | null {
  if (cell === undefined) throw new TypeError(`no part of the plan gave ${measure}`)
  return cell
}

function compareCells(one: CellRow, other: CellRow): number {
  const byStart = (one.start ?? 0) - (other.start ?? 0)
  if (byStart !== 0) return byStart
  if (one.total !== other.total) return other.total - one.total
  for (const [index, value] of one.values.entries()) {
    const order = compareValues(value, other.values[index] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** Ascending, text by code unit; null comes last. */
function compareValues(one: GroupValue, other: GroupValue): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one < other ? -1 : 1
}
