import { type Command, connectRedis } from './redis-connection.js'
import { createPauses } from './redis-pauses.js'
import { reasonOf, refusalOf } from './redis-reason.js'

/** What became of one command. `misplaced`: the key holds another type than ours. `away`: no reply in time, or a refusal. */
export type Replied = { readonly kind: 'reply'; readonly value: unknown } | { readonly kind: 'misplaced' | 'away' }

/** A way to Redis, which may be slow, full, bad or missing at any time. Nothing here throws, and nothing takes longer than it may. */
export type Link = {
  /** Runs a command that keeps nothing. */
  readonly read: (command: Command) => Promise<Replied>
  /** Runs a command that keeps something. A Redis that refuses to (full, read-only) is spared them for a while, and still read. */
  readonly write: (command: Command, budgetMs?: number) => Promise<Replied>
  readonly isUp: () => boolean
  /** Whether writing is worth preparing for. */
  readonly takesWrites: () => boolean
  /** Lets what is sent be taken, within the budget, then drops the connection and every timer. */
  readonly close: () => Promise<void>
}

/** How patient a link is with Redis, and who is told how Redis is. */
export type LinkOptions = {
  /** Longest that a question waits for one command, in ms. */
  readonly budgetMs: number
  /** First and longest time in ms for which a failing Redis is left alone. */
  readonly pauseMs: number
  readonly longestPauseMs: number
  /** Most bytes of one reply. */
  readonly longestReply: number
  /** Told of every change between working and not, with a reason that holds no secret. */
  readonly onState: (up: boolean, reason: string) => void
}

/** Failures in a row after which Redis is left alone. */
const MOST_FAILURES = 3
/** More than this unsent means that Redis cannot follow: further writes are dropped. */
const MOST_UNSENT = 8 * 1024 * 1024
const AWAY = { kind: 'away' } as const

/**
 * While Redis is down a command costs nothing. It is up once a fresh connection has answered a first command in time, so that no
 * question pays for trying.
 */
export function createLink(url: string, options: LinkOptions): Link {
  const { budgetMs, onState } = options
  const pauses = createPauses(options.pauseMs, options.longestPauseMs)
  const writePauses = createPauses(options.pauseMs, options.longestPauseMs)
  let up = false
  let closed = false
  let failures = 0
  let refusals = 0
  /** Until when nothing is written, in ms of `performance.now()`. */
  let sparedUntil: number | null = null
  let reported: boolean | null = null

  const report = (reason: string) => {
    const working = up && sparedUntil === null
    if (closed || reported === working) return
    reported = working
    onState(working, reason)
  }

  const down = (error: unknown) => {
    up = false
    report(reasonOf(error))
  }

  const connection = connectRedis(url, {
    budgetMs,
    longestReply: options.longestReply,
    pauses,
    onUp() {
      up = !closed
      failures = 0
      pauses.worked()
      report('it answers')
    },
    onDown: down,
  })

  const failed = (error: unknown) => {
    failures += 1
    if (!up || failures < MOST_FAILURES) return
    down(error)
    connection.renew()
  }

  const refuse = (error: unknown) => {
    refusals += 1
    if (refusals < MOST_FAILURES) return
    sparedUntil = performance.now() + writePauses.next()
    report(reasonOf(error))
    // After a failover the name may stand for another server.
    if (refusalOf(error) === 'READONLY') connection.renew()
  }

  const send = async (command: Command, ms: number, onRefusal: (error: unknown) => void): Promise<Replied> => {
    try {
      const value = await connection.run(command, ms)
      failures = 0
      return { kind: 'reply', value }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === 'WRONGTYPE') return { kind: 'misplaced' }
      if (refusal === null) failed(error)
      else onRefusal(error)
      return AWAY
    }
  }

  const takesWrites = () =>
    up && connection.unsent() <= MOST_UNSENT && (sparedUntil === null || performance.now() >= sparedUntil)

  return {
    isUp: () => up,
    read: async (command) => (up ? send(command, budgetMs, failed) : AWAY),
    takesWrites,
    async write(command, ms = budgetMs) {
      if (!takesWrites()) return AWAY
      const replied = await send(command, ms, refuse)
      if (replied.kind === 'reply') {
        refusals = 0
        sparedUntil = null
        writePauses.worked()
        report('it takes writes again')
      }
      return replied
    },
    async close() {
      closed = true
      up = false
      await connection.close()
    },
  }
}
