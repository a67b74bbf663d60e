import { createFlights } from '../cache/flights.js'
import type { About, Format, HeldReply, Replies } from '../cache/replies.js'
import type { Config } from '../config.js'
import type { AskOptions, CacheState, Engine, Principal, Reply } from '../engine.js'
import { isOutage, ServiceError } from '../errors.js'
import { createRoom } from '../portkey/room.js'
import { queryKey } from '../query/canonical.js'
import type { Query } from '../query/query.js'
import { aboutOf } from './about.js'
import { csvOf } from './csv.js'
import { createUpstreamWait, type UpstreamWait } from './upstream-wait.js'

/** What a caller is given, and what is said of it in headers. */
export type Given = Pick<Reply, 'cache' | 'oldestAt' | 'settledUntil' | 'upstreamCalls' | 'timing'> & {
  /** The text, in UTF-8. */
  readonly body: Buffer
  /** Calls that the plan was expected to take; `null` where a reply was held. */
  readonly price: number | null
  /** `null` of what is no question's. */
  readonly about: About | null
  readonly format: Format
}

/** A question as one caller waits for it. */
export type Asked = {
  readonly principal: Principal
  readonly query: Query
  /** As it was sent; `null` = not as a body of the language. */
  readonly bytes: Buffer | null
  /** What the reply is written as; JSON unless told. */
  readonly format?: Format
  /** Nothing held is good enough. */
  readonly refresh: boolean
  /** Told of every HTTP request that is sent upstream on behalf of this caller. */
  readonly onSent: () => void
  /** Told of every one of them once it has ended. */
  readonly onEnded?: AskOptions['onEnded']
}

/** Work of the engine that is no question, as one caller waits for it. */
export type Fetching = Omit<Asked, 'query' | 'bytes' | 'format'> & {
  /** Says what is fetched: equal names are equal replies, and no question has such a name. */
  readonly name: string
  readonly fetch: (options: AskOptions) => Promise<unknown>
  /** How long the reply is good, in ms. */
  readonly goodMs: number
}

/** Runs work for one caller: for a limited time, and only while somebody is there to be answered. */
export type Patience = <Value>(
  work: (options: Required<Pick<AskOptions, 'signal' | 'deadline'>>) => Promise<Value>,
) => Promise<Value>

/** What stands between routes and engine: replies that are held, questions that are joined, and a bound on what is under way. */
export type Answering = {
  /** The reply to these very bytes in a format, if it is held and good now. */
  readonly held: (principal: Principal, bytes: Buffer, format: Format) => HeldReply | undefined
  /** Bodies of replies, compressed. */
  readonly compressed: Replies['compressed']
  /** Answers a question from what is held, else through the engine, once for all who ask it at the same time. */
  readonly ask: (asked: Asked, patience: Patience) => Promise<Given>
  /** Gives what was fetched, as JSON: held, joined and stale as answers to questions are. */
  readonly fetch: (fetching: Fetching, patience: Patience) => Promise<Given>
  /** Runs other work of the engine, if there is room for what this principal asks; else throws `OVERLOADED`. */
  readonly withinBound: <Value>(share: string, work: () => Promise<Value>) => Promise<Value>
  /** Different questions and other works that the engine is busy with. */
  readonly underWay: () => number
}

/**
 * Different questions the engine works on at once: of one principal by itself, and of all. Each waits for its turn at the few upstream
 * connections, and one that would wait behind so many of its own does better to come back: at a tenth of a second a question the last
 * would wait most of a minute.
 */
export const UNDER_WAY = { alone: 512, inAll: 2048 } as const

/** In less time, in ms, no call would be answered that was not when the time of another question was up. */
const LEAST_LEFT_MS = 100

/** Answers from `replies` where they hold one, else from the engine. `now`: epoch ms. */
export const createAnswering = (
  config: Pick<Config, 'staleMaxSeconds' | 'requestTimeoutMs' | 'upstreamTimeoutMs' | 'upstreamProxy'>,
  engine: Engine,
  replies: Replies,
  now: () => number,
): Answering => {
  const flights = createFlights<Landed>()
  const staleMaxMs = config.staleMaxSeconds * 1000
  const underWay = createRoom(UNDER_WAY)
  /** What flights wait for, by their keys. */
  const waits = new Map<string, UpstreamWait>()

  const withinBound: Answering['withinBound'] = async (share, work) => {
    if (!underWay.hasPlace(share)) throw tooManyUnderWay(underWay.of(share))
    underWay.enter(share)
    try {
      return await work()
    } finally {
      underWay.leave(share)
    }
  }

  /** Flies, and keeps what is brought home for those who ask next. */
  const fly = async ({ shelf, name, work }: Wanted, options: AskOptions): Promise<Landed> => {
    const landed = await work(options)
    if (landed.cache === 'stale') return landed
    const { body, format, about, oldestAt, expiresAt, settledUntil } = landed
    const kept = replies.keep(shelf, name, { body, format, about, oldestAt, expiresAt, settledUntil }, now())
    return { ...landed, body: kept.body }
  }

  const join = async (wanted: Wanted, patience: Patience): Promise<Given> => {
    const { principal, shelf, refresh, onSent, onEnded } = wanted
    // Principals fly apart, and meet where calls are sent: there each brings what it waits for in its own turns.
    const key = `${refresh ? 'refresh' : 'ask'} ${principal.share} ${shelf} ${wanted.name}`
    const watch = (): UpstreamWait => {
      const wait = createUpstreamWait({ ...config, state: engine.state })
      waits.set(key, wait)
      return wait
    }
    let wait: UpstreamWait | undefined
    return patience(async (waiter) => {
      for (;;) {
        const began = performance.now()
        const joins = flights.has(key)
        const own = (joins ? waits.get(key) : undefined) ?? watch()
        wait = own
        try {
          const { value, joined } = await flights.join(key, waiter, ({ signal, deadline }) => {
            const told = watched(own, onSent, onEnded)
            const flying = withinBound(principal.share, () =>
              fly(wanted, { signal, deadline: deadline(), refresh, ...told }),
            )
            return flying.finally(() => {
              if (waits.get(key) === own) waits.delete(key)
            })
          })
          return joined ? { ...value, upstreamCalls: 0, timing: waited(began) } : value
        } catch (error) {
          // A flight gives up when the time of those who began it is up; who joined it later may have time left.
          const hasTime = !waiter.signal.aborted && waiter.deadline - performance.now() >= LEAST_LEFT_MS
          if (!joins || !hasTime || !isTimeout(error)) throw error
        }
      }
    }).catch((error: unknown) => {
      throw wait === undefined ? error : wait.worded(error)
    })
  }

  const give = async (wanted: Wanted, patience: Patience): Promise<Given> => {
    const { principal, shelf, refresh, bytes, name } = wanted
    const known = replies.askedAs(shelf, name, bytes)
    const began = performance.now()
    let sent = 0
    const onSent = () => {
      sent += 1
      wanted.onSent()
    }
    if (!refresh && known !== undefined && now() < known.expiresAt) {
      if (engine.isVouched(principal)) return givenFrom(known, 'hit', 0, NO_TIME)
      const stand = await patience((waiter) => engine.vouch(principal, { ...waiter, onSent }))
      return givenFrom(known, stand === 'good' ? 'hit' : 'stale', sent, waited(began))
    }
    try {
      return await join({ ...wanted, onSent }, patience)
    } catch (error) {
      // It may have been answered meanwhile.
      const held = isOutage(error) ? replies.askedAs(shelf, name, bytes) : undefined
      const age = now() - (held?.oldestAt ?? Number.NEGATIVE_INFINITY)
      if (held === undefined || staleMaxMs === 0 || age > staleMaxMs) throw error
      if (!engine.wasVouched(principal)) {
        // That the question failed says nothing of the key: a revoked one could meet the same.
        await patience((waiter) => engine.vouch(principal, { ...waiter, onSent })).catch((reason: unknown) => {
          throw isOutage(reason) ? error : reason
        })
      }
      const isGood = !refresh && now() < held.expiresAt && engine.isVouched(principal)
      return givenFrom(held, isGood ? 'hit' : 'stale', sent, waited(began))
    }
  }

  return {
    withinBound,
    underWay: () => underWay.size(),

    compressed: replies.compressed,

    held(principal, bytes, format) {
      const reply = replies.sentAs(shelfOf(principal, format), bytes)
      return reply !== undefined && now() < reply.expiresAt && engine.isVouched(principal) ? reply : undefined
    },

    ask(asked, patience) {
      const { query, principal, format = 'json' } = asked
      const work = async (options: AskOptions): Promise<Landed> => {
        const reply = await engine.ask(query, principal, options)
        return { ...reply, format, body: Buffer.from(textOf(reply, format)), about: aboutOf(query, reply) }
      }
      return give({ ...asked, shelf: shelfOf(principal, format), name: queryKey(query), work }, patience)
    },

    fetch({ fetch, goodMs, ...asked }, patience) {
      const work = async (options: AskOptions): Promise<Landed> => {
        const began = performance.now()
        const oldestAt = now()
        let upstreamCalls = 0
        const onSent = () => {
          upstreamCalls += 1
          options.onSent?.()
        }
        const body = Buffer.from(JSON.stringify(await fetch({ ...options, onSent })))
        const expiresAt = oldestAt + goodMs
        const upstream = { upstreamCalls, timing: waited(began), cache: 'miss' } as const
        return {
          ...upstream,
          body,
          format: 'json',
          price: null,
          about: null,
          oldestAt,
          expiresAt,
          settledUntil: oldestAt,
        }
      }
      const shelf = shelfOf(asked.principal, 'json')
      return give({ ...asked, shelf, bytes: null, work }, patience)
    },
  }
}

/** Tells of calls upstream both who watches a flight and who began it. */
const watched = (
  wait: UpstreamWait,
  onSent: () => void,
  onEnded: AskOptions['onEnded'],
): Required<Pick<AskOptions, 'onSent' | 'onEnded'>> => ({
  onSent: () => {
    wait.onSent()
    onSent()
  },
  onEnded: (event) => {
    wait.onEnded(event)
    onEnded?.(event)
  },
})

/** What is to be given, and the work that makes it. */
type Wanted = Omit<Asked, 'query' | 'format'> & {
  /** Where replies of its format are held for those who may see them. */
  readonly shelf: string
  /** Equal names are equal replies. */
  readonly name: string
  readonly work: (options: AskOptions) => Promise<Landed>
}

/** What a flight brings home. */
type Landed = Given & Pick<Reply, 'expiresAt'>

const shelfOf = ({ view }: Principal, format: Format): string => (format === 'json' ? view : `${view} ${format}`)

const textOf = ({ data, columns }: Reply, format: Format): string =>
  format === 'json' ? JSON.stringify({ data }) : csvOf(columns, data.dataPoints)

const tooManyUnderWay = (own: number): ServiceError => {
  const who = own > 0 ? `${own} other questions of this caller` : `${UNDER_WAY.inAll} questions of other callers`
  return new ServiceError('OVERLOADED', `${who} are under way: ask again in a moment.`, { retryAfterSeconds: 1 })
}

const NO_TIME: Reply['timing'] = { planMs: 0, upstreamMs: 0, shapeMs: 0 }

const waited = (began: number): Reply['timing'] => ({ ...NO_TIME, upstreamMs: performance.now() - began })

const givenFrom = (
  { body, format, about, oldestAt, settledUntil }: HeldReply,
  cache: CacheState,
  upstreamCalls: number,
  timing: Reply['timing'],
): Given => ({ body, format, about, price: null, oldestAt, settledUntil, cache, upstreamCalls, timing })

const isTimeout = (error: unknown): boolean => error instanceof ServiceError && error.code === 'REQUEST_TIMEOUT'
