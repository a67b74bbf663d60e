import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import {
  avg,
  byValue,
  countOf,
  distinctOf,
  type Figures,
  inputTokens,
  latency,
  outputTokens,
  percentile,
  sameRows,
  sum,
  usd,
  whole,
} from './scan.js'
import { deploy } from './service.js'

type Value = string | number | boolean | null
type Field = { readonly group: string; readonly key: string; readonly value: (row: TrafficRow) => Value }

const metadata = (key: string) => (row: TrafficRow) => row.metadata[key] ?? null

/** What can be grouped by: as asked, as replied, and what it is on a row. */
const FIELDS: readonly Field[] = [
  { group: 'modelName', key: 'modelName', value: (row) => row.model },
  { group: 'providerModelName', key: 'providerModelName', value: (row) => row.model },
  { group: 'providerAccountType', key: 'providerAccountType', value: (row) => row.service },
  { group: 'virtualModel', key: 'virtualModelName', value: (row) => row.config },
  { group: 'virtualModelName', key: 'virtualModelName', value: (row) => row.config },
  { group: 'virtualaccount', key: 'createdBySubjectSlug', value: (row) => row.apiKey },
  { group: 'virtualAccount', key: 'createdBySubjectSlug', value: (row) => row.apiKey },
  { group: 'userEmail', key: 'createdBySubjectSlug', value: metadata('_user') },
  { group: 'team', key: 'team', value: metadata('team') },
  { group: 'metadata.env', key: 'metadata.env', value: metadata('env') },
  { group: 'httpStatusCode', key: 'httpStatusCode', value: (row) => row.status },
  { group: 'errorCode', key: 'errorCode', value: (row) => (row.status >= 400 ? String(row.status) : null) },
  { group: 'isFailure', key: 'isFailure', value: (row) => row.status >= 400 },
  { group: 'promptSlug', key: 'promptSlug', value: (row) => row.prompt },
  { group: 'providerSlug', key: 'providerSlug', value: (row) => row.provider },
  { group: 'workspace', key: 'workspace', value: (row) => row.workspace },
]

const SUMS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'outputTokens' },
  { type: 'sum', column: 'totalTokens' },
  { type: 'sum', column: 'costInUSD' },
  { type: 'avg', column: 'costInUSD' },
  { type: 'avg', column: 'errorRate' },
]
const SUM_FIGURES: Figures = {
  sumInputTokens: sum(inputTokens),
  sumOutputTokens: sum(outputTokens),
  sumTotalTokens: sum((row) => row.inputTokens + row.outputTokens),
  sumCostInUSD: sum(usd),
  avgCostInUSD: avg(usd),
  avgErrorRate: avg((row) => (row.status >= 400 ? 1 : 0)),
}

t.test('totals by any field, the unattributed as null', async (t) => {
  const service = await deploy(t)
  for (const { group, key, value } of FIELDS) {
    const asked = await service.ask({ groupBy: [group] })
    sameRows(t, asked.rows, byValue(service.seen(), key, value), group)
  }
})

t.test('sums by any field', async (t) => {
  const service = await deploy(t)
  for (const { group, key, value } of FIELDS) {
    const asked = await service.ask({ groupBy: [group], aggregations: SUMS })
    sameRows(t, asked.rows, byValue(service.seen(), key, value, SUM_FIGURES), group)
  }
})

t.test('a key that nobody carries: all requests are unattributed, whatever was asked before', async (t) => {
  const service = await deploy(t)
  const rows = byValue(service.seen(), 'metadata.nobody', () => null, SUM_FIGURES)
  for (const before of ['metadata.nobody', 'team', 'metadata.nobody']) {
    await service.ask({ groupBy: [before] })
    const asked = await service.ask({ groupBy: ['metadata.nobody'], aggregations: SUMS })
    sameRows(t, asked.rows, rows, `after ${before}`)
  }
})

t.test('the same from the published API alone, where it says so much', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const known = FIELDS.filter(({ group }) =>
    ['modelName', 'providerModelName', 'userEmail', 'team', 'metadata.env', 'isFailure'].includes(group),
  )
  const aggregations = SUMS.filter(({ column }) => column === 'costInUSD' || column === 'totalTokens')
  const names = ['sumTotalTokens', 'sumCostInUSD', 'avgCostInUSD']
  const figures = Object.fromEntries(Object.entries(SUM_FIGURES).filter(([name]) => names.includes(name)))
  for (const { group, key, value } of known) {
    const asked = await service.ask({ groupBy: [group], aggregations })
    sameRows(t, asked.rows, byValue(service.seen(), key, value, figures), group)
  }
})

t.test('percentiles by a field of which every request has a value', async (t) => {
  const service = await deploy(t)
  const aggregations = ['p50', 'p90', 'p95', 'p99', 'avg'].map((type) => ({ type, column: 'latencyMs' }))
  const figures = {
    p50LatencyMs: percentile(0.5),
    p90LatencyMs: percentile(0.9),
    p95LatencyMs: percentile(0.95),
    p99LatencyMs: percentile(0.99),
    avgLatencyMs: avg(latency),
  }
  for (const { group, key, value } of FIELDS) {
    if (!['modelName', 'virtualaccount', 'httpStatusCode', 'providerAccountType'].includes(group)) continue
    const asked = await service.ask({ groupBy: [group], aggregations })
    sameRows(t, asked.rows, byValue(service.seen(), key, value, figures), group)
  }
})

t.test(
  'a percentile of the unattributed group cannot be had: refused with values to name, which then works',
  async (t) => {
    const service = await deploy(t)
    const aggregations = [{ type: 'p50', column: 'latencyMs' }]
    const refused = await service.ask({ groupBy: ['metadata.env'], aggregations })
    t.equal(refused.code, 'UNSUPPORTED_BY_UPSTREAM')
    t.match(refused.message, /metadata\.env/)
    const values = ['production', 'staging']
    t.match(refused.message, new RegExp(values.join('|')))
    const asked = await service.ask({
      groupBy: ['metadata.env'],
      aggregations,
      filters: [{ metadataKey: 'env', operator: 'IN', value: values }],
    })
    const rows = service.seen().filter((row) => values.includes(row.metadata.env ?? ''))
    sameRows(t, asked.rows, byValue(rows, 'metadata.env', metadata('env'), { p50LatencyMs: percentile(0.5) }), 'named')
  },
)

t.test('counts and distinct counts, of the grouped field and of others', async (t) => {
  const service = await deploy(t, { nullModelShare: 0.1 })
  const model = (row: TrafficRow) => row.model
  const aggregations = [
    { type: 'count', column: 'modelName' },
    { type: 'countDistinct', column: 'modelName' },
  ]
  const figures = { countModelName: countOf(model), countDistinctModelName: distinctOf(model) }
  const inAll = await service.ask({ aggregations })
  sameRows(t, inAll.rows, [whole(service.seen(), figures)], 'in all')
  const grouped = await service.ask({ groupBy: ['modelName'], aggregations })
  sameRows(t, grouped.rows, byValue(service.seen(), 'modelName', model, figures), 'by itself')
  t.ok(grouped.rows.some((row) => row.modelName === null && row.countModelName === 0))
})

t.test('limit keeps the first rows of the whole answer', async (t) => {
  const service = await deploy(t)
  const rows = byValue(service.seen(), 'createdBySubjectSlug', metadata('_user'), { sumCostInUSD: sum(usd) })
  const aggregations = [{ type: 'sum', column: 'costInUSD' }]
  for (const limit of [1, 3, 10, 10_000]) {
    const asked = await service.ask({ groupBy: ['userEmail'], aggregations, limit })
    sameRows(t, asked.rows, rows.slice(0, limit), `limit ${limit}`)
  }
})

t.test('listings of many pages are read to the end', async (t) => {
  const service = await deploy(t, { maxPageSize: 4 })
  const rows = byValue(service.seen(), 'createdBySubjectSlug', metadata('_user'))
  t.ok(rows.length > 20)
  const asked = await service.ask({ groupBy: ['userEmail'] })
  sameRows(t, asked.rows, rows, 'all rows')
  t.equal(asked.calls, Math.ceil(rows.length / 4), 'a request a page')
  t.equal(asked.headers.get('x-upstream-calls'), String(asked.calls))
})

t.test('METADATA_BINDINGS moves a field to another key', async (t) => {
  const service = await deploy(t, {}, { METADATA_BINDINGS: 'team=env,userEmail=team' })
  sameRows(t, (await service.ask({ groupBy: ['team'] })).rows, byValue(service.seen(), 'team', metadata('env')), 'team')
  const users = await service.ask({ groupBy: ['userEmail'] })
  sameRows(t, users.rows, byValue(service.seen(), 'createdBySubjectSlug', metadata('team')), 'userEmail')
})
