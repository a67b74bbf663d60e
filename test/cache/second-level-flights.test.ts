import { fork } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { sealOf } from '../../src/cache/codec-seal.js'
import type { Held } from '../../src/cache/held.js'
import { NO_REDIS, startRedis } from './redis-server.js'
import { DAY, eventually, gatedLoad, heldOf, never, type Opened, openLevel, openUp } from './second-level-open.js'

const CLAIM = sealOf('s').nameOf('claim', 'k')
const ANSWER = sealOf('s').nameOf('answer', 'k')
const any = () => true
const day = () => DAY
const ask = ({ level }: Opened, load: () => Promise<Held>, accepts: (held: Held) => boolean = any, signal = never) =>
  level.once('k', 's', accepts, load, day, signal)

t.test('ten replicas ask once', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const levels = await Promise.all(Array.from({ length: 10 }, () => openUp(t, redis.url)))
  const flight = gatedLoad()
  const asked = levels.map((opened) => ask(opened, flight.load))
  await eventually(async () => flight.begun() > 0 && (await redis.admin.exists(CLAIM)) === 1)
  flight.open(heldOf(1))
  const answers = await Promise.all(asked)
  t.equal(flight.begun(), 1)
  t.equal(answers.filter(({ theirs }) => theirs).length, 9)
  for (const { held } of answers) t.strictSame(held, heldOf(1))
  await eventually(async () => (await redis.admin.exists(CLAIM)) === 0)
})

t.test('what was kept meanwhile is taken without asking', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  await ask(one, async () => heldOf(1))
  await eventually(async () => (await redis.admin.exists(ANSWER)) === 1)
  t.strictSame(await ask(two, async () => heldOf(2)), { held: heldOf(1), theirs: true })
  t.strictSame(
    await ask(
      two,
      async () => heldOf(2),
      ({ fetchedAt }) => fetchedAt > heldOf(1).fetchedAt,
    ),
    {
      held: heldOf(2),
      theirs: false,
    },
  )
})

t.test('a holder that lives keeps its claim', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const one = openLevel(t, redis.url, { claimMs: 3_000 })
  await one.until(true)
  const flight = gatedLoad()
  const asked = ask(one, flight.load)
  await eventually(async () => (await redis.admin.exists(CLAIM)) === 1)
  await redis.admin.pexpire(CLAIM, 2_000)
  await eventually(async () => (await redis.admin.pttl(CLAIM)) > 2_500)
  flight.open(heldOf(1))
  await asked
  t.pass('it was renewed')
})

t.test('a holder that is killed is replaced, by one alone', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const others = await Promise.all([openUp(t, redis.url), openUp(t, redis.url), openUp(t, redis.url)])
  const replica = fork(join(import.meta.dirname, 'replica.js'), [redis.url, 'hold'])
  const exited = new Promise((resolve) => replica.once('exit', resolve))
  await new Promise<void>((resolve) => {
    replica.on('message', (word) => word === 'holding' && resolve())
  })
  const flight = gatedLoad()
  const asked = others.map((opened) => ask(opened, flight.load))
  t.equal(await redis.admin.exists(CLAIM), 1)
  replica.kill('SIGKILL')
  await exited
  await eventually(() => flight.begun() > 0)
  flight.open(heldOf(2))
  const answers = await Promise.all(asked)
  t.equal(flight.begun(), 1)
  for (const { held } of answers) t.strictSame(held, heldOf(2))
})

t.test('a holder that fails is not waited for twice', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  const flight = gatedLoad()
  const failing = ask(one, flight.load)
  await eventually(async () => (await redis.admin.exists(CLAIM)) === 1)
  const waiting = ask(two, async () => heldOf(2))
  flight.fail(new Error('the upstream is down'))
  await t.rejects(failing, /the upstream is down/)
  t.strictSame(await waiting, { held: heldOf(2), theirs: false })
})

t.test('a holder whose question was cancelled lets another try', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  const flight = gatedLoad()
  const cancel = new AbortController()
  const cancelled = ask(one, flight.load, any, cancel.signal)
  await eventually(async () => (await redis.admin.exists(CLAIM)) === 1)
  const waiting = ask(two, async () => heldOf(2))
  cancel.abort(new Error('nobody waits'))
  flight.fail(new Error('nobody waits'))
  await t.rejects(cancelled, /nobody waits/)
  t.strictSame(await waiting, { held: heldOf(2), theirs: false })
})

t.test('waiting ends with the question', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const one = await openUp(t, redis.url)
  await redis.admin.set(CLAIM, 'another replica')
  const cancel = new AbortController()
  const flight = gatedLoad()
  const waiting = ask(one, flight.load, any, cancel.signal)
  cancel.abort(new Error('the caller left'))
  await t.rejects(waiting, /the caller left/)
  await t.rejects(ask(one, flight.load, any, cancel.signal), /the caller left/)
  t.equal(flight.begun(), 0)
  t.equal(await redis.admin.get(CLAIM), 'another replica')
})

t.test('an answer that cannot be kept is not waited for', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  // Random text does not deflate.
  const values = Array.from({ length: 400_000 }, (_, i) => `${i}${Math.random()}`)
  const large: Held = { fetchedAt: 1, answer: { kind: 'listing', values, fields: {} } }
  const nonsense: Held = { fetchedAt: 1, answer: { kind: 'summary', summary: { hits: Number.NaN } } }
  for (const held of [large, nonsense]) {
    t.equal((await ask(one, async () => held)).held, held)
    await eventually(async () => (await redis.admin.get(CLAIM)) === 'failed')
    t.equal(await redis.admin.exists(ANSWER), 0)
    t.strictSame(await ask(two, async () => heldOf(2)), { held: heldOf(2), theirs: false })
    await redis.admin.flushall()
  }
})

t.test('a holder without Redis at the end still answers', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  const flight = gatedLoad()
  const asked = ask(one, flight.load)
  await eventually(async () => (await redis.admin.exists(CLAIM)) === 1)
  const waiting = ask(two, async () => heldOf(2))
  await redis.kill()
  t.strictSame(await waiting, { held: heldOf(2), theirs: false }, 'who waits asks for itself')
  flight.open(heldOf(1))
  t.strictSame(await asked, { held: heldOf(1), theirs: false })
})
