import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import {
  byBucket,
  edgesOf,
  type Figures,
  inputTokens,
  percentile,
  type Row,
  sameRows,
  sum,
  usd,
  whole,
} from './scan.js'
import { deploy, HOUR } from './service.js'

type Value = string | number | boolean | null
type Key = readonly [group: string, key: string, value: (row: TrafficRow) => Value]

const MODEL: Key = ['modelName', 'modelName', (row) => row.model]
const KEY: Key = ['virtualAccount', 'createdBySubjectSlug', (row) => row.apiKey]
const FAILED: Key = ['isFailure', 'isFailure', (row) => row.status >= 400]
const TEAM: Key = ['team', 'team', (row) => row.metadata.team ?? null]
const CONFIG: Key = ['virtualModel', 'virtualModelName', (row) => row.config]

const SUMS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'costInUSD' },
]
const FIGURES: Figures = { sumInputTokens: sum(inputTokens), sumCostInUSD: sum(usd) }
const P99 = [{ type: 'p99', column: 'latencyMs' }]

const WINDOW = { startTs: '2026-06-09T06:00:00.000Z', endTs: '2026-06-09T18:00:00.000Z' }
const EDGES = edgesOf(Date.parse(WINDOW.startTs), Date.parse(WINDOW.endTs), 6 * HOUR)

/** Rows by several values at once: most requests first, equals by value in the order of the keys, null last. */
const byValues = (rows: readonly TrafficRow[], keys: readonly Key[], figures: Figures): readonly Row[] => {
  const valuesOf = (row: TrafficRow) => keys.map(([, , value]) => value(row))
  const cells = new Map<string, { readonly values: readonly Value[]; readonly rows: TrafficRow[] }>()
  for (const row of rows) {
    const values = valuesOf(row)
    const cell = cells.get(JSON.stringify(values)) ?? { values, rows: [] }
    cell.rows.push(row)
    cells.set(JSON.stringify(values), cell)
  }
  const before = (one: Value, other: Value) => (other === null || (one !== null && one < other) ? -1 : 1)
  return [...cells.values()]
    .toSorted((a, b) => {
      if (a.rows.length !== b.rows.length) return b.rows.length - a.rows.length
      const at = a.values.findIndex((value, index) => value !== b.values[index])
      return before(a.values[at] ?? null, b.values[at] ?? null)
    })
    .map((cell) => ({
      ...Object.fromEntries(keys.map(([, key], index) => [key, cell.values[index] ?? null])),
      ...whole(cell.rows, figures),
    }))
}

/** The same in every bucket, empty cells left out. */
const byBucketAndValues = (
  rows: readonly TrafficRow[],
  edges: readonly number[],
  keys: readonly Key[],
  figures: Figures,
) =>
  edges.slice(0, -1).flatMap((start, index) => {
    const end = edges[index + 1] ?? start
    const inside = rows.filter((row) => row.at >= start && row.at < end)
    const [stamps] = byBucket([], [start, end])
    return byValues(inside, keys, figures).map((row) => ({ ...stamps, ...row }))
  })

const groupBy = (keys: readonly Key[]) => keys.map(([group]) => group)

t.test('sums by several fields at once', async (t) => {
  const service = await deploy(t)
  const rows = service.seen(WINDOW)
  for (const keys of [
    [MODEL, KEY],
    [FAILED, TEAM],
    [CONFIG, KEY],
    [TEAM, FAILED, KEY],
  ]) {
    const asked = await service.ask({ ...WINDOW, groupBy: groupBy(keys), aggregations: SUMS })
    t.equal(asked.status, 200, asked.message)
    sameRows(t, asked.rows, byValues(rows, keys, FIGURES), groupBy(keys).join(' and '))
  }
})

t.test('sums by time and field', async (t) => {
  const service = await deploy(t)
  const rows = service.seen(WINDOW)
  const series = { ...WINDOW, type: 'timeseries', interval: '6 hours', aggregations: SUMS }
  for (const keys of [[MODEL], [TEAM], [FAILED], [CONFIG], [FAILED, KEY]]) {
    const asked = await service.ask({ ...series, groupBy: groupBy(keys) })
    t.equal(asked.status, 200, asked.message)
    sameRows(t, asked.rows, byBucketAndValues(rows, EDGES, keys, FIGURES), groupBy(keys).join(' and '))
  }
})

t.test('percentiles by time and field', async (t) => {
  const service = await deploy(t)
  const rows = service.seen(WINDOW)
  const series = { ...WINDOW, type: 'timeseries', interval: '6 hours', aggregations: P99 }
  for (const keys of [[KEY], [FAILED], [MODEL]]) {
    const asked = await service.ask({ ...series, groupBy: groupBy(keys) })
    t.equal(asked.status, 200, asked.message)
    const want = byBucketAndValues(rows, EDGES, keys, { p99LatencyMs: percentile(0.99) })
    sameRows(t, asked.rows, want, groupBy(keys).join(' and '))
  }
})

t.test('limit keeps the top values of the whole window, in every bucket', async (t) => {
  const service = await deploy(t)
  const rows = service.seen(WINDOW)
  const series = { ...WINDOW, type: 'timeseries', interval: '6 hours', groupBy: ['team'] }
  for (const limit of [1, 3]) {
    const top = byValues(rows, [TEAM], {})
      .slice(0, limit)
      .map((row) => row.team)
    const kept = rows.filter((row) => top.includes(TEAM[2](row)))
    const asked = await service.ask({ ...series, limit })
    sameRows(t, asked.rows, byBucketAndValues(kept, EDGES, [TEAM], {}), `the top ${limit}`)
  }
})
