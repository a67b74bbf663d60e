import t from 'tap'
import { NO_SECOND_LEVEL } from '../../src/cache/second-level.js'
import { NO_REDIS, startRedis } from './redis-server.js'
import { heldOf, openUp } from './second-level-open.js'

const never = new AbortController().signal
const DAY = 86_400_000

t.test('what one replica writes the other reads', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const [one, two] = await Promise.all([openUp(t, redis.url), openUp(t, redis.url)])
  for (const rows of [0, 1, 5_000]) {
    one.level.write(`k${rows}`, 's', heldOf(rows, rows), DAY)
    one.level.writeNote(`k${rows}`, 's', 'lacks: é', DAY)
  }
  await one.level.close()
  for (const rows of [0, 1, 5_000]) {
    t.strictSame(await two.level.read(`k${rows}`, 's'), heldOf(rows, rows))
    t.equal(await two.level.readNote(`k${rows}`, 's'), 'lacks: é')
  }
})

t.test('ten replicas ask once', { skip: NO_REDIS }, async (t) => {
  const redis = await startRedis(t)
  const levels = await Promise.all(Array.from({ length: 10 }, () => openUp(t, redis.url)))
  let loads = 0
  const load = async () => {
    loads += 1
    await new Promise((resolve) => setTimeout(resolve, 100))
    return heldOf(loads)
  }
  const answers = await Promise.all(
    levels.map(({ level }) =>
      level.once(
        'k',
        's',
        () => true,
        load,
        () => DAY,
        never,
      ),
    ),
  )
  t.equal(loads, 1)
  t.equal(answers.filter(({ theirs }) => theirs).length, 9)
  for (const { held } of answers) t.strictSame(held, heldOf(1))
})

t.test('without a store everything is one’s own', async (t) => {
  t.strictSame(
    await NO_SECOND_LEVEL.once(
      'k',
      's',
      () => true,
      async () => heldOf(1),
      () => DAY,
      never,
    ),
    {
      held: heldOf(1),
      theirs: false,
    },
  )
})
