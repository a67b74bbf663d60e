import t, { type Test } from 'tap'
import { type EmulatorOptions, type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { avg, byValue, type Figures, inputTokens, latency, outputTokens, sameRows, sum, whole } from './scan.js'
import { deploy, NOW } from './service.js'

const TOKENS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'outputTokens' },
]
const FIGURES: Figures = { sumInputTokens: sum(inputTokens), sumOutputTokens: sum(outputTokens) }
const model = (row: TrafficRow) => row.model

/** Asked for twice, tokens by model and in all are the scan's, however averages are rounded. */
const tokensHold = async (t: Test, options: EmulatorOptions, name: string) => {
  const service = await deploy(t, options)
  for (const time of ['first', 'second']) {
    const grouped = await service.ask({ groupBy: ['modelName'], aggregations: TOKENS })
    t.equal(grouped.status, 200, `${name}: ${grouped.message}`)
    sameRows(t, grouped.rows, byValue(service.seen(), 'modelName', model, FIGURES), `${name}, the ${time} time`)
    const inAll = await service.ask({ aggregations: TOKENS })
    sameRows(t, inAll.rows, [whole(service.seen(), FIGURES)], `${name}, in all, the ${time} time`)
  }
}

t.test('averages that were rounded never make a wrong sum of tokens', async (t) => {
  for (const averageDecimals of [0, 1, 2, 3, 6, null]) {
    for (const requestsPerHour of [2, 30, 200]) {
      const name = `${averageDecimals ?? 'all'} decimals, ${requestsPerHour} an hour`
      await tokensHold(t, { averageDecimals, requestsPerHour, historyDays: 2 }, name)
    }
  }
})

t.test('products that come out whole by chance are no proof', async (t) => {
  const at = Date.parse('2026-06-09T12:00:00Z')
  /** Requests of one model with these sums, spread as evenly as they go. */
  const requests = (name: string, count: number, input: number, output: number) =>
    Array.from({ length: count }, (_, index) => {
      const share = (of: number) => Math.floor((of * (index + 1)) / count) - Math.floor((of * index) / count)
      return trafficRow({ at: at + index, model: name, inputTokens: share(input), outputTokens: share(output) })
    })
  // 10,000 ÷ 300 is 33.33 and 5,000 ÷ 300 is 16.67; times 300 that is 9,999 and 5,001: whole, with the right total, and wrong.
  await tokensHold(t, { averageDecimals: 2, rows: requests('m', 300, 10_000, 5000) }, 'two decimals')
  await tokensHold(t, { averageDecimals: 1, rows: requests('m', 30, 1000, 500) }, 'one decimal')
  // 10 ÷ 3 is 3 and 5 ÷ 3 is 2; times 3 that is 9 and 6.
  await tokensHold(t, { averageDecimals: 0, rows: requests('m', 3, 10, 5) }, 'none')
  const mixed = [...requests('even', 100, 4200, 1700), ...requests('odd', 300, 10_000, 5000)]
  await tokensHold(t, { averageDecimals: 2, rows: mixed }, 'beside a model that is right')
  const precise = [...requests('seventh', 7, 100, 50), ...requests('whole', 300, 9000, 3000)]
  await tokensHold(t, { averageDecimals: null, rows: precise }, 'not rounded')
})

t.test('a sum of latencies is exact or refused', async (t) => {
  const aggregations = [{ type: 'sum', column: 'latencyMs' }]
  for (const averageDecimals of [null, 0, 2, 6]) {
    const service = await deploy(t, { averageDecimals })
    for (const groupBy of [[], ['modelName'], ['isFailure']]) {
      const asked = await service.ask({ groupBy, aggregations })
      const name = `${averageDecimals ?? 'all'} decimals, by ${groupBy.join() || 'nothing'}`
      if (asked.status !== 200) {
        t.equal(asked.code, 'UNSUPPORTED_BY_UPSTREAM', name)
        t.not(averageDecimals, null, `${name}: exact averages multiply back`)
        continue
      }
      const figures = { sumLatencyMs: sum(latency) }
      const failed = (row: TrafficRow) => row.status >= 400
      const want =
        groupBy.length === 0
          ? [whole(service.seen(), figures)]
          : groupBy[0] === 'modelName'
            ? byValue(service.seen(), 'modelName', model, figures)
            : byValue(service.seen(), 'isFailure', failed, figures)
      sameRows(t, asked.rows, want, name)
    }
  }
})

t.test('an average is given as the upstream rounds it: one cell, one call', async (t) => {
  const service = await deploy(t, { averageDecimals: 2 })
  const asked = await service.ask({ groupBy: ['modelName'], aggregations: [{ type: 'avg', column: 'latencyMs' }] })
  const rounded: Figures = { avgLatencyMs: (rows) => Number((avg(latency)(rows) ?? 0).toFixed(2)) }
  sameRows(t, asked.rows, byValue(service.seen(), 'modelName', model, rounded), 'by model')
})

t.test('an average over several slices weighs them, or is refused', async (t) => {
  const startTs = new Date(NOW - 3 * 3_600_000).toISOString()
  const failures: Figures = { avgLatencyMs: avg(latency) }
  for (const averageDecimals of [null, 1]) {
    const service = await deploy(t, { averageDecimals })
    const window = { startTs, endTs: new Date(NOW).toISOString() }
    const asked = await service.ask({
      ...window,
      groupBy: ['errorCode'],
      aggregations: [{ type: 'avg', column: 'latencyMs' }],
    })
    if (asked.status === 422) continue
    const code = (row: TrafficRow) => (row.status >= 400 ? String(row.status) : null)
    const want = byValue(service.seen(window), 'errorCode', code, failures)
    for (const [index, row] of want.entries()) {
      const got = asked.rows[index]?.avgLatencyMs
      const slack = averageDecimals === null ? 1e-6 : 0.05 + 1e-9
      t.ok(typeof got === 'number' && Math.abs(got - Number(row.avgLatencyMs)) <= slack, `${row.errorCode}`)
    }
  }
})

t.test('sums of feedback may be less than nothing, where data is settled and where it is not', async (t) => {
  const settled = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' }
  const today = { startTs: '2026-06-10T00:00:00.000Z', endTs: '2026-06-11T00:00:00.000Z' }
  const judged = (at: number, env: string, score: number) =>
    trafficRow({ at, metadata: { env }, feedback: { score, weight: 1 } })
  const of = (start: number) => [
    ...[-7, -3, -1].map((score, index) => judged(start + index, 'staging', score)),
    ...[5, -4, 1, 2, 2, 1].map((score, index) => judged(start + 10 + index, 'production', score)),
    trafficRow({ at: start + 20, metadata: { env: 'staging' } }),
  ]
  const rows = [of(Date.parse(settled.startTs)), of(NOW - 60_000)].flat()
  const service = await deploy(t, { rows, averageDecimals: null })
  const filters = [{ metadataKey: 'env', operator: 'NOT_EQUAL', value: 'production' }]
  const aggregations = [{ type: 'avg', column: 'weightedFeedback' }]
  for (const window of [settled, today]) {
    const asked = await service.ask({ ...window, groupBy: ['modelName'], filters, aggregations })
    t.equal(asked.status, 200, asked.message)
    const figures: Figures = { avgWeightedFeedback: () => -11 / 3 }
    const left = service.seen(window).filter((row) => row.metadata.env === 'staging')
    t.equal(left.length, 4)
    sameRows(t, asked.rows, byValue(left, 'modelName', model, figures), window.startTs)
  }
})
