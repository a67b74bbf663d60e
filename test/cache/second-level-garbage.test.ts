import type { Socket } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { fakeRedis } from './fake-redis.js'
import { DAY, eventually, heldOf, never, openLevel } from './second-level-open.js'

// The client takes a reply that it did not ask for as a fault of its own and throws where nobody can catch it: were that to get
// through, these tests would end with an uncaught exception.

const say = (text: string) => (socket: Socket) => void socket.on('data', () => socket.write(text, 'latin1'))

const SAYINGS: Readonly<Record<string, (socket: Socket) => void>> = {
  'an HTTP server': say('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'nulls, more than were asked for': say('$-1\r\n$-1\r\n$-1\r\n'),
  'a message of another protocol version': say('>1\r\n_\r\n'),
  'a subscription that nobody made': say('>1\r\n$9\r\nsubscribe\r\n'),
  'lists of nothing': say('*1\r\n$-1\r\n'),
  'a length beyond all bounds': say('$99999999999999\r\n'),
  'a length and nothing behind it': say('$100000\r\n'),
  'half a line': say('+O'),
  'a line without an end': say('x'.repeat(100_000)),
  'errors only': say('-ERR go away\r\n'),
  'a greeting': (socket) => void socket.write('220 mail ready\r\n'),
  'a null as a greeting': (socket) => void socket.write('$-1\r\n'),
  'good-bye at once': (socket) => void socket.destroy(),
  'good-bye at the first word': (socket) => void socket.once('data', () => socket.destroy()),
}

for (const [name, meet] of Object.entries(SAYINGS)) {
  t.test(`where Redis should be: ${name}`, async (t) => {
    const fake = await fakeRedis(t, meet)
    const { level, until, states } = openLevel(t, fake.url, { budgetMs: 300, pauseMs: 5, longestPauseMs: 10 })
    await until(false)
    await eventually(() => fake.connections() > 2)
    t.equal(await level.read('k', 's'), null)
    t.equal(await level.readNote('k', 's'), null)
    level.write('k', 's', heldOf(1), DAY)
    const alone = await level.once(
      'k',
      's',
      () => true,
      async () => heldOf(2),
      () => DAY,
      never,
    )
    t.strictSame(alone, { held: heldOf(2), theirs: false })
    t.ok(states.every(({ up }) => !up))
  })
}

/** What Redis answers to the first command of a connection, whose last word it gives back. */
function echoOf(chunk: Buffer): string {
  const word = chunk.toString('latin1').trimEnd().split('\r\n').at(-1) ?? ''
  return `$${word.length}\r\n${word}\r\n`
}

t.test('where Redis was a moment ago: any bytes', async (t) => {
  const frames = fc.constantFrom(
    '+OK\r\n',
    '$-1\r\n',
    '$0\r\n\r\n',
    ':1\r\n',
    '-ERR\r\n',
    '_\r\n',
    '>2\r\n',
    '*-1\r\n',
    '#t\r\n',
    ',1\r\n',
  )
  const noise = fc.oneof({ weight: 3, arbitrary: frames }, fc.string({ unit: 'binary-ascii', maxLength: 10 }))
  const talk = fc.array(
    fc.array(noise, { maxLength: 4 }).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(talk, async (sayings) => {
      const fake = await fakeRedis(t, (socket) => {
        let turn = -1
        socket.on('data', (chunk) => {
          const said = turn < 0 ? echoOf(chunk) : (sayings[turn % sayings.length] ?? '')
          turn += 1
          socket.write(said, 'latin1')
        })
      })
      const { level, until } = openLevel(t, fake.url, { budgetMs: 20, pauseMs: 1, longestPauseMs: 2 })
      await until(true)
      for (let i = 0; i < 5; i += 1) {
        if ((await level.read('k', 's')) !== null) throw new Error('believed')
        const { held } = await level.once(
          'k',
          's',
          () => true,
          async () => heldOf(i),
          () => DAY,
          never,
        )
        if (held.fetchedAt !== heldOf(i).fetchedAt) throw new Error('believed')
      }
      await level.close()
    }),
    { numRuns: 60 },
  )
})

t.test('while Redis is down a question sends nothing and waits for nothing', async (t) => {
  const fake = await fakeRedis(t, () => {})
  const { level, until } = openLevel(t, fake.url, { budgetMs: 20, pauseMs: 3_600_000, longestPauseMs: 3_600_000 })
  await until(false)
  const before = fake.received()
  for (let i = 0; i < 1_000; i += 1) {
    await level.read(`k${i}`, 's')
    level.write(`k${i}`, 's', heldOf(i), DAY)
  }
  t.equal(fake.received(), before)
  t.equal(fake.connections(), 1)
})
