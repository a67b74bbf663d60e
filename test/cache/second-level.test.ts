import fc from 'fast-check'
import t from 'tap'
import { sealOf } from '../../src/cache/codec-seal.js'
import { NO_SECOND_LEVEL } from '../../src/cache/second-level.js'
import { NO_REDIS, startRedis } from './redis-server.js'
import { DAY, eventually, heldOf, never, openUp } from './second-level-open.js'

const nameOf = (key: string, secret = 's', kind: 'answer' | 'note' = 'answer') => sealOf(secret).nameOf(kind, key)

t.test('what one replica keeps the other reads', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  for (const rows of [0, 1, 5_000]) {
    one.level.write(`k${rows}`, 's', heldOf(rows, rows), DAY)
    one.level.writeNote(`k${rows}`, 's', 'lacks: é', DAY)
  }
  await eventually(async () => (await redis.admin.dbsize()) === 6)
  for (const rows of [0, 1, 5_000]) {
    t.strictSame(await two.level.read(`k${rows}`, 's'), heldOf(rows, rows))
    t.equal(await two.level.readNote(`k${rows}`, 's'), 'lacks: é')
  }
  t.equal(await two.level.read('another', 's'), null)
  t.equal(await two.level.read('k1', 'another secret'), null)
  t.equal(await two.level.readNote('k1', 'another secret'), null)
})

t.test('it is kept for as long as was said, without a trace of key, scope or secret', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level } = await openUp(t, redis.url)
  level.write('scope-7 metadata=alice', 'the-upstream-key', heldOf(1), 60_000.7)
  level.writeNote('scope-7', 'the-upstream-key', 'lacks things', 90_000)
  for (const ttl of [0, -1, 0.5, Number.NaN]) level.write(`not at all ${ttl}`, 's', heldOf(1), ttl)
  level.write('for ever', 's', heldOf(1), Number.POSITIVE_INFINITY)
  await eventually(async () => (await redis.admin.exists(nameOf('for ever'))) === 1)
  const names = await redis.admin.keys('*')
  t.equal(names.length, 3)
  for (const name of names) t.match(name, /^pmp:1:[an]:[\w-]{22}$/)
  const lasts = await redis.admin.pttl(nameOf('scope-7 metadata=alice', 'the-upstream-key'))
  t.ok(lasts > 0 && lasts <= 60_000)
  t.ok((await redis.admin.pttl(nameOf('for ever'))) > 0)
})

t.test('a poisoned value is discarded, never believed', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level } = await openUp(t, redis.url)
  const truth = heldOf(1, 50)
  level.write('k', 's', truth, DAY)
  level.write('other key', 's', heldOf(2, 50), DAY)
  level.write('k', 'other secret', heldOf(3, 50), DAY)
  level.writeNote('k', 's', JSON.stringify(heldOf(4)), DAY)
  await eventually(async () => (await redis.admin.dbsize()) === 4)
  const bytesOf = async (name: string) => (await redis.admin.getBuffer(name)) ?? Buffer.alloc(0)
  const whole = await bytesOf(nameOf('k'))
  const swapped = await Promise.all(
    [nameOf('other key'), nameOf('k', 'other secret'), nameOf('k', 's', 'note')].map(bytesOf),
  )

  const poison = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ change
      return bytes
    }),
    fc.integer({ min: 1, max: whole.length - 1 }).map((length) => whole.subarray(0, length)),
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((more) => Buffer.concat([whole, more])),
    fc.constantFrom(...swapped, Buffer.from(JSON.stringify(truth)), Buffer.from('null'), Buffer.alloc(5_000_000)),
  )
  await fc.assert(
    fc.asyncProperty(poison, async (bytes) => {
      await redis.admin.set(nameOf('k'), bytes)
      if ((await level.read('k', 's')) !== null) throw new Error('believed')
      // Deleting is not waited for; it is sent on the same connection before this.
      await level.read('nothing', 's')
      if ((await redis.admin.exists(nameOf('k'))) !== 0) throw new Error('still there')
    }),
  )
  await redis.admin.set(nameOf('k'), whole)
  t.strictSame(await level.read('k', 's'), truth, 'the true bytes are still taken')
})

t.test('a key that holds another type is cleared, and costs nothing else', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const { level, states } = await openUp(t, redis.url)
  for (let i = 0; i < 10; i += 1) {
    await redis.admin.lpush(nameOf('k'), 'a')
    t.equal(await level.read('k', 's'), null)
    await level.read('nothing', 's')
    t.equal(await redis.admin.exists(nameOf('k')), 0)
  }
  t.equal(states.length, 1, 'Redis is not to blame')
})

t.test('password, user, database and address are taken from the URL', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t, '--requirepass', 'p@ss/word')
  const url = `${redis.url.replace('//', '//default:p%40ss%2Fword@')}/3`
  const { level } = await openUp(t, url)
  level.write('k', 's', heldOf(1), DAY)
  await redis.admin.select(3)
  await eventually(async () => (await redis.admin.dbsize()) === 1)
  await redis.admin.select(0)
  t.equal(await redis.admin.dbsize(), 0)
})

t.test('without a store everything is one’s own', async (t) => {
  const level = NO_SECOND_LEVEL
  level.write('k', 's', heldOf(1), DAY)
  level.writeNote('k', 's', 'text', DAY)
  t.equal(await level.read('k', 's'), null)
  t.equal(await level.readNote('k', 's'), null)
  const load = async () => heldOf(2)
  t.strictSame(
    await level.once(
      'k',
      's',
      () => true,
      load,
      () => DAY,
      never,
    ),
    { held: heldOf(2), theirs: false },
  )
  await level.close()
})
