import { type Layout, shape } from '../src/answer/shape.js'
import { type Row, tableOf } from '../src/execute/table.js'
import type { MeasureKey } from '../src/plan/plan.js'
import { type Compared, compare } from './compare.js'

/** What assembling takes, beside `JSON.stringify` of the same reply in the same process. */
export type AssemblingRow = Compared & { readonly name: string; readonly bytes: number }

export const ROWS = 10_000
const HOUR = 3_600_000
const START = Date.UTC(2026, 5, 1)
const MEASURES = [
  'requests',
  'inputTokens',
  'outputTokens',
  'costCents',
  'latencyP99',
] as const satisfies readonly MeasureKey[]

/** Figures that differ from row to row, the same in every run. */
const figure = (at: number, salt: number): number => ((at + 1) * (salt * 7_919 + 104_729)) % 999_983

/** A table of `ROWS` cells by so many groups, and by the hour if there are hours. */
function example(groups: readonly string[], hours: number) {
  const rows = Array.from({ length: ROWS }, (_, at): Row => {
    const value = Math.floor(at / Math.max(1, hours))
    return {
      start: hours === 0 ? null : START + (at % hours) * HOUR,
      keys: groups.map((group, index) => (value % 97 === 96 ? null : `${group}-${index === 0 ? value : value % 13}`)),
      cells: new Map(
        MEASURES.map((measure, salt) => [
          measure,
          measure === 'costCents' || measure === 'latencyP99' ? figure(at, salt) / 977 : figure(at, salt) + 1,
        ]),
      ),
    }
  })
  const layout: Layout = {
    groups,
    groupKeys: groups,
    outputs: [
      { key: 'countModelName', kind: 'grouped', group: groups[0] ?? '', distinct: false },
      { key: 'p99LatencyMs', kind: 'measure', measure: 'latencyP99', divideBy: 1 },
      { key: 'sumInputTokens', kind: 'measure', measure: 'inputTokens', divideBy: 1 },
      { key: 'sumOutputTokens', kind: 'measure', measure: 'outputTokens', divideBy: 1 },
      { key: 'sumCostInUSD', kind: 'measure', measure: 'costCents', divideBy: 100 },
    ],
    edges: hours === 0 ? null : Array.from({ length: hours + 1 }, (_, hour) => START + hour * HOUR),
    limit: null,
    rowMeasure: 'requests',
  }
  return { table: tableOf(groups, MEASURES, rows), layout }
}

/** Times tables to bytes against the text alone. */
export function assemblingRows(): readonly AssemblingRow[] {
  return [
    { name: 'by model', ...example(['modelName'], 0) },
    { name: 'by model and team', ...example(['modelName', 'team'], 0) },
    { name: 'by model, hourly for four days', ...example(['modelName'], 100) },
  ].map(({ name, table, layout }) => {
    const result = { data: { dataPoints: shape(table, layout) } }
    const text = JSON.stringify(result)
    const assemble = () => JSON.stringify({ data: { dataPoints: shape(table, layout) } })
    if (assemble() !== text) throw new Error('assembled otherwise')
    return { name, bytes: Buffer.byteLength(text), ...compare(assemble, () => JSON.stringify(result)) }
  })
}
