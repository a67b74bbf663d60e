import t, { type Test } from 'tap'
import type { Fault } from '../../src/emulator/emulator.js'
import { fakeRedis } from '../cache/fake-redis.js'
import { NO_REDIS, startRedis } from '../cache/redis-server.js'
import { NOW } from '../engine/service.js'
import { checkAnswered, checkCount, checkFailed, inState, inTime, play } from './fault-cell.js'
import { FAULT_QUESTIONS, type FaultQuestion } from './fault-questions.js'
import { watchProcess } from './leaks.js'

// Redis is a help, never a need: whatever it does, every question is answered as if it were not there.

const watched = watchProcess()

const STATES = ['cold', 'warm', 'stale'] as const
const FRESH = { cold: ['miss'], warm: ['hit'], stale: ['miss', 'partial'] } as const

/** Long enough for something to happen in the middle of a question. */
const SLOW_MS = 150

type Cell = { readonly name: string; readonly question: FaultQuestion; readonly state: (typeof STATES)[number] }
const UNAVAILABLE = { status: 503, code: 'UPSTREAM_UNAVAILABLE', retryAfter: /^[1-9]\d*$/ } as const

const cells: readonly Cell[] = Object.entries(FAULT_QUESTIONS).flatMap(([title, question]) =>
  STATES.map((state) => ({ name: `${title}, ${state}`, question, state })),
)

const until = async (happened: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await happened())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Starts a question in a state, and takes Redis away once its first request has reached Portkey. */
const playWithout = async (t: Test, { question, state }: Cell, injected: Fault | null) => {
  const redis = await startRedis(t)
  const service = await inState(t, question, state, { REDIS_URL: redis.url })
  // The service's connection has had its first command: from now on it is used.
  await inTime(until(async () => /cmd=(?!client|NULL)/.test(String(await redis.admin.client('LIST')))))
  service.emulator.set({ latencyMs: SLOW_MS })
  if (injected !== null) service.emulator.injectFault(injected)
  const playing = play(service, question)
  if (state !== 'warm') await inTime(until(() => service.emulator.requests.length > 0))
  await redis.kill()
  return playing
}

t.test('Redis is killed in the middle of a question', { skip: NO_REDIS }, async (t) => {
  for (const cell of cells) {
    const { name, question, state } = cell
    const played = await playWithout(t, cell, null)
    checkCount(t, played, name)
    checkAnswered(t, played, question, { cache: FRESH[state], ...(state === 'warm' && { moment: NOW }) }, name)
    const after = await play(played.service, question)
    t.equal(after.arrived, 0, `${name}: then it is held by this process`)
    const unsettledOf = state === 'warm' ? NOW : after.now
    checkAnswered(t, after, question, { cache: ['hit'], unsettledOf }, `${name}, again`)
  }
})

t.test('Redis is killed in the middle of a question that Portkey fails', { skip: NO_REDIS }, async (t) => {
  for (const cell of cells) {
    const { name, question, state } = cell
    const played = await playWithout(t, cell, { kind: 'status', status: 500 })
    if (state === 'cold') checkFailed(t, played, UNAVAILABLE, name)
    else checkAnswered(t, played, question, { cache: [state === 'warm' ? 'hit' : 'stale'], moment: NOW }, name)
  }
})

t.test('what Redis holds was made by somebody else', { skip: NO_REDIS }, async (t) => {
  for (const [name, question] of Object.entries(FAULT_QUESTIONS)) {
    const redis = await startRedis(t)
    const first = await inState(t, question, 'warm', { REDIS_URL: redis.url })
    await inTime(until(async () => (await redis.admin.dbsize()) > 0))
    await first.close()
    for (const key of await redis.admin.keys('*')) await redis.admin.set(key, 'rubbish '.repeat(100))
    const played = await play(await inState(t, question, 'cold', { REDIS_URL: redis.url }), question)
    checkCount(t, played, name)
    checkAnswered(t, played, question, { cache: ['miss'], moment: NOW }, name)
  }
})

/** What Redis answers to the first command of a connection, whose last word it gives back. */
const echoOf = (chunk: Buffer): string => {
  const word = chunk.toString('latin1').trimEnd().split('\r\n').at(-1) ?? ''
  return `$${word.length}\r\n${word}\r\n`
}

/** What something says that a client takes for Redis, after its first word. */
const SAYINGS = {
  'other types': ':1\r\n',
  lists: '*2\r\n$1\r\na\r\n:7\r\n',
  'texts of no meaning': '$7\r\nrubbish\r\n',
  'more replies than there were questions': '+OK\r\n+OK\r\n+OK\r\n+OK\r\n',
  errors: '-ERR no\r\n',
  'no Redis at all': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  'the beginning of a long text': '$4000000\r\n{',
  nothing: '',
} as const

for (const [what, saying] of Object.entries(SAYINGS)) {
  t.test(`what should be Redis says ${what}`, async (t) => {
    const fake = await fakeRedis(t, (socket) =>
      socket.once('data', (first) => {
        socket.write(echoOf(first))
        socket.on('data', () => socket.write(saying, 'latin1'))
      }),
    )
    await Promise.all(
      cells.map(async ({ name, question, state }) => {
        const service = await inState(t, question, state, { REDIS_URL: fake.url })
        await inTime(until(() => fake.connections() > 0))
        const played = await play(service, question)
        checkCount(t, played, name)
        checkAnswered(t, played, question, { cache: FRESH[state], ...(state === 'warm' && { moment: NOW }) }, name)
      }),
    )
  })
}

t.test('nothing is left', (t) => watched.check(t))
