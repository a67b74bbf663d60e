import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { sealOf } from '../../src/cache/codec-seal.js'
import { freePort, NO_REDIS } from '../cache/redis-server.js'
import { DAY, eventually, heldOf, never, openLevel, openUp } from '../cache/second-level-open.js'
import { ROOT } from '../fixtures/places.js'

const START = join(ROOT, 'deploy/redis/start.sh')
const PASSWORD = 'abc123DEF'

/** Redis as deploy/redis/start.sh starts it; answers its port and its process. */
const start = async (t: Test) => {
  const port = await freePort()
  const child = spawn('sh', [START], {
    env: { PATH: process.env.PATH, REDIS_PASSWORD: PASSWORD, LISTEN_PORT: `${port}` },
    stdio: 'ignore',
  })
  t.teardown(() => child.kill('SIGKILL'))
  return { port, child }
}

/** A plain client, as a user. */
const client = (t: Test, port: number, username?: string, password?: string): Redis => {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    protocol: 2,
    maxRetriesPerRequest: null,
    retryStrategy: () => 10,
    enableReadyCheck: false,
    disableClientInfo: true,
    ...(username !== undefined && password !== undefined && { username, password }),
  })
  redis.on('error', () => {})
  t.teardown(() => redis.disconnect())
  return redis
}

t.test('the service’s user may do all that the service does', { skip: NO_REDIS }, async (t) => {
  const { port } = await start(t)
  const url = `redis://metrics:${PASSWORD}@127.0.0.1:${port}/0`
  const [one, two] = await Promise.all([openUp(t, url), openUp(t, url)])
  one.level.write('k', 's', heldOf(1), DAY)
  one.level.writeNote('k', 's', 'note', DAY)
  await eventually(async () => (await two.level.readNote('k', 's')) === 'note')
  await eventually(async () => (await two.level.read('k', 's')) !== null)
  t.strictSame(await two.level.read('k', 's'), heldOf(1))

  const user = client(t, port, 'metrics', PASSWORD)
  await user.set(sealOf('s').nameOf('answer', 'k'), 'forged')
  t.equal(await two.level.read('k', 's'), null)
  await eventually(async () => (await user.get(sealOf('s').nameOf('answer', 'k'))) === null)

  // A flight that succeeds, one that fails, and a claim that must be renewed while it is held.
  const brief = openLevel(t, url, { claimMs: 3_000 })
  await brief.until(true)
  const claim = sealOf('s').nameOf('claim', 'flight')
  const lived = await brief.level.once(
    'flight',
    's',
    () => true,
    async () => {
      const first = await user.get(claim)
      t.type(first, 'string')
      await user.pexpire(claim, 2_000)
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      t.equal(await user.get(claim), first, 'it was renewed meanwhile')
      return heldOf(2)
    },
    () => DAY,
    never,
  )
  t.strictSame(lived.held, heldOf(2))
  await eventually(async () => (await user.get(claim)) === null)
  const lost = brief.level.once(
    'lost',
    's',
    () => true,
    () => Promise.reject(new Error('lost')),
    () => DAY,
    never,
  )
  await t.rejects(lost, { message: 'lost' })
  await eventually(async () => (await user.get(sealOf('s').nameOf('claim', 'lost'))) === 'failed')
  for (const { states } of [one, two, brief]) {
    const since = states.slice(states.findIndex(({ up }) => up))
    t.strictSame(
      since.filter(({ up }) => !up),
      [],
      'Redis refused nothing',
    )
  }
})

t.test('nobody may do more', { skip: NO_REDIS }, async (t) => {
  const { port } = await start(t)
  const user = client(t, port, 'metrics', PASSWORD)
  await user.set('pmp:mine', '1')
  for (const refused of [
    () => user.set('other', '1'),
    () => user.get('other'),
    () => user.eval("return redis.call('get', 'other')", 0),
    () => user.keys('*'),
    () => user.flushall(),
    () => user.config('GET', '*'),
    () => user.acl('LIST'),
    () => user.call('SHUTDOWN', 'NOSAVE'),
    () => user.publish('channel', 'x'),
  ]) {
    await t.rejects(refused(), { message: /NOPERM|ERR .*(can't|No permissions)/ }, `${refused}`)
  }
  const health = client(t, port, 'health', 'none')
  t.equal(await health.ping(), 'PONG')
  await t.rejects(health.get('pmp:mine'), { message: /NOPERM/ })
  await t.rejects(client(t, port).get('pmp:mine'), { message: /NOAUTH/ }, 'who has no password gets nothing')
})

t.test('the password is in no argument, and a signal reaches Redis itself', { skip: NO_REDIS }, async (t) => {
  const { port, child } = await start(t)
  t.equal(await client(t, port, 'health', 'none').ping(), 'PONG')
  const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
  t.match(line, /^redis-server/)
  t.notMatch(line, PASSWORD)
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  t.equal(await exit, 0)
})

t.test('a password that would need quoting, or none, is refused in words', async (t) => {
  const refused = (env: NodeJS.ProcessEnv) => spawnSync('sh', [START], { env: { PATH: process.env.PATH, ...env } })
  for (const REDIS_PASSWORD of ['a b', 'x\nuser evil on nopass ~* +@all', 'a"b', '$(id)']) {
    const { status, stderr } = refused({ REDIS_PASSWORD })
    t.equal(status, 1)
    t.equal(`${stderr}`, 'REDIS_PASSWORD may hold letters and digits only: openssl rand -hex 24\n')
  }
  for (const env of [{}, { REDIS_PASSWORD: '' }]) {
    const { status, stderr } = refused(env)
    t.not(status, 0)
    t.match(`${stderr}`, /REDIS_PASSWORD: must be set/)
  }
})
