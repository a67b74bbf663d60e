import { groupsIn, measuresIn } from '../plan/columns.js'
import type { GroupValue, MeasureKey, Plan } from '../plan/plan.js'

/** One measure of one cell: `null` where there is nothing to measure, `undefined` where nobody asked. */
export type Cell = number | null | undefined

/** Cells × measures, by columns. Rows are in no particular order; no two have the same start and keys. */
export type Table = {
  readonly size: number
  /** Ids of the groups, in the order of `keys`. */
  readonly groups: readonly string[]
  /** One array a group. */
  readonly keys: readonly (readonly GroupValue[])[]
  /** Epoch ms of each cell's bucket or point; `null` when there is no time axis, or no cell. */
  readonly starts: readonly number[] | null
  readonly measures: ReadonlyMap<MeasureKey, readonly Cell[]>
}

/** One cell as a row: what combining works on. */
export type Row = {
  readonly start: number | null
  readonly keys: readonly GroupValue[]
  readonly cells: ReadonlyMap<MeasureKey, Cell>
}

/** A table of rows. `measures` are the columns, whatever the rows happen to carry. */
export function tableOf(groups: readonly string[], measures: readonly MeasureKey[], rows: readonly Row[]): Table {
  return {
    size: rows.length,
    groups,
    keys: groups.map((_, index) => rows.map((row) => row.keys[index] ?? null)),
    starts: rows.some((row) => row.start !== null) ? rows.map((row) => row.start ?? 0) : null,
    measures: new Map(measures.map((measure) => [measure, rows.map((row) => row.cells.get(measure))])),
  }
}

/** The table of a plan that meets no row: it still has its columns. */
export function emptyOf(plan: Plan): Table {
  return tableOf(
    groupsIn(plan).map(({ id }) => id),
    measuresIn(plan),
    [],
  )
}

/** The rows of a table. */
export function rowsOf(table: Table): readonly Row[] {
  return Array.from({ length: table.size }, (_, index) => ({
    start: table.starts?.[index] ?? null,
    keys: table.keys.map((column) => column[index] ?? null),
    cells: new Map([...table.measures].map(([measure, column]) => [measure, column[index]] as const)),
  }))
}

/** Names a cell: equal for cells that are the same, whatever table they stand in. */
export function cellName(row: Pick<Row, 'start' | 'keys'>): string {
  return JSON.stringify([row.start, ...row.keys])
}

/** The same table with its groups in another order, so that cells of two tables have the same names. */
export function aligned(table: Table, groups: readonly string[]): Table {
  if (groups.every((group, index) => table.groups[index] === group)) return table
  if (table.size === 0) return { ...table, groups, keys: groups.map(() => []) }
  const keys = groups.map((group) => {
    const column = table.keys[table.groups.indexOf(group)]
    if (!column) throw new TypeError(`a table by ${table.groups.join(', ')} has no ${group}`)
    return column
  })
  return { ...table, groups, keys }
}

/** One cell's value, `undefined` beyond the table. */
export function cellAt(table: Table, measure: MeasureKey, index: number): Cell {
  return table.measures.get(measure)?.[index]
}
