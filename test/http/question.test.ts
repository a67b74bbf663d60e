import t from 'tap'
import { MAIN_WORKSPACE, ORGANISATION_KEY, SECOND_WORKSPACE, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { byValue, count, inputTokens, outputTokens, percentile, sameRows, sum, usd, whole } from '../engine/scan.js'
import { deploy, EXAMPLE, NOW, YESTERDAY } from '../engine/service.js'

const model = (row: { readonly model: string | null }) => row.model
const MONEY_AND_LATENCY = { countModelName: count, p99LatencyMs: percentile(0.99), sumCostInUSD: sum(usd) }
const FIGURES = { ...MONEY_AND_LATENCY, sumInputTokens: sum(inputTokens), sumOutputTokens: sum(outputTokens) }
const WITHOUT_TOKENS = {
  ...EXAMPLE,
  aggregations: [
    { type: 'count', column: 'modelName' },
    { type: 'p99', column: 'latencyMs' },
    { type: 'sum', column: 'costInUSD' },
  ],
}

t.test('the published example: one call, and the numbers of a scan over the rows', async (t) => {
  const service = await deploy(t)
  const rows = service.seen()
  t.ok(rows.length > 500, 'the day is not empty')
  const asked = await service.ask(EXAMPLE)
  t.equal(asked.status, 200)
  const scanned = byValue(rows, 'modelName', model, FIGURES)
  t.ok(scanned.length > 8)
  sameRows(t, asked.rows, scanned, 'rows')
  t.equal(asked.calls, 1, 'as the upstream counts')
  t.equal(asked.headers.get('x-upstream-calls'), '1', 'as the reply says')
})

t.test('the published example, where tokens are not split: refused, and said why', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const asked = await service.ask(EXAMPLE)
  t.equal(asked.status, 422)
  t.equal(asked.code, 'UNSUPPORTED_BY_UPSTREAM')
  t.match(asked.message, /inputTokens/)
  const without = await service.ask(WITHOUT_TOKENS)
  t.equal(without.status, 200, 'the rest of the question has an answer')
})

t.test('the example without tokens, from the documented API alone', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const scanned = byValue(service.seen(), 'modelName', model, MONEY_AND_LATENCY)
  sameRows(t, (await service.ask(WITHOUT_TOKENS)).rows, scanned, 'while learning')
  const asked = await service.ask(WITHOUT_TOKENS, { headers: { 'cache-control': 'no-cache' } })
  sameRows(t, asked.rows, scanned, 'once learnt')
  // The listing of models carries requests alone. Latency and cost are a graph each, filtered to one model; there, a model
  // travels as pairs with guessed providers, so its requests are asked too and held against the listing.
  t.equal(asked.calls, 1 + 3 * scanned.length)
  t.equal(asked.headers.get('x-upstream-calls'), String(asked.calls))
})

t.test('both paths give the same answer', async (t) => {
  const service = await deploy(t)
  const short = await service.ask(EXAMPLE)
  const long = await service.ask(EXAMPLE, { path: '/api/svc/v1/llm-gateway/metrics/query' })
  t.equal(long.status, 200)
  t.equal(long.text, short.text)
})

t.test('what a reply says of itself', async (t) => {
  const service = await deploy(t)
  const { headers, calls } = await service.ask(EXAMPLE)
  t.equal(headers.get('x-upstream-calls'), String(calls))
  t.equal(headers.get('x-settled-until'), new Date(NOW - 600_000).toISOString())
  t.match(headers.get('x-cache'), /^(miss|partial|hit)$/)
  t.match(headers.get('age'), /^\d+$/)
  t.match(headers.get('server-timing'), /^plan;dur=[\d.]+, upstream;dur=[\d.]+, shape;dur=[\d.]+$/)
  t.match(headers.get('content-type'), /^application\/json/)
  const late = await deploy(t, {}, { SETTLE_SECONDS: '60' })
  t.equal((await late.ask()).headers.get('x-settled-until'), new Date(NOW - 60_000).toISOString())
})

t.test('a window that has not begun is empty, and asks nobody', async (t) => {
  const service = await deploy(t)
  const ahead = { startTs: '2026-06-11T00:00:00.000Z', endTs: '2026-06-12T00:00:00.000Z' }
  const asked = await service.ask({ ...ahead, aggregations: [{ type: 'p99', column: 'latencyMs' }] })
  t.strictSame(asked.rows, [{ total: 0, p99LatencyMs: null }])
  t.equal(asked.calls, 0)
  t.equal(asked.headers.get('x-upstream-calls'), '0')
  t.equal(asked.headers.get('x-cache'), 'hit')
  t.strictSame((await service.ask({ ...ahead, groupBy: ['modelName'] })).rows, [])
  t.strictSame((await service.ask({ ...ahead, type: 'timeseries', interval: '1 hour' })).rows, [])
})

t.test('a window before all traffic: one empty row, or no group', async (t) => {
  const service = await deploy(t)
  const before = { startTs: '2026-05-01T00:00:00.000Z', endTs: '2026-05-02T00:00:00.000Z' }
  const aggregations = [
    { type: 'sum', column: 'inputTokens' },
    { type: 'sum', column: 'costInUSD' },
    { type: 'avg', column: 'costInUSD' },
    { type: 'avg', column: 'latencyMs' },
    { type: 'p90', column: 'latencyMs' },
    { type: 'countDistinct', column: 'modelName' },
  ]
  const none = { sumInputTokens: 0, sumCostInUSD: 0, avgCostInUSD: null, avgLatencyMs: null, p90LatencyMs: null }
  t.strictSame((await service.ask({ ...before, aggregations })).rows, [
    { total: 0, ...none, countDistinctModelName: 0 },
  ])
  t.strictSame((await service.ask({ ...before, aggregations, groupBy: ['modelName'] })).rows, [])
})

t.test('with callers’ own keys: each sees its own, and a refused key is the caller’s fault', async (t) => {
  const service = await deploy(t, {}, { AUTH_MODE: 'passthrough' })
  const own = await service.ask({}, { headers: { 'x-portkey-api-key': WORKSPACE_KEY } })
  t.strictSame(own.rows, [whole(service.seen())])
  const window = { start: Date.parse(YESTERDAY.startTs), end: Date.parse(YESTERDAY.endTs) }
  const all = await service.ask({}, { headers: { 'x-portkey-api-key': ORGANISATION_KEY } })
  t.strictSame(all.rows, [whole(service.emulator.rows(window))], 'the organisation sees more')
  const bad = await service.ask({}, { headers: { 'x-portkey-api-key': 'nobody' } })
  t.equal(bad.status, 401)
  t.equal(bad.code, 'UNAUTHENTICATED')
  t.notMatch(bad.text, 'nobody', 'the key is not repeated')
  const none = await service.ask()
  t.equal(none.code, 'UNAUTHENTICATED', 'a bearer token is no key')
  t.equal(none.calls, 0)
})

t.test('an organisation’s key asks for the configured workspace, on every call', async (t) => {
  const env = { PORTKEY_API_KEY: ORGANISATION_KEY, PORTKEY_WORKSPACE_SLUG: SECOND_WORKSPACE }
  const service = await deploy(t, {}, env)
  const window = { start: Date.parse(YESTERDAY.startTs), end: Date.parse(YESTERDAY.endTs) }
  const rows = service.emulator.rows(window).filter((row) => row.workspace !== MAIN_WORKSPACE)
  t.ok(rows.length > 20)
  sameRows(t, (await service.ask(EXAMPLE)).rows, byValue(rows, 'modelName', model, FIGURES), 'the other workspace')
  await service.ask({ type: 'timeseries', interval: '1 hour', aggregations: [{ type: 'p50', column: 'latencyMs' }] })
  t.ok(service.emulator.requests.every(({ query }) => query.workspace_slug === SECOND_WORKSPACE))
  const foreign = await deploy(t, {}, { ...env, PORTKEY_WORKSPACE_SLUG: 'not-ours' })
  t.equal((await foreign.ask()).code, 'UPSTREAM_FORBIDDEN')
})

t.test('an organisation’s key without a workspace counts all of them', async (t) => {
  const service = await deploy(t, {}, { PORTKEY_API_KEY: ORGANISATION_KEY })
  const window = { start: Date.parse(YESTERDAY.startTs), end: Date.parse(YESTERDAY.endTs) }
  const rows = service.emulator.rows(window)
  const aggregations = [
    { type: 'p99', column: 'latencyMs' },
    { type: 'sum', column: 'costInUSD' },
  ]
  const figures = { p99LatencyMs: percentile(0.99), sumCostInUSD: sum(usd) }
  for (const time of ['first', 'second']) {
    const asked = await service.ask({ aggregations }, { headers: { 'cache-control': 'no-cache' } })
    sameRows(t, asked.rows, [whole(rows, figures)], `asked the ${time} time`)
  }
})
