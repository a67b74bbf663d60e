import { fork } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sealOf } from '../../src/cache/codec-seal.js'
import type { SecondLevel } from '../../src/cache/second-level.js'
import { NO_REDIS, startRedis } from './redis-server.js'
import { DAY, eventually, heldOf, never, openLevel, openUp } from './second-level-open.js'

const MINE = { held: heldOf(7), theirs: false }

/** Everything a question does, as if there were no store. */
async function worksAlone(t: Test, level: SecondLevel): Promise<void> {
  level.write('k', 's', heldOf(1), DAY)
  level.writeNote('k', 's', 'text', DAY)
  t.equal(await level.read('k', 's'), null)
  t.equal(await level.readNote('k', 's'), null)
  t.strictSame(
    await level.once(
      'k',
      's',
      () => true,
      async () => heldOf(7),
      () => DAY,
      never,
    ),
    MINE,
  )
}

t.test('Redis absent at the start is found once it is there', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  await redis.kill()
  const { level, until, states } = openLevel(t, redis.url)
  await worksAlone(t, level)
  await until(false)
  await worksAlone(t, level)
  await redis.restart()
  await until(true)
  await level.once(
    'k',
    's',
    () => true,
    async () => heldOf(7),
    () => DAY,
    never,
  )
  await eventually(async () => (await level.read('k', 's')) !== null)
  t.strictSame(
    states.map(({ up }) => up),
    [false, true],
    'each change is told once',
  )
  t.match(states[0]?.reason, 'ECONNREFUSED')
})

t.test('Redis killed and restarted', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, until, states } = await openUp(t, redis.url)
  for (let round = 0; round < 3; round += 1) {
    const asked = Array.from({ length: 20 }, (_, i) => level.read(`k${i}`, 's'))
    await redis.kill()
    t.ok((await Promise.all(asked)).every((held) => held === null))
    await until(false)
    await worksAlone(t, level)
    await redis.restart()
    await until(true)
  }
  t.strictSame(
    states.map(({ up }) => up),
    [true, false, true, false, true, false, true],
  )
})

t.test('Redis that hangs is left alone, until it answers', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, until, states } = openLevel(t, redis.url, { budgetMs: 200 })
  await until(true)
  level.write('k', 's', heldOf(1), DAY)
  await eventually(async () => (await level.read('k', 's')) !== null)
  redis.pause()
  for (let i = 0; i < 3; i += 1) t.equal(await level.read('k', 's'), null)
  await until(false)
  t.match(states.at(-1)?.reason, 'too slowly')
  await worksAlone(t, level)
  redis.resume()
  await until(true)
  await eventually(async () => (await level.read('k', 's')) !== null)
})

t.test('a flight under way while Redis hangs', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, until } = openLevel(t, redis.url, { budgetMs: 200 })
  await until(true)
  await redis.admin.set(sealOf('s').nameOf('claim', 'k'), 'another replica')
  const waiting = level.once(
    'k',
    's',
    () => true,
    async () => heldOf(7),
    () => DAY,
    never,
  )
  redis.pause()
  t.strictSame(await waiting, MINE)
  redis.resume()
})

t.test('a full Redis is still read, and spared what it would refuse', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, until, states } = await openUp(t, redis.url)
  level.write('k', 's', heldOf(1), DAY)
  await eventually(async () => (await level.read('k', 's')) !== null)
  await redis.admin.config('SET', 'maxmemory', '1')
  for (let i = 0; i < 5; i += 1) {
    t.strictSame(
      await level.once(
        `k${i}`,
        's',
        () => true,
        async () => heldOf(7),
        () => DAY,
        never,
      ),
      MINE,
    )
    t.strictSame(await level.read('k', 's'), heldOf(1))
  }
  await until(false)
  t.match(states.at(-1)?.reason, 'OOM')
  t.strictSame(await level.read('k', 's'), heldOf(1))
  await redis.admin.config('SET', 'maxmemory', '0')
  await eventually(async () => {
    level.write('k2', 's', heldOf(2), DAY)
    return (await level.read('k2', 's')) !== null
  })
  await until(true)
})

t.test(
  'a Redis that became a replica takes no writes, and is followed when it does again',
  { skip: NO_REDIS },
  async (t) => {
    const redis = await startRedis(t)
    const { level, until } = await openUp(t, redis.url)
    await redis.admin.replicaof('127.0.0.1', 1)
    await eventually(async () => {
      await worksAlone(t, level)
      return true
    })
    for (let i = 0; i < 5; i += 1) await worksAlone(t, level)
    await until(false)
    await redis.admin.replicaof('NO', 'ONE')
    await eventually(async () => {
      level.write('k2', 's', heldOf(2), DAY)
      return (await level.read('k2', 's')) !== null
    })
  },
)

t.test('a wrong password, a database that isn’t there', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t, '--requirepass', 'right-one')
  const urls = [
    [redis.url, 'NOAUTH'],
    [redis.url.replace('//', '//:wrong-one@'), 'WRONGPASS'],
    [`${redis.url.replace('//', '//:right-one@')}/999`, 'ERR'],
  ] as const
  for (const [url, word] of urls) {
    const { level, until, states } = openLevel(t, url)
    await until(false)
    await worksAlone(t, level)
    t.match(states, [{ up: false, reason: `it refuses: ${word}` }])
    t.notMatch(JSON.stringify(states), /-one/)
  }
})

t.test('a client that is cut off comes back', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, until, states } = await openUp(t, redis.url)
  await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await eventually(() => states.length >= 2)
  await worksAlone(t, level)
  await until(true)
})

t.test('a process with a second level ends by itself once it is closed', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const gone = await startRedis(t)
  await gone.kill()
  const acts = [
    [redis.url, 'end'],
    [redis.url, 'close at once'],
    [gone.url, 'close at once'],
    [gone.url, 'close later'],
  ] as const
  await Promise.all(
    acts.map(async ([url, act]) => {
      const replica = fork(join(import.meta.dirname, 'replica.js'), [url, act])
      const code = await new Promise((resolve) => replica.once('exit', resolve))
      t.equal(code, 0, `${act} ${url === redis.url ? 'with' : 'without'} Redis`)
    }),
  )
})
