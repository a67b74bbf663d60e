import t, { type Test } from 'tap'
import type { Received } from '../../src/emulator/emulator.js'
import { deploy, LEAST, read, YESTERDAY } from './service.js'

// Two principals with one upstream key have even shares of its pace, however much each asks.

const HEAVY = {
  type: 'timeseries',
  interval: '1 hour',
  aggregations: [
    { type: 'sum', column: 'inputTokens' },
    { type: 'p99', column: 'latencyMs' },
  ],
}

const run = (value: string) => ({ filters: [{ metadataKey: 'run', operator: 'EQUAL', value }] })

/** A service that one principal has flooded with questions of three calls each, and how the other asks it. */
const flooded = async (t: Test, questions: number) => {
  const service = await deploy(
    t,
    { latencyMs: 5 },
    { API_TOKENS: 'the-token-that-floods,another-token', UPSTREAM_RPS: '30', UPSTREAM_CONCURRENCY: '4' },
  )
  const ask = (token: string, fields: Readonly<Record<string, unknown>>, signal: AbortSignal | null = null) =>
    fetch(`${service.url}/v1/metrics/query`, {
      method: 'POST',
      signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...LEAST, ...YESTERDAY, ...fields }),
    })
  const leaving = new AbortController()
  let came = 0
  const all = Array.from({ length: questions }, (_, index) =>
    ask('the-token-that-floods', { ...HEAVY, ...run(`${index}`) }, leaving.signal).then(
      () => {
        came += 1
      },
      () => 'gone',
    ),
  )
  t.teardown(async () => {
    leaving.abort()
    await Promise.all(all)
  })
  await service.received(questions)
  const { requests } = service.emulator
  /** Asks as the other principal, and how many requests were sent until the last of its own was. */
  const turnsOf = async (fields: Readonly<Record<string, unknown>>, isOwn: (request: Received) => boolean) => {
    const before = requests.length
    const reply = await ask('another-token', fields)
    const text = await reply.text()
    const own = requests.flatMap((request, index) => (isOwn(request) ? [index - before + 1] : []))
    return { status: reply.status, calls: reply.headers.get('x-upstream-calls'), own, ...read(text) }
  }
  return { requests, turnsOf, answered: () => came }
}

/**
 * Some requests may go while the question is on its way to the service. Were turns even between questions alone, it would be as many as
 * the flood has questions.
 */
const SOON = 60

/** The widest gap between two of them; what is under way at once may change places. */
const widest = (own: readonly number[]): number =>
  Math.max(...own.slice(1).map((number, index) => number - (own[index] ?? number)))

const isOfRun = (value: string) => {
  const text = JSON.stringify({ run: value })
  return ({ query }: Received) => query.metadata === text
}

t.test('a cold question of one call has its turn at once beside a flood', async (t) => {
  const { turnsOf, answered } = await flooded(t, 300)
  const least = await turnsOf(run('mine'), isOfRun('mine'))
  t.match(least, { status: 200, calls: '1' })
  t.equal(least.own.length, 1)
  t.ok(Math.max(...least.own) <= SOON, `sent as number ${least.own} of those sent since`)
  const heavy = await turnsOf({ ...HEAVY, ...run('mine too') }, isOfRun('mine too'))
  t.match(heavy, { status: 200, calls: '3' })
  t.ok(Math.max(...heavy.own) <= SOON, `three calls, sent as numbers ${heavy.own} of those sent since`)
  t.ok(widest(heavy.own) <= 6, 'about every second turn is its')
  t.ok(answered() < 150, 'the flood is not over')
})

t.test('nor does a question wait behind the flood because a part of it was asked there first', async (t) => {
  const { requests, turnsOf } = await flooded(t, 150)
  // Of those that wait still.
  const isOfLast = isOfRun('149')
  t.notOk(requests.some(isOfLast))
  const same = await turnsOf({ ...HEAVY, ...run('149') }, isOfLast)
  t.match(same, { status: 200, calls: '0' })
  t.equal(same.own.length, 3, 'what both ask is asked once')
  t.ok(Math.max(...same.own) <= SOON, `sent as numbers ${same.own} of those sent since`)
  t.ok(widest(same.own) <= 6, 'about every second turn is its')
})
