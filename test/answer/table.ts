import type { Layout } from '../../src/answer/shape.js'
import { type Row, tableOf } from '../../src/execute/table.js'
import type { GroupValue, MeasureKey } from '../../src/plan/plan.js'

/** A layout: a total without groups, unless told. */
export const layout = (parts: Partial<Layout>): Layout => ({
  groups: [],
  groupKeys: [],
  outputs: [],
  edges: null,
  limit: null,
  rowMeasure: 'requests',
  ...parts,
})

/** A layout of totals by these groups. */
export const by = (...groups: readonly string[]): Layout => layout({ groups, groupKeys: groups })

type Cells = Readonly<Partial<Record<MeasureKey, number | null>>>

/** Rows of group values, cells and perhaps a start, as a table. */
export const table = (
  groups: readonly string[],
  rows: readonly (readonly [readonly GroupValue[], Cells, number?])[],
) => {
  const all = rows.map(([keys, cells, start]): Row => {
    const measures: readonly MeasureKey[] = ['requests', 'costCents', 'latencyP99', 'nonNull:modelName']
    return { start: start ?? null, keys, cells: new Map(measures.map((measure) => [measure, cells[measure]])) }
  })
  return tableOf(groups, ['requests', 'costCents', 'latencyP99', 'nonNull:modelName'], all)
}

/** An aggregation that is a measure of the cell. */
export const measure = (key: string, name: MeasureKey, divideBy = 1) => ({
  key,
  kind: 'measure' as const,
  measure: name,
  divideBy,
})
