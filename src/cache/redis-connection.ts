import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Pauses } from './redis-pauses.js'
import { refusalOf, TOO_SLOW } from './redis-reason.js'
import { guardReplies } from './redis-replies.js'

/** One command, or one script, sent to the client it is given; its promise is the reply. */
export type Command = (redis: Redis) => Promise<unknown>

/** A client that connects in the background for as long as it lives, and says when it is of use. */
export type Connection = {
  /** The reply of one command; rejects when it is an error, when there is none in time and when the connection is lost. */
  readonly run: (command: Command, budgetMs: number) => Promise<unknown>
  /** Bytes that the network has not taken yet. */
  readonly unsent: () => number
  /** Gives this connection up, as it may be half open; another is tried after a pause. */
  readonly renew: () => void
  /** Drops connection and timers, what was sent before being answered first where the budget allows. */
  readonly close: () => Promise<void>
}

/** How long a connection may take, and who is told of it. `budgetMs`: for one command; `longestReply`: bytes of one reply. */
export type ConnectionOptions = {
  readonly budgetMs: number
  readonly longestReply: number
  readonly pauses: Pauses
  /** A fresh connection has answered a first command within the budget. */
  readonly onUp: () => void
  /** There is no usable connection. Told again for every attempt that fails. */
  readonly onDown: (error: unknown) => void
}

/** A connection on which nothing at all is answered for this long is dead. */
const SILENCE_MS = 2_000
/** Takes what the other commands take: the right to read and to run scripts, and a Redis that is done loading and knows its echo. */
const PROBE = `redis.call('get', KEYS[1]) return ARGV[1]`

/** Never throws and never emits an error that nobody hears; a `url` that is none throws. */
export function connectRedis(
  url: string,
  { budgetMs, longestReply, pauses, onUp, onDown }: ConnectionOptions,
): Connection {
  const redis = new Redis(url, {
    // Version 3 has frames that are no replies, and nothing that is needed here.
    protocol: 2,
    connectTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    disconnectTimeout: budgetMs,
    disableClientInfo: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => pauses.next(),
  })
  let lastError: unknown = null

  const renew = () => {
    if (redis.status === 'ready') redis.disconnect(true)
  }

  redis.on('error', (error) => {
    lastError = error
  })
  redis.on('connect', () => {
    lastError = null
    guardReplies(redis, longestReply)
  })
  redis.on('ready', async () => {
    try {
      // A database that isn't there: the client has told it and would go on with database 0.
      if (refusalOf(lastError) !== null) throw lastError
      const token = randomUUID()
      const echo = await within(redis.eval(PROBE, 1, 'pmp:probe', token), budgetMs)
      if (echo !== token) throw new Error('Not the replies of a Redis server')
      onUp()
    } catch (error) {
      lastError ??= error
      onDown(error)
      renew()
    }
  })
  redis.on('close', () => onDown(lastError))

  return {
    run: (command, ms) => within(command(redis), ms),
    unsent: () => redis.stream.writableLength,
    renew,
    async close() {
      if (redis.status === 'ready') await within(redis.quit(), budgetMs).catch(() => {})
      const { stream } = redis
      redis.disconnect()
      if (stream !== undefined && !stream.closed) await new Promise((resolve) => stream.once('close', resolve))
    },
  }
}

async function within(reply: Promise<unknown>, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // One turn of the loop more: a reply that came in while this process was busy is not late.
    timer = setTimeout(() => setImmediate(() => reject(TOO_SLOW)), ms)
  })
  try {
    return await Promise.race([reply, late])
  } finally {
    clearTimeout(timer)
  }
}
