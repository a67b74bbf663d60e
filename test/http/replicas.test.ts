import { once } from 'node:events'
import t from 'tap'
import type { Emulator } from '../../src/emulator/emulator.js'
import { exampleQuestion } from '../../src/http/question-examples.js'
import { NO_REDIS } from '../cache/redis-server.js'
import {
  byBucket,
  byValue,
  count,
  edgesOf,
  inputTokens,
  outputTokens,
  percentile,
  sameRows,
  sum,
  usd,
} from '../engine/scan.js'
import { inTime } from './fault-cell.js'
import { DAY, deployTwo, HOUR, type Question, seenIn, settledEnd, startReplica } from './replicas.js'

// Two real processes and one Redis, as replicas behind a balancer.

type Priced = Question & { readonly calls: number }

/** Of the last whole day that is settled for sure. */
const questions = (): Readonly<Record<string, Priced>> => {
  const end = settledEnd()
  const window = { start: end - DAY, end }
  const stamps = { startTs: new Date(window.start).toISOString(), endTs: new Date(end).toISOString() }
  const seen = (emulator: Emulator) => seenIn(emulator, window)
  return {
    'the example': {
      body: exampleQuestion(stamps),
      calls: 1,
      rows: (emulator) =>
        byValue(seen(emulator), 'modelName', ({ model }) => model, {
          countModelName: count,
          sumInputTokens: sum(inputTokens),
          sumOutputTokens: sum(outputTokens),
          p99LatencyMs: percentile(0.99),
          sumCostInUSD: sum(usd),
        }),
    },
    hours: {
      body: {
        ...stamps,
        datasource: 'modelMetrics',
        type: 'timeseries',
        interval: '1 hour',
        aggregations: [
          { type: 'p99', column: 'latencyMs' },
          { type: 'sum', column: 'costInUSD' },
        ],
      },
      calls: 3,
      rows: (emulator) =>
        byBucket(seen(emulator), edgesOf(window.start, end, HOUR), {
          p99LatencyMs: percentile(0.99),
          sumCostInUSD: sum(usd),
        }),
    },
  }
}

t.test('what one replica has settled the other asks nothing for', { skip: NO_REDIS }, async (t) => {
  const { emulator, parts, one, two } = await deployTwo(t)
  for (const [name, { body, calls, rows }] of Object.entries(questions())) {
    emulator.resetRequests()
    const first = await one.ask(body)
    t.match(first, { status: 200, cache: 'miss', calls }, `${name}: ${first.message}`)
    sameRows(t, first.rows, rows(emulator), `${name}: one`)
    const second = await two.ask(body)
    t.match(second, { status: 200, cache: 'hit', calls: 0 }, `${name}: ${second.message}`)
    t.strictSame(second.rows, first.rows, `${name}: the other`)
    t.equal(emulator.requests.length, calls, `${name}: calls in all`)
  }
  emulator.resetRequests()
  const late = await startReplica(t, parts)
  for (const [name, { body }] of Object.entries(questions()))
    t.match(await late.ask(body), { cache: 'hit', calls: 0 }, `${name}: one that comes later`)
  t.equal(emulator.requests.length, 0)
})

t.test('one question put to both at once is asked once', { skip: NO_REDIS }, async (t) => {
  const { emulator, one, two } = await deployTwo(t)
  emulator.set({ latencyMs: 300 })
  for (const [name, { body, calls, rows }] of Object.entries(questions())) {
    emulator.resetRequests()
    const all = await Promise.all([one, two, one, two, two, one].map(({ ask }) => ask(body)))
    t.strictSame([...new Set(all.map(({ status }) => status))], [200], name)
    for (const reply of all) sameRows(t, reply.rows, rows(emulator), `${name}: rows`)
    t.equal(emulator.requests.length, calls, `${name}: calls in all`)
    t.equal(
      all.reduce((total, reply) => total + reply.calls, 0),
      calls,
      `${name}: those who asked say so, together`,
    )
  }
})

t.test('one is killed while both wait for its calls: the other answers', { skip: NO_REDIS }, async (t) => {
  for (const [name, { body, rows }] of Object.entries(questions())) {
    const { emulator, one, two } = await deployTwo(t)
    emulator.set({ latencyMs: 400 })
    const lost = one.ask(body).then(
      () => 'answered',
      () => 'lost',
    )
    while (emulator.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const waiting = two.ask(body)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const ended = once(one.child, 'exit')
    one.child.kill('SIGKILL')
    await ended
    t.equal(await lost, 'lost', `${name}: whoever asked the one that was killed`)
    const reply = await inTime(waiting)
    t.equal(reply.status, 200, `${name}: ${reply.message}`)
    sameRows(t, reply.rows, rows(emulator), `${name}: rows`)
    t.match(await two.ask(body), { status: 200, cache: 'hit', calls: 0 }, `${name}: afterwards`)
  }
})
