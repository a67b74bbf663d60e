import type { Reading } from '../catalog/types.js'
import { ofNone } from '../plan/measures.js'
import type { FoldNode, GroupValue, KeepNode, MeasureKey, SpreadNode } from '../plan/plan.js'
import { passes, readValue } from '../plan/predicate.js'
import { aligned, type Cell, cellName, type Row, rowsOf, type Table, tableOf } from './table.js'

/**
 * The cells of the first table with the measures of all; a measure that two tables give is the first's. A cell that another table
 * lacks has nothing that adds up there. `settled`: nothing can have come between the calls, so it must not lack anything else.
 */
export function merge(tables: readonly Table[], settled: boolean): Table {
  const [first, ...others] = tables
  if (!first) throw new TypeError('a merge has no parts')
  const asked = measuresOf(others)
  const lookups = others.map((table) => ({
    rows: new Map(rowsOf(aligned(table, first.groups)).map((row) => [cellName(row), row.cells])),
  }))
  const rows = rowsOf(first).map((row): Row => {
    const name = cellName(row)
    const cells = new Map(row.cells)
    const found = lookups.flatMap((lookup) => lookup.rows.get(name) ?? [])
    for (const measure of asked) {
      if (cells.get(measure) !== undefined) continue
      const given = found.find((other) => other.get(measure) !== undefined)
      cells.set(measure, given ? given.get(measure) : absent(measure, settled))
    }
    return { ...row, cells }
  })
  return tableOf(first.groups, measuresOf(tables), rows)
}

function absent(measure: MeasureKey, settled: boolean): Cell {
  const none = ofNone(measure)
  return none === null && settled ? undefined : none
}

/** All cells of disjoint slices; those that coincide add up. */
export function add(tables: readonly Table[]): Table {
  const groups = tables[0]?.groups ?? []
  return added(
    groups,
    measuresOf(tables),
    tables.flatMap((table) => rowsOf(aligned(table, groups))),
  )
}

function added(groups: readonly string[], measures: readonly MeasureKey[], rows: readonly Row[]): Table {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const name = cellName(row)
    const seen = sums.get(name)
    sums.set(name, seen ? { ...seen, cells: sumCells(seen.cells, row.cells) } : row)
  }
  return tableOf(groups, measures, [...sums.values()])
}

/**
 * Cells moved to the start of the bucket they lie in; those that meet add up. A cell without a start is the one bucket.
 * `edges` are bucket starts and the last end, epoch ms; a point may begin before the first edge when the window cut it.
 */
export function rebucket(table: Table, edges: readonly number[]): Table {
  return added(
    table.groups,
    [...table.measures.keys()],
    rowsOf(table).map((row) => ({ ...row, start: edges[bucketIndex(edges, row.start)] ?? 0 })),
  )
}

/** The rows whose value in the node's group passes its tests. */
export function keep(table: Table, { group, tests, negated }: Pick<KeepNode, 'group' | 'tests' | 'negated'>): Table {
  const column = table.groups.indexOf(group.id)
  const kept = (row: Row) => passes(String(row.keys[column] ?? ''), tests) !== negated
  return tableOf(table.groups, [...table.measures.keys()], rowsOf(table).filter(kept))
}

/** The table without one group: cells that then coincide add up, and the counts are taken over the group's values. */
export function fold(
  table: Table,
  { group, counts, rowMeasure }: Pick<FoldNode, 'group' | 'counts' | 'rowMeasure'>,
): Table {
  const column = table.groups.indexOf(group.id)
  const others = <Value>(values: readonly Value[]) => values.filter((_, index) => index !== column)
  const rows = rowsOf(table).map((row): Row => {
    const count = row.cells.get(rowMeasure) ?? 0
    const present = (row.keys[column] ?? null) !== null && count > 0
    const counted = counts.map(({ measure, distinct }) => {
      return [measure, present ? (distinct ? 1 : count) : 0] as const
    })
    return { ...row, keys: others(row.keys), cells: new Map([...row.cells, ...counted]) }
  })
  const measures = [...table.measures.keys(), ...counts.map(({ measure }) => measure)]
  return added(others(table.groups), [...new Set(measures)], rows)
}

/** One column read as other fields of its dimension; rows that then read alike add up. */
export function spread(table: Table, { from, to }: Pick<SpreadNode, 'from' | 'to'>): Table {
  const column = table.groups.indexOf(from.id)
  const rows = rowsOf(table).map((row): Row => {
    const value = row.keys[column] ?? null
    const read = to.map(({ reading }) => reread(value, from.reading, reading))
    return { ...row, keys: [...row.keys.filter((_, index) => index !== column), ...read] }
  })
  const groups = [...table.groups.filter((id) => id !== from.id), ...to.map(({ id }) => id)]
  return added(groups, [...table.measures.keys()], rows)
}

/** A value read finely, read again more coarsely. An error code that is null is a status below 400: no failure, as no status is. */
function reread(value: GroupValue, from: Reading, to: Reading): GroupValue {
  if (from === to) return value
  if (from === 'guardrailAction') return value === null ? null : 'fail'
  return readValue(value === null ? '' : String(value), to)
}

/** The table with one more group in front, the same value in every row. */
export function withGroup(table: Table, group: string, value: GroupValue): Table {
  const rows = rowsOf(table).map((row) => ({ ...row, keys: [value, ...row.keys] }))
  return tableOf([group, ...table.groups], [...table.measures.keys()], rows)
}

function bucketIndex(edges: readonly number[], start: number | null): number {
  if (start === null) return 0
  let low = 0
  let high = edges.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((edges[middle] ?? 0) <= start) low = middle
    else high = middle
  }
  return low
}

function sumCells(one: Row['cells'], other: Row['cells']): Row['cells'] {
  const measures = new Set([...one.keys(), ...other.keys()])
  return new Map([...measures].map((measure) => [measure, plus(one.get(measure), other.get(measure))]))
}

function plus(one: Cell, other: Cell): Cell {
  if (typeof one !== 'number') return other ?? one
  return typeof other === 'number' ? one + other : one
}

function measuresOf(tables: readonly Table[]): readonly MeasureKey[] {
  return [...new Set(tables.flatMap((table) => [...table.measures.keys()]))]
}
