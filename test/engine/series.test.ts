import t from 'tap'
import {
  avg,
  byBucket,
  count,
  countOf,
  edgesOf,
  type Figures,
  inputTokens,
  outputTokens,
  percentile,
  sameRows,
  sum,
  usd,
} from './scan.js'
import { DAY, deploy, HOUR, MINUTE, NOW } from './service.js'

const HOURLY = { type: 'timeseries', interval: '1 hour' }
const SUMS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'outputTokens' },
  { type: 'sum', column: 'costInUSD' },
  { type: 'avg', column: 'inputTokens' },
]
const SUM_FIGURES: Figures = {
  sumInputTokens: sum(inputTokens),
  sumOutputTokens: sum(outputTokens),
  sumCostInUSD: sum(usd),
  avgInputTokens: avg(inputTokens),
}
const LATENCIES = [
  { type: 'avg', column: 'latencyMs' },
  { type: 'p50', column: 'latencyMs' },
  { type: 'p90', column: 'latencyMs' },
  { type: 'p99', column: 'latencyMs' },
]
const LATENCY_FIGURES: Figures = {
  avgLatencyMs: avg((row) => row.latencyMs),
  p50LatencyMs: percentile(0.5),
  p90LatencyMs: percentile(0.9),
  p99LatencyMs: percentile(0.99),
}

const at = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString()

t.test('hours of a day: one row each, sums and percentiles alike', async (t) => {
  const service = await deploy(t)
  const edges = edgesOf(at('2026-06-09T00:00:00Z'), at('2026-06-10T00:00:00Z'), HOUR)
  const asked = await service.ask({ ...HOURLY, aggregations: [...SUMS, ...LATENCIES] })
  sameRows(t, asked.rows, byBucket(service.seen(), edges, { ...SUM_FIGURES, ...LATENCY_FIGURES }), 'a whole day')
  t.equal(asked.calls, 4, 'requests, cost, tokens, latency: a graph each')
})

t.test('buckets without traffic are there', async (t) => {
  const service = await deploy(t, { requestsPerHour: 0.4 })
  const edges = edgesOf(at('2026-06-09T00:00:00Z'), at('2026-06-10T00:00:00Z'), HOUR)
  const rows = byBucket(service.seen(), edges, { ...SUM_FIGURES, ...LATENCY_FIGURES })
  t.ok(rows.some((row) => row.total === 0) && rows.some((row) => row.total !== 0))
  for (const emptyLatency of ['zero', 'null'] as const) {
    service.emulator.set({ emptyLatency })
    const asked = await service.ask({ ...HOURLY, aggregations: [...SUMS, ...LATENCIES] })
    sameRows(t, asked.rows, rows, `upstream latency of nothing is ${emptyLatency}`)
  }
})

t.test('the running bucket is in, those to come are not', async (t) => {
  const service = await deploy(t)
  const window = { startTs: '2026-06-10T09:00:00.000Z', endTs: '2026-06-11T00:00:00.000Z' }
  const edges = edgesOf(at(window.startTs), NOW, HOUR)
  const asked = await service.ask({ ...HOURLY, ...window, aggregations: [...SUMS, ...LATENCIES] })
  sameRows(t, asked.rows, byBucket(service.seen(window), edges, { ...SUM_FIGURES, ...LATENCY_FIGURES }), 'until now')
  t.equal(asked.rows.at(-1)?.startTimestamp, '2026-06-10T12:00:00.000Z')
  t.equal(asked.rows.at(-1)?.endTimestamp, '2026-06-10T13:00:00.000Z')
})

t.test('buckets lie on the grid, data in the window', async (t) => {
  const service = await deploy(t)
  const windows = [
    ['within a day', '2026-06-09T10:17:03.250Z', '2026-06-09T15:41:59.001Z'],
    ['a sliver of one hour', '2026-06-09T10:17:03.250Z', '2026-06-09T10:17:20.000Z'],
    ['over two edges', '2026-06-09T10:59:59.999Z', '2026-06-09T12:00:00.001Z'],
    ['to the moment', '2026-06-10T10:17:03.250Z', iso(NOW)],
  ] as const
  for (const [name, startTs, endTs] of windows) {
    const window = { startTs, endTs }
    const edges = edgesOf(Math.floor(at(startTs) / HOUR) * HOUR, at(endTs), HOUR)
    const figures = { ...SUM_FIGURES, ...LATENCY_FIGURES }
    const asked = await service.ask({ ...HOURLY, ...window, aggregations: [...SUMS, ...LATENCIES] })
    sameRows(t, asked.rows, byBucket(service.seen(window), edges, figures), name)
  }
})

t.test('any interval: finer, coarser and odder than the upstream’s own steps', async (t) => {
  const service = await deploy(t)
  const windows = [
    { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' },
    { startTs: '2026-06-09T05:00:07.001Z', endTs: '2026-06-09T07:30:00.000Z' },
  ]
  const sizes = [
    ['1 minute', MINUTE],
    ['7 minutes', 7 * MINUTE],
    ['10 minutes', 10 * MINUTE],
    ['90 minutes', 90 * MINUTE],
    ['5 hours', 5 * HOUR],
    ['1 day', DAY],
    ['2 days', 2 * DAY],
  ] as const
  for (const window of windows) {
    for (const [interval, size] of sizes) {
      const edges = edgesOf(Math.floor(at(window.startTs) / size) * size, at(window.endTs), size)
      const asked = await service.ask({ type: 'timeseries', interval, ...window, aggregations: SUMS })
      sameRows(t, asked.rows, byBucket(service.seen(window), edges, SUM_FIGURES), `${interval} from ${window.startTs}`)
    }
  }
})

t.test('percentiles of any interval: where no step is the bucket, each bucket is asked for', async (t) => {
  const service = await deploy(t)
  const window = { startTs: '2026-06-09T05:00:07.001Z', endTs: '2026-06-09T07:30:00.000Z' }
  const sizes = [
    ['1 minute', MINUTE],
    ['7 minutes', 7 * MINUTE],
    ['10 minutes', 10 * MINUTE],
    ['1 hour', HOUR],
    ['1 day', DAY],
  ] as const
  for (const [interval, size] of sizes) {
    const edges = edgesOf(Math.floor(at(window.startTs) / size) * size, at(window.endTs), size)
    const asked = await service.ask({ type: 'timeseries', interval, ...window, aggregations: LATENCIES })
    sameRows(t, asked.rows, byBucket(service.seen(window), edges, LATENCY_FIGURES), interval)
  }
})

t.test('weeks begin on Mondays, months and years on their first', async (t) => {
  const service = await deploy(t, { historyDays: 45, requestsPerHour: 4 })
  const window = { startTs: '2026-05-02T03:04:05.678Z', endTs: iso(NOW) }
  const rows = service.seen(window)
  const cases = [
    ['1 week', ['2026-04-27', '2026-05-04', '2026-05-11', '2026-05-18', '2026-05-25', '2026-06-01', '2026-06-08']],
    // Counted from Monday 1970-01-05, an even number of weeks before 2026-04-27.
    ['2 weeks', ['2026-04-27', '2026-05-11', '2026-05-25', '2026-06-08']],
    ['1 month', ['2026-05-01', '2026-06-01']],
    ['3 months', ['2026-04-01']],
    ['1 year', ['2026-01-01']],
  ] as const
  const ends: Readonly<Record<string, string>> = {
    '1 week': '2026-06-15',
    '2 weeks': '2026-06-22',
    '1 month': '2026-07-01',
    '3 months': '2026-07-01',
    '1 year': '2027-01-01',
  }
  for (const [interval, starts] of cases) {
    const edges = [...starts, ends[interval] ?? ''].map(at)
    const asked = await service.ask({ type: 'timeseries', interval, ...window, aggregations: [...SUMS, ...LATENCIES] })
    sameRows(t, asked.rows, byBucket(rows, edges, { ...SUM_FIGURES, ...LATENCY_FIGURES }), interval)
  }
})

t.test('a count of a nullable column, in every bucket', async (t) => {
  const aggregations = [
    { type: 'count', column: 'modelName' },
    { type: 'count', column: 'virtualModel' },
  ]
  const figures = { countModelName: countOf((row) => row.model), countVirtualModel: countOf((row) => row.config) }
  const window = { startTs: '2026-06-09T05:00:00.000Z', endTs: '2026-06-09T11:00:00.000Z' }
  const edges = edgesOf(at(window.startTs), at(window.endTs), HOUR)
  for (const nullModelShare of [0, 0.2]) {
    const service = await deploy(t, { nullModelShare })
    const asked = await service.ask({ ...HOURLY, ...window, aggregations })
    sameRows(t, asked.rows, byBucket(service.seen(window), edges, figures), `${nullModelShare * 100} % without a model`)
  }
})

t.test('without aggregations a row is its stamps and its total', async (t) => {
  const service = await deploy(t)
  const edges = edgesOf(at('2026-06-09T00:00:00Z'), at('2026-06-10T00:00:00Z'), HOUR)
  const asked = await service.ask(HOURLY)
  sameRows(t, asked.rows, byBucket(service.seen(), edges), 'totals')
  t.equal(asked.calls, 1)
  const seconds = await service.ask({ type: 'timeseries', intervalInSeconds: 3600 })
  t.equal(seconds.text, asked.text, 'intervalInSeconds is the same question')
  const counted = await service.ask({ ...HOURLY, aggregations: [{ type: 'count', column: 'latencyMs' }] })
  sameRows(
    t,
    counted.rows,
    byBucket(service.seen(), edges, { countLatencyMs: count }),
    'a numeric column is never null',
  )
})
