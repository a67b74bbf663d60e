import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { createEmulator, type Emulator, MAIN_WORKSPACE, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { exampleQuestion } from '../../src/http/question-examples.js'
import { NO_REDIS, startRedis } from '../cache/redis-server.js'
import {
  byBucket,
  byValue,
  count,
  edgesOf,
  inputTokens,
  outputTokens,
  percentile,
  type Row,
  sameRows,
  sum,
  usd,
} from '../engine/scan.js'
import { read } from '../engine/service.js'
import { compiledMain } from './compiled.js'
import { inTime } from './fault-cell.js'
import { TOKEN } from './harness.js'

// Two real processes and one Redis, as replicas behind a balancer.

const main = NO_REDIS === false ? compiledMain(t) : ''

const HOUR = 3_600_000
const DAY = 24 * HOUR

type Replica = {
  readonly child: ChildProcess
  readonly ask: (body: object) => Promise<{
    readonly status: number
    readonly cache: string | null
    readonly calls: number
    readonly rows: readonly Row[]
    readonly message: string
  }>
}

/** A process that listens and has found its Redis. */
const start = async (t: Test, upstream: string, redis: string, env: NodeJS.ProcessEnv = {}): Promise<Replica> => {
  const child = spawn(process.execPath, [main], {
    env: {
      PORTKEY_API_KEY: WORKSPACE_KEY,
      PORTKEY_BASE_URL: upstream,
      API_TOKENS: TOKEN,
      PORT: '0',
      REDIS_URL: redis,
      UPSTREAM_RPS: '1000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  const url = await inTime(
    new Promise<string>((resolve, reject) => {
      const note = (chunk: Buffer) => {
        output += chunk.toString()
        const url = /listening at (http:[^"\s]+)/.exec(output)?.[1]
        if (url !== undefined && output.includes('Redis is there')) resolve(url)
      }
      child.stdout.on('data', note)
      child.stderr.on('data', note)
      child.once('exit', () => reject(new Error(`ended before it listened: ${output}`)))
    }),
  )
  const ask: Replica['ask'] = async (body) => {
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { rows, message } = read(await reply.text())
    const { headers, status } = reply
    return { status, cache: headers.get('x-cache'), calls: Number(headers.get('x-upstream-calls')), rows, message }
  }
  return { child, ask }
}

type Question = { readonly body: object; readonly calls: number; readonly rows: (emulator: Emulator) => readonly Row[] }

/** The last whole day that is settled for sure: the processes have the real clock. */
const questions = (): Readonly<Record<string, Question>> => {
  const end = Math.floor(Date.now() / DAY) * DAY - DAY
  const window = { start: end - DAY, end }
  const stamps = { startTs: new Date(window.start).toISOString(), endTs: new Date(end).toISOString() }
  const seen = (emulator: Emulator) => emulator.rows(window).filter(({ workspace }) => workspace === MAIN_WORKSPACE)
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

/** An emulator at the real time, a Redis, and two replicas. */
const deployTwo = async (t: Test) => {
  const emulator = createEmulator({ historyDays: 4, requestsPerHour: 30 })
  const upstream = await emulator.listen()
  t.teardown(() => emulator.close())
  const { url } = await startRedis(t)
  const [one, two] = await Promise.all([start(t, upstream, url), start(t, upstream, url)])
  return { emulator, upstream, redis: url, one, two }
}

t.test('what one replica has settled the other asks nothing for', { skip: NO_REDIS }, async (t) => {
  const { emulator, upstream, redis, one, two } = await deployTwo(t)
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
  const late = await start(t, upstream, redis)
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
