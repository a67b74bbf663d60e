import { once } from 'node:events'
import t, { type Test } from 'tap'
import { NO_REDIS } from '../cache/redis-server.js'
import { inTime } from './fault-cell.js'
import { deployTwo, type Replica, startReplica } from './replicas.js'
import { freshBody, openLoad, QUESTIONS, WORKERS } from './replicas-load.js'

// Two real processes and one Redis under load, and what is killed in the midst of it. How many questions are put is fixed; the clock
// decides nothing.

const ALL = 2 * WORKERS * QUESTIONS
/** Slow enough that calls are under way whenever something dies. */
const LATENCY_MS = 20

type World = Awaited<ReturnType<typeof deployTwo>>

/** A load on two replicas. Whoever loses a question at the first asks on at the one that `replace` names. */
const load = (t: Test, { emulator }: World, part: number, one: Replica, two: Replica) => {
  let replace: (replica: Replica | Promise<Replica>) => void = () => {}
  const instead = new Promise<Replica>((resolve) => {
    replace = resolve
  })
  return { ...openLoad(t, { emulator, part }, { one, two, instead }), replace }
}

const killed = async ({ child }: Replica) => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Questions that are put until the replicas share what they know: after a Redis that was away they ask it again after a while. */
const MOST_TRIES = 200

/** Checks that what one replica asked upstream the other finds in Redis. */
const share = async (t: Test, part: number, one: Replica, other: Replica) => {
  for (let at = 0; at < MOST_TRIES; at++) {
    const first = await inTime(one.ask(freshBody(part, at)))
    const second = await inTime(other.ask(freshBody(part, at)))
    t.strictSame([first.status, second.status], [200, 200], `${first.message}${second.message}`)
    t.strictSame(second.rows, first.rows)
    if (first.calls > 0 && second.cache === 'hit') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.fail('the replicas share nothing any more')
}

t.test('two replicas and what is killed under them', { skip: NO_REDIS }, async (t) => {
  const world = await deployTwo(t, { latencyMs: LATENCY_MS })
  const { parts, redis, one, two } = world
  let first = one
  /** It goes with the whole, not with one case. */
  const start = () => startReplica(t, parts)

  await t.test('Redis is killed, and comes back: nobody notices', async (t) => {
    const { answered, over, lost, replace } = load(t, world, 0, first, two)
    replace(first)
    await answered(ALL / 4)
    await redis.kill()
    await answered(ALL / 2)
    await redis.restart()
    await over
    t.strictSame(lost(), { one: [], two: [] })
    await share(t, 0, first, two)
  })

  await t.test('a replica is killed, and another comes: what it was just asked is lost', async (t) => {
    const { answered, over, lost, replace } = load(t, world, 1, first, two)
    await answered(ALL / 4)
    await killed(first)
    const next = start()
    replace(next)
    await over
    t.strictSame(lost().two, [], 'nobody who asked the other')
    t.ok(lost().one.length <= WORKERS, `a question each at the most: ${lost().one.join(', ')}`)
    first = await next
    await share(t, 1, first, two)
  })

  await t.test('both at once: who asks the other replica is answered', async (t) => {
    const { answered, over, lost, replace } = load(t, world, 2, first, two)
    await answered(ALL / 4)
    await Promise.all([killed(first), redis.kill()])
    const next = start()
    replace(next)
    await answered((3 * ALL) / 8)
    await redis.restart()
    await over
    t.strictSame(lost().two, [], 'nobody who asked the other')
    t.ok(lost().one.length <= WORKERS, `a question each at the most: ${lost().one.join(', ')}`)
    await share(t, 2, await next, two)
  })
})
