import { aligned, type Cell, type Table } from '../execute/table.js'
import type { Output } from '../plan/formulas.js'
import { ofNone } from '../plan/measures.js'
import type { GroupValue, MeasureKey } from '../plan/plan.js'
import { byRow, combinationsOf, type Rows } from './order.js'

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
  readonly rowMeasure: MeasureKey
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
  const rows: Rows = { totals: totalsOf(table, layout), keys: table.keys }
  const place = placing(table, rows, layout)
  const stamps = stampsOf(layout.edges)
  if (layout.groups.length > 0) {
    const busy: number[] = []
    for (let index = 0; index < table.size; index++) if ((rows.totals[index] ?? 0) > 0) busy.push(index)
    const inOrder = byRow(rows)
    return bucketed(top(busy, rows, layout.limit), table.starts).flatMap(([start, indexes]) => {
      const stamp = stamps.get(start)
      return indexes.sort(inOrder).map((index) => place(index, stamp))
    })
  }
  if (layout.edges === null) return [place(table.size > 0 ? 0 : NOWHERE, undefined)]
  const at = new Map((table.starts ?? []).map((start, index) => [start, index]))
  return layout.edges.slice(0, -1).map((start) => place(at.get(start) ?? NOWHERE, stamps.get(start)))
}

/** The keys of every row that such a layout makes, in their order; known also where there is no row. */
export function columnsOf({ groupKeys, edges, outputs }: Layout): readonly string[] {
  const stamps = edges === null ? [] : ['startTimestamp', 'endTimestamp']
  return [...new Set([...groupKeys, ...stamps, 'total', ...outputs.map(({ key }) => key)])]
}

/** Cells by the start of their bucket, the first bucket first; all in one where there is no time. */
function bucketed(
  indexes: number[],
  starts: readonly number[] | null,
): readonly (readonly [number | null, number[]])[] {
  if (starts === null) return [[null, indexes]]
  const buckets = new Map<number, number[]>()
  for (const index of indexes) {
    const start = starts[index] ?? 0
    const bucket = buckets.get(start)
    if (bucket === undefined) buckets.set(start, [index])
    else bucket.push(index)
  }
  return [...buckets].sort(([one], [other]) => one - other)
}

/** The index of a cell that the table does not have: nothing happened in it. */
const NOWHERE = -1

function totalsOf(table: Table, { rowMeasure }: Layout): Float64Array {
  const counts = table.measures.get(rowMeasure)
  return Float64Array.from({ length: table.size }, (_, index) => counts?.[index] ?? 0)
}

/** The cells of the `limit` largest combinations of values, ranked over the whole window; ties go by value. */
function top(indexes: number[], rows: Rows, limit: number | null): number[] {
  if (limit === null) return indexes
  const { numberOf, totals, firsts } = combinationsOf(indexes, rows)
  const keys = rows.keys.map((column) => firsts.map((first) => column[first] ?? null))
  const ranked = [...firsts.keys()].sort(byRow({ totals, keys }))
  const kept = new Set(ranked.slice(0, limit))
  return indexes.filter((index) => kept.has(numberOf(index)))
}

/** Makes the data point of a cell in the bucket with these stamps. Rows are many: all that can be is looked up before. */
function placing(table: Table, { totals, keys }: Rows, { groupKeys, groups, outputs }: Layout) {
  const columns = groupKeys.map((key, index) => ({ key, column: keys[index] ?? [] }))
  const figures = outputs.map((output) => ({ key: output.key, of: figureOf(output, table, groups) }))
  return (index: number, stamp: Stamp | undefined): DataPoint => {
    const point: Record<string, string | number | boolean | null> = {}
    for (const { key, column } of columns) point[key] = column[index] ?? null
    if (stamp !== undefined) {
      point.startTimestamp = stamp.start
      point.endTimestamp = stamp.end
    }
    const total = totals[index] ?? 0
    point.total = total
    for (const { key, of } of figures) point[key] = of(index, total)
    return point
  }
}

/** When a bucket begins and ends, as rows say it. */
type Stamp = { readonly start: string; readonly end: string }

function stampsOf(edges: readonly number[] | null): ReadonlyMap<number | null, Stamp> {
  const texts = (edges ?? []).map((edge) => new Date(edge).toISOString())
  return new Map(
    (edges ?? []).slice(0, -1).map((edge, index) => [edge, { start: texts[index] ?? '', end: texts[index + 1] ?? '' }]),
  )
}

type Figure = (index: number, total: number) => number | null

function figureOf(output: Output, table: Table, groups: readonly string[]): Figure {
  switch (output.kind) {
    case 'grouped': {
      const column: readonly GroupValue[] = table.keys[groups.indexOf(output.group)] ?? []
      const { distinct } = output
      return (index, total) => ((column[index] ?? null) === null ? 0 : distinct ? 1 : total)
    }
    case 'measure': {
      const { measure, divideBy, zeroIsNull } = output
      const column = table.measures.get(measure)
      const none = ofNone(measure)
      return (index, total) => {
        if (total === 0) return none
        const value = known(column?.[index], measure)
        if (value === null || (value === 0 && zeroIsNull)) return null
        return divideBy === 1 ? value : value / divideBy
      }
    }
    case 'perRequest': {
      const { measure, divideBy } = output
      const column = table.measures.get(measure)
      return (index, total) => (total === 0 ? null : (known(column?.[index], measure) ?? 0) / total / divideBy)
    }
    case 'ratio': {
      const { measure } = output
      const [column, over] = [table.measures.get(measure), table.measures.get(output.over)]
      return (index) => {
        const count = over?.[index] ?? 0
        return count === 0 ? null : (known(column?.[index], measure) ?? 0) / count
      }
    }
    case 'where': {
      const { measure } = output
      const [column, over] = [table.measures.get(measure), table.measures.get(output.over)]
      return (index, total) => (total === 0 || (over?.[index] ?? 0) === 0 ? null : known(column?.[index], measure))
    }
  }
}

/** A measure that no part of the plan gave is a fault of the planner, never a zero. */
function known(cell: Cell, measure: MeasureKey): number | null {
  if (cell === undefined) throw new TypeError(`no part of the plan gave ${measure}`)
  return cell
}
