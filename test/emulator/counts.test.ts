import fc from 'fast-check'
import t from 'tap'
import { percentile } from '../../src/emulator/percentile.js'
import type { TrafficRow } from '../../src/emulator/row.js'
import { DAY, deploy, dig, listAt, NOW, numberAt, type Parameters } from './deployment.js'

/** How a caller would read the traffic, written anew: rows of the main workspace in the window that pass the test. */
function scan(rows: readonly TrafficRow[], min: number, max: number, test: (row: TrafficRow) => boolean): TrafficRow[] {
  return rows.filter((row) => row.workspace === 'production' && row.at >= min && row.at <= max && test(row))
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
const total = (rows: readonly TrafficRow[], read: (row: TrafficRow) => number): number =>
  rows.reduce((sum, row) => sum + read(row), 0)

/** Filters as they travel, and what each lets through. */
const FILTERS: readonly (readonly [Parameters, (row: TrafficRow) => boolean])[] = [
  [{}, () => true],
  [{ status_code: '200,429' }, (row) => row.status === 200 || row.status === 429],
  [{ virtual_keys: 'openai-main,azure-west' }, (row) => ['openai-main', 'azure-west'].includes(row.virtualKey ?? '')],
  [{ configs: 'pc-fallback-3f2a1b' }, (row) => row.config === 'pc-fallback-3f2a1b'],
  [
    { api_key_ids: '7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01' },
    (row) => row.apiKey === '7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01',
  ],
  [
    { ai_org_model: 'openai__gpt-4o,anthropic__claude-haiku-4-5,anthropic__gpt-4o' },
    (row) => `${row.service} ${row.model}` === 'openai gpt-4o' || row.model === 'claude-haiku-4-5',
  ],
  [{ ai_org_model: 'azure-openai__chat__prod' }, (row) => row.model === 'chat__prod'],
  [{ prompt_slug: 'pp-summary-2c41' }, (row) => row.prompt === 'pp-summary-2c41'],
  [
    { metadata: '{"env":"production","team":"R&D"}' },
    (row) => row.metadata.env === 'production' && row.metadata.team === 'R&D',
  ],
  [{ metadata: '{"team":"growth, emea"}' }, (row) => row.metadata.team === 'growth, emea'],
  [{ metadata: '{"env":""}' }, () => false],
  [{ metadata: '{"constructor":"x"}' }, () => false],
  [{ total_units_min: '500', total_units_max: '1500' }, (row) => inside(row.inputTokens + row.outputTokens, 500, 1500)],
  [{ prompt_token_min: '1' }, (row) => row.inputTokens >= 1],
  [{ completion_token_max: '0' }, (row) => row.outputTokens === 0],
  [{ cost_min: '0.05', cost_max: '1e0' }, (row) => inside(row.costCents, 0.05, 1)],
  [{ weighted_feedback_min: '0.5' }, (row) => row.feedback !== null && row.feedback.score * row.feedback.weight >= 0.5],
  [{ workspace_slug: 'sandbox', page: '7', nonsense: 'x', configs: '' }, () => true],
]

function inside(value: number, min: number, max: number): boolean {
  return value >= min && value <= max
}

t.test('every filter counts what a scan counts, in any window', async (t) => {
  const { analytics, emulator } = await deploy(t, { requestsPerHour: 90 })
  const rows = emulator.rows()
  for (const [parameters, test] of FILTERS) {
    const window = { min: NOW - 2 * DAY, max: NOW }
    const { body } = await analytics('graphs/requests', window, parameters)
    const expected = scan(rows, window.min, window.max, test)
    t.equal(dig(body, 'summary', 'total'), expected.length, JSON.stringify(parameters))
    const points = listAt(body, 'data_points').map((point) => numberAt(point, 'total'))
    t.equal(
      points.reduce((sum, count) => sum + count, 0),
      expected.length,
    )
  }
  t.ok(FILTERS.filter(([, test]) => rows.some(test)).length >= FILTERS.length - 2, 'nearly all filters match something')
})

t.test('filters are ANDed', async (t) => {
  const { analytics, emulator } = await deploy(t, { requestsPerHour: 90 })
  const rows = emulator.rows()
  const choice = fc.nat({ max: FILTERS.length - 1 })
  const span = fc.tuple(fc.nat({ max: 3 * DAY }), fc.nat({ max: 3 * DAY }))
  await fc.assert(
    fc.asyncProperty(choice, choice, span, async (one, other, [a, b]) => {
      const [left, leftTest] = FILTERS[one] ?? [{}, () => true]
      const [right, rightTest] = FILTERS[other] ?? [{}, () => true]
      if (Object.keys(left).some((name) => name in right)) return
      const window = { min: NOW - Math.max(a, b), max: NOW - Math.min(a, b) }
      const { body } = await analytics('graphs/requests', window, { ...left, ...right })
      const expected = scan(rows, window.min, window.max, (row) => leftTest(row) && rightTest(row))
      return numberAt(body, 'summary', 'total') === expected.length
    }),
    { numRuns: 60 },
  )
})

t.test('figures of a window equal those of its rows', async (t) => {
  const { analytics, emulator } = await deploy(t, { requestsPerHour: 120 })
  const window = { min: NOW - DAY, max: NOW }
  const rows = scan(emulator.rows(), window.min, window.max, () => true)
  const summaryOf = async (path: string): Promise<unknown> => dig((await analytics(path, window)).body, 'summary')
  const cost = await summaryOf('graphs/cost')
  t.ok(
    near(
      numberAt(cost, 'total'),
      total(rows, (row) => row.costCents),
    ),
  )
  t.ok(near(numberAt(cost, 'avg') * rows.length, numberAt(cost, 'total')))
  const tokens = await summaryOf('graphs/tokens')
  t.equal(
    dig(tokens, 'total_request_units'),
    total(rows, (row) => row.inputTokens),
  )
  t.equal(
    dig(tokens, 'total_response_units'),
    total(rows, (row) => row.outputTokens),
  )
  t.equal(numberAt(tokens, 'total_request_units') + numberAt(tokens, 'total_response_units'), dig(tokens, 'total'))
  const latency = await summaryOf('graphs/latency')
  const sorted = rows.map((row) => row.latencyMs).sort((a, b) => a - b)
  t.equal(dig(latency, 'p99'), percentile(sorted, 0.99))
  t.ok(
    near(
      numberAt(latency, 'avg') * rows.length,
      total(rows, (row) => row.latencyMs),
    ),
  )
  const named = rows.flatMap((row) => (row.metadata._user === undefined ? [] : [row.metadata._user]))
  t.same(await summaryOf('graphs/users'), { total: new Set(named).size })
  t.match(await summaryOf('graphs/users/requests'), { total: named.length, unique: new Set(named).size })
  const errors = rows.filter((row) => row.status >= 400)
  t.ok(errors.some((row) => row.status === 446) && rows.some((row) => row.status === 246))
  t.same(await summaryOf('graphs/errors'), { total: errors.length })
  t.same(await summaryOf('graphs/errors/rate'), { rate: (errors.length / rows.length) * 100 })
  t.match(await summaryOf('summary/cache'), { hits: rows.filter((row) => row.cache !== null).length })
  t.same(await summaryOf('graphs/requests/rescued'), {
    retry: rows.filter((row) => row.retrySuccessCount > 0).length,
    fallback: rows.filter((row) => row.fallback).length,
  })
})

t.test('savings are cumulative from the start of the window', async (t) => {
  const { analytics, emulator } = await deploy(t, { requestsPerHour: 120 })
  const window = { min: NOW - DAY, max: NOW }
  const { body } = await analytics('graphs/cache/hit-rate', window)
  const points = listAt(body, 'data_points')
  const series = points.map((point) => numberAt(point, 'cumulative_simple_cache_savings'))
  t.ok(series.every((value, index) => index === 0 || value >= (series[index - 1] ?? 0)))
  const hits = scan(emulator.rows(), window.min, window.max, (row) => row.cache === 'simple')
  t.ok(
    hits.length > 0 &&
      near(
        series.at(-1) ?? -1,
        total(hits, (row) => row.cacheSavingsCents),
      ),
  )
  t.equal(
    points.reduce<number>((sum, point) => sum + numberAt(point, 'simple_hits'), 0),
    hits.length,
  )
})

t.test('graphs that are no series add up to their summary', async (t) => {
  const { analytics } = await deploy(t, { requestsPerHour: 120 })
  const window = { min: NOW - DAY, max: NOW }
  const codes = (await analytics('graphs/errors/status-codes', window)).body
  const counts = listAt(codes, 'data_points').map((row) => numberAt(row, 'count'))
  t.equal(
    counts.reduce((sum, count) => sum + count, 0),
    dig(codes, 'summary', 'total_errors'),
  )
  t.equal(counts.length, dig(codes, 'summary', 'unique_error_codes'))
  const scores = (await analytics('graphs/feedbacks/scores', window)).body
  const judged = listAt(scores, 'data_points').reduce<number>((sum, row) => sum + numberAt(row, 'total'), 0)
  t.ok(judged > 0)
  t.equal(judged, dig(scores, 'summary', 'total'))
})
