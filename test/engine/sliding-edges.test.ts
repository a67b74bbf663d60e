import fc from 'fast-check'
import t from 'tap'
import { sameRows } from './scan.js'
import { DAY, deploy, HOUR, MINUTE, NOW } from './service.js'

// What is remembered of one window must never leave a hole in the next, wherever either begins and ends.

const FRESH = { headers: { 'cache-control': 'no-cache' } }
const SEED = Number(process.env.SLIDING_SEED ?? 20_260_610)
const RUNS = Number(process.env.SLIDING_RUNS ?? 20)

/** Off every grid that buckets lie on, most of the time. */
const moment = (from: number, to: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: Math.floor((to - from) / (15 * MINUTE)) }), fc.constantFrom(0, 0, MINUTE, 30_000))
    .map(([quarters, more]) => from + quarters * 15 * MINUTE + more)

const questions = fc.record({
  interval: fc.constantFrom('1 hour', '2 hours', '1 day', '3 hours', '1 week'),
  timeZone: fc.constantFrom('UTC', 'UTC', 'Europe/Berlin', 'Asia/Kolkata'),
  groupBy: fc.constantFrom([], ['team'], ['httpStatusCode'], ['modelName']),
  aggregations: fc.constantFrom([], [{ type: 'sum', column: 'costInUSD' }], [{ type: 'sum', column: 'inputTokens' }]),
})

/** Windows of one question, one after the other. */
const windows = fc.array(
  fc
    .tuple(moment(NOW - 5 * DAY, NOW - HOUR), moment(HOUR, 3 * DAY))
    .map(([start, length]) => ({ start, end: Math.min(start + length, Math.floor(NOW / HOUR) * HOUR + HOUR) })),
  { minLength: 2, maxLength: 5 },
)

t.test(`windows that follow each other leave nothing out (seed ${SEED})`, { timeout: 120_000 }, async (t) => {
  await fc.assert(
    fc.asyncProperty(questions, windows, async (question, asked) => {
      const service = await deploy(t, { historyDays: 6, requestsPerHour: 12 }, { MAX_UPSTREAM_CALLS: '2000' })
      for (const { start, end } of asked) {
        const window = { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
        const body = { ...question, ...window, type: 'timeseries' }
        const held = await service.ask(body)
        const fresh = await service.ask(body, FRESH)
        t.equal(held.status, fresh.status, held.message)
        sameRows(t, held.rows, fresh.rows, JSON.stringify(body))
        const total = held.rows.reduce((sum, row) => sum + Number(row.total), 0)
        t.equal(total, service.seen(window).filter(({ visibleAt }) => visibleAt <= NOW).length, JSON.stringify(body))
      }
      await service.close()
    }),
    { seed: SEED, numRuns: RUNS },
  )
})
