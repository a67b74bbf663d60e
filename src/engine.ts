import { setMaxListeners } from 'node:events'
import { LRUCache } from 'lru-cache'
import { type DataPoint, shape } from './answer/shape.js'
import { createSecondLevel, NO_SECOND_LEVEL } from './cache/second-level.js'
import { createUpstream } from './cache/upstream.js'
import { CATALOG, type Catalog, withBindings } from './catalog/catalog.js'
import type { Config } from './config.js'
import { type ErrorCode, ServiceError } from './errors.js'
import { type Asked, askOf, asLong } from './execute/asked.js'
import { expiryOf } from './execute/expiry.js'
import { type Explained, explained, explainQuestion } from './execute/explain.js'
import { createLearnt } from './execute/learnt.js'
import type { Answered, Asking } from './execute/question.js'
import { answerSliding } from './execute/sliding.js'
import { entryOf } from './plan/fields.js'
import { type Credentials, createClient, type Resource } from './portkey/client.js'
import { encode, urlLength } from './portkey/encode.js'
import { MissingEndpoint } from './portkey/missing.js'
import { ping, wrongBase } from './portkey/ping.js'
import type { Query } from './query/query.js'
import { VERSION } from './version.js'

export type { DataPoint } from './answer/shape.js'

/** Who asks. Nothing is ever shared across different `scope`s. */
export type Principal = {
  /** For logs; never a secret. */
  readonly name: string
  /** Identifies upstream key and workspace without revealing the key (a digest). */
  readonly scope: string
  readonly upstreamKey: string
  /** Workspace slug to ask for with an organisation's key. */
  readonly workspace: string | null
}

/** An answered question and what it took. */
export type Reply = {
  readonly data: { readonly dataPoints: readonly DataPoint[] }
  /** HTTP requests sent upstream for this question. */
  readonly upstreamCalls: number
  /** `hit` no upstream call was needed, `partial` some parts were held, `miss` none, `stale` expired parts, as the upstream failed. */
  readonly cache: CacheState
  /** Epoch ms at which its oldest part was fetched; `null` when it has no part. */
  readonly oldestAt: number | null
  /** Epoch ms until which an equal question may be given the same reply. */
  readonly expiresAt: number
  /** Epoch ms: data before this instant is settled. */
  readonly settledUntil: number
  /** Milliseconds spent, for `server-timing`. */
  readonly timing: { readonly planMs: number; readonly upstreamMs: number; readonly shapeMs: number }
}

export type CacheState = 'hit' | 'partial' | 'miss' | 'stale'

/** The plan of a question; with `analyze`, also its reply and how each part of the plan went. */
export type Explanation = Explained & {
  readonly analyzed: { readonly reply: Reply; readonly repairs: readonly string[] } | null
}

/** Whether the upstream can be reached and takes the key; when not, a sentence for people and the error a question would meet. */
export type UpstreamState =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly code?: ErrorCode }

export type Engine = {
  /**
   * Answers a question exactly or throws a `ServiceError`.
   */
  ask(query: Query, principal: Principal, asking: AskOptions): Promise<Reply>
  /**
   * Explains how a question is answered, or throws the `ServiceError` it is refused with. `plan`: by what is learnt so far, nothing
   * is asked upstream. `analyze`: the question is answered, and its plan carries what really happened.
   */
  explain(query: Query, principal: Principal, mode: ExplainMode, asking: AskOptions): Promise<Explanation>
  /** One page of a list that stands beside analytics, as the upstream's JSON without secrets. Throws a `ServiceError`. */
  read(
    resource: Resource,
    page: Readonly<Record<string, string>>,
    principal: Principal,
    asking: AskOptions,
  ): Promise<unknown>
  /** One cheap upstream call with the principal's key; never throws. */
  probe(principal: Principal, signal: AbortSignal): Promise<UpstreamState>
  /** Releases sockets. */
  close(): Promise<void>
}

/** How a question is asked. */
export type AskOptions = {
  /** Aborting it cancels the upstream calls that only this question waits for. */
  readonly signal: AbortSignal
  /** Until when somebody waits for the reply, in ms of `performance.now()`; `REQUEST_TIMEOUT_MS` from now unless told. */
  readonly deadline?: number
  /** Nothing held is good enough: every part is asked afresh. */
  readonly refresh?: boolean
  /** Told of every HTTP request that this question sends, as it is sent: it counts also where the question fails. */
  readonly onSent?: () => void
}

export type ExplainMode = 'plan' | 'analyze'

/** Questions with a sliding window that are remembered at once. */
const MOST_SLIDES = 5_000
/** URLs beyond this are cut or refused by proxies on the way (DESIGN, "Plan": under 6 KB). */
const LONGEST_URL = 6_000
const MEBIBYTE = 1024 * 1024
/** Of the cache's bytes, those for upstream answers; the others are for finished replies. */
const ANSWERS_SHARE = 0.75

/** What an engine may be given beside its settings. */
export type EngineParts = {
  /** The clock, epoch ms. */
  readonly now?: () => number
  /** What can be asked; it answers questions that were parsed with the same. */
  readonly tables?: Catalog
  /** Told when Redis comes and goes, and why. */
  readonly onRedis?: (up: boolean, reason: string) => void
}

/** An engine over one upstream. */
export function createEngine(config: Config, parts: EngineParts = {}): Engine {
  const { now = Date.now, tables = CATALOG } = parts
  const catalog = withBindings(tables, config.metadataBindings)
  const client = createClient({
    baseUrl: config.portkeyBaseUrl,
    timeoutMs: config.upstreamTimeoutMs,
    concurrency: config.upstreamConcurrency,
    requestsPerSecond: config.upstreamRps,
    version: VERSION,
    now,
    ...(config.upstreamProxy !== null && { proxyUrl: config.upstreamProxy }),
  })
  const second =
    config.redisUrl === null
      ? NO_SECOND_LEVEL
      : createSecondLevel(config.redisUrl, { onState: parts.onRedis ?? (() => {}) })
  const liveTtlMs = config.liveTtlSeconds * 1000
  const upstream = createUpstream({
    fetch: client.fetch,
    second,
    policy: {
      settleMs: config.settleSeconds * 1000,
      liveTtlMs,
      staleMaxMs: config.staleMaxSeconds * 1000,
    },
    maxBytes: Math.floor(config.cacheMaxMb * MEBIBYTE * ANSWERS_SHARE),
    patienceMs: config.upstreamTimeoutMs,
    now,
  })
  const learnt = createLearnt(second, now)
  const slides = new LRUCache<string, number>({ max: MOST_SLIDES })

  /** What answering a question of this moment works with. */
  const askingOf = (principal: Principal, ask: Asked, refresh: boolean): Asking => {
    const { scope, workspace } = principal
    const caller = { scope, key: principal.upstreamKey, workspace }
    const moment = now()
    return {
      knowledge: { catalog, now: moment, retentionDays: config.retentionDays },
      settledUntil: moment - config.settleSeconds * 1000,
      maxCalls: config.maxUpstreamCalls,
      capabilities: {
        get: () => learnt.get(scope),
        set: (capabilities) => learnt.set(scope, capabilities),
      },
      fetch: (call, notBefore) => upstream.fetch(call, caller, { ...ask, notBefore }),
      holds: (call, notBefore) => upstream.holds(call, caller, notBefore),
      tiles: (call, wanted) => upstream.tiles(call, caller, wanted),
      refresh,
      sent: ask.sent,
      now,
      liveTtlMs,
      fits: (call) => urlLength(call, config.portkeyBaseUrl, workspace) <= LONGEST_URL,
      keyOf: (call) => encode(call, workspace),
    }
  }

  const askAs = (options: AskOptions, signal: AbortSignal): Asked => askOf(options, signal, config.requestTimeoutMs)

  const answer = async (query: Query, principal: Principal, options: AskOptions, traced: boolean): Promise<Answer> => {
    const began = performance.now()
    // Once one call has failed the others are pointless.
    const own = new AbortController()
    const joined = AbortSignal.any([options.signal, own.signal])
    // Every call of the question listens to it.
    setMaxListeners(0, joined)
    const ask = askAs(options, joined)
    const scope = { scope: principal.scope, key: principal.upstreamKey }
    await learnt.recall(scope)
    const before = learnt.get(principal.scope)
    let missed = false
    try {
      const base = askingOf(principal, ask, options.refresh ?? false)
      const fetch: Asking['fetch'] = (call, notBefore) =>
        base.fetch(call, notBefore).catch((error: unknown) => {
          missed ||= error instanceof MissingEndpoint
          throw error
        })
      const asking = { ...base, fetch }
      const answered = await answerSliding(query, { ...asking, traced }, principal.scope, slides)
      const asked = performance.now()
      const dataPoints = rowsOf(query, answered, catalog, config.maxRows)
      const shaped = performance.now()
      const reply = {
        data: { dataPoints },
        upstreamCalls: ask.sent(),
        cache: answered.parts.cache,
        oldestAt: answered.parts.oldestAt,
        expiresAt: expiryOf(query, answered, asking),
        settledUntil: Math.min(now(), answered.parts.live?.oldest ?? now()) - config.settleSeconds * 1000,
        timing: { planMs: answered.planMs, upstreamMs: asked - began - answered.planMs, shapeMs: shaped - asked },
      }
      return { reply, answered }
    } catch (error) {
      // A refusal that rests on a 404 stands only if the deployment is there at all; a passing fault teaches nothing.
      if (missed && error instanceof ServiceError && error.code === 'UNSUPPORTED_BY_UPSTREAM') {
        await ping(client, credentialsOf(principal), asLong(ask), now()).catch((reason: unknown) => {
          learnt.set(principal.scope, before)
          throw reason instanceof MissingEndpoint ? wrongBase() : reason
        })
      }
      throw error
    } finally {
      own.abort()
      learnt.tell(scope, before)
    }
  }

  return {
    async ask(query, principal, options) {
      return (await answer(query, principal, options, false)).reply
    },

    async explain(query, principal, mode, options) {
      if (mode === 'plan') {
        const asking = askingOf(principal, askAs(options, options.signal), false)
        return { ...explainQuestion(query, asking), analyzed: null }
      }
      const { reply, answered } = await answer(query, principal, options, true)
      return { ...explained(answered.plan, answered.trace), analyzed: { reply, repairs: answered.repairs } }
    },

    read: (resource, page, principal, options) =>
      client.get(resource, page, credentialsOf(principal), asLong(askAs(options, options.signal))),

    async probe(principal, signal) {
      try {
        await ping(client, credentialsOf(principal), asLong(askAs({ signal }, signal)), now())
        return { ready: true }
      } catch (error) {
        const known = error instanceof MissingEndpoint ? wrongBase() : error
        if (known instanceof ServiceError) return { ready: false, reason: known.message, code: known.code }
        return { ready: false, reason: 'Portkey was not asked in time.' }
      }
    },

    async close() {
      upstream.close()
      await Promise.all([client.close(), second.close()])
    },
  }
}

const credentialsOf = ({ upstreamKey, workspace }: Principal): Credentials => ({ key: upstreamKey, workspace })

type Answer = { readonly reply: Reply; readonly answered: Answered }

function rowsOf(query: Query, { planned, table }: Answered, catalog: Catalog, maxRows: number): readonly DataPoint[] {
  const rows = shape(table, {
    groups: planned.groups.map((group) => group.id),
    groupKeys: query.groupBy.map((ref) =>
      ref.kind === 'metadata'
        ? `metadata.${ref.key}`
        : (entryOf(catalog, query.datasource, ref)?.responseKey ?? ref.name),
    ),
    outputs: planned.outputs,
    edges: planned.edges,
    limit: query.limit,
  })
  if (rows.length <= maxRows) return rows
  throw new ServiceError(
    'TOO_MANY_ROWS',
    `The reply would hold ${rows.length} rows, and MAX_ROWS is ${maxRows}. Set limit, add filters, or ask for a longer interval.`,
  )
}
