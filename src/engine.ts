import { LRUCache } from 'lru-cache'
import { type DataPoint, shape } from './answer/shape.js'
import { CATALOG, type Catalog, withBindings } from './catalog/catalog.js'
import type { Config } from './config.js'
import { type ErrorCode, ServiceError } from './errors.js'
import { type Explained, explained, explainQuestion } from './execute/explain.js'
import { type Answered, type Asking, answerQuestion } from './execute/question.js'
import { type Capabilities, NOTHING_LEARNT } from './plan/capabilities.js'
import { entryOf } from './plan/fields.js'
import { type Credentials, createClient } from './portkey/client.js'
import { encode, urlLength } from './portkey/encode.js'
import { MissingEndpoint } from './portkey/missing.js'
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

/** How long what was learnt of a deployment is believed: an upgrade shows within this time. */
const CAPABILITIES_TTL_MS = 600_000
/** Scopes remembered at once. */
const MOST_SCOPES = 1_000
/** URLs beyond this are cut or refused by proxies on the way (DESIGN, "Plan": under 6 KB). */
const LONGEST_URL = 6_000
const MINUTE = 60_000

/**
 * An engine over one upstream. `now` is the clock, epoch ms. `tables` says what can be asked; it answers questions that were
 * parsed with the same.
 */
export function createEngine(config: Config, now: () => number = Date.now, tables: Catalog = CATALOG): Engine {
  const catalog = withBindings(tables, config.metadataBindings)
  const client = createClient({
    baseUrl: config.portkeyBaseUrl,
    timeoutMs: config.upstreamTimeoutMs,
    connections: config.upstreamConcurrency,
    version: VERSION,
    ...(config.upstreamProxy !== null && { proxyUrl: config.upstreamProxy }),
  })
  const learnt = new LRUCache<string, Capabilities>({
    max: MOST_SCOPES,
    ttl: CAPABILITIES_TTL_MS,
    ttlResolution: 0,
    perf: { now },
  })

  /** Asks the graph that every deployment has. Throws as the client does. */
  const ping = async (credentials: Credentials, signal: AbortSignal): Promise<void> => {
    const end = Math.floor(now() / MINUTE) * MINUTE
    const window = { start: end - MINUTE, end }
    await client.fetch(
      { endpoint: { kind: 'graph', name: 'requests' }, window, filters: {}, columns: [] },
      credentials,
      signal,
    )
  }

  /** What answering a question of this moment works with. */
  const askingOf = (principal: Principal, moment: number, signal: AbortSignal): Asking => {
    const credentials = { key: principal.upstreamKey, workspace: principal.workspace }
    return {
      knowledge: { catalog, now: moment, retentionDays: config.retentionDays },
      settledUntil: moment - config.settleSeconds * 1000,
      maxCalls: config.maxUpstreamCalls,
      capabilities: {
        get: () => learnt.get(principal.scope) ?? NOTHING_LEARNT,
        set: (capabilities) => learnt.set(principal.scope, capabilities, { noUpdateTTL: true }),
      },
      fetch: (call) => client.fetch(call, credentials, signal),
      fits: (call) => urlLength(call, config.portkeyBaseUrl, credentials.workspace) <= LONGEST_URL,
      keyOf: (call) => encode(call, credentials.workspace),
    }
  }

  const answer = async (query: Query, principal: Principal, signal: AbortSignal, traced: boolean): Promise<Answer> => {
    const began = performance.now()
    // Once one call has failed the others are pointless.
    const own = new AbortController()
    const joined = AbortSignal.any([signal, own.signal])
    const before = learnt.get(principal.scope) ?? NOTHING_LEARNT
    let missed = false
    try {
      const base = askingOf(principal, now(), joined)
      const fetch: Asking['fetch'] = (call) =>
        base.fetch(call).catch((error: unknown) => {
          missed ||= error instanceof MissingEndpoint
          throw error
        })
      const asking = { ...base, fetch }
      const answered = await answerQuestion(query, { ...asking, traced })
      const asked = performance.now()
      const dataPoints = rowsOf(query, answered, catalog, config.maxRows)
      const shaped = performance.now()
      const reply = {
        data: { dataPoints },
        upstreamCalls: answered.upstreamCalls,
        cache: answered.upstreamCalls > 0 ? ('miss' as const) : ('hit' as const),
        oldestAt: answered.fetchedAt,
        expiresAt: now() + 15_000,
        settledUntil: asking.settledUntil,
        timing: { planMs: answered.planMs, upstreamMs: asked - began - answered.planMs, shapeMs: shaped - asked },
      }
      return { reply, answered }
    } catch (error) {
      // A refusal that rests on a 404 stands only if the deployment is there at all; a passing fault teaches nothing.
      if (missed && error instanceof ServiceError && error.code === 'UNSUPPORTED_BY_UPSTREAM') {
        await ping({ key: principal.upstreamKey, workspace: principal.workspace }, joined).catch((reason: unknown) => {
          learnt.set(principal.scope, before, { noUpdateTTL: true })
          throw reason instanceof MissingEndpoint ? wrongBase() : reason
        })
      }
      throw error
    } finally {
      own.abort()
    }
  }

  return {
    async ask(query, principal, { signal }) {
      return (await answer(query, principal, signal, false)).reply
    },

    async explain(query, principal, mode, { signal }) {
      if (mode === 'plan') return { ...explainQuestion(query, askingOf(principal, now(), signal)), analyzed: null }
      const { reply, answered } = await answer(query, principal, signal, true)
      return { ...explained(answered.plan, answered.trace), analyzed: { reply, repairs: answered.repairs } }
    },

    async probe(principal, signal) {
      try {
        await ping({ key: principal.upstreamKey, workspace: principal.workspace }, signal)
        return { ready: true }
      } catch (error) {
        const known = error instanceof MissingEndpoint ? wrongBase() : error
        if (known instanceof ServiceError) return { ready: false, reason: known.message, code: known.code }
        return { ready: false, reason: 'Portkey was not asked in time.' }
      }
    },

    close: () => client.close(),
  }
}

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
    rows: planned.rows,
    edges: planned.edges,
    limit: query.limit,
  })
  if (rows.length <= maxRows) return rows
  throw new ServiceError(
    'TOO_MANY_ROWS',
    `The reply would hold ${rows.length} rows, and MAX_ROWS is ${maxRows}. Set limit, add filters, or ask for a longer interval.`,
  )
}

function wrongBase(): ServiceError {
  return new ServiceError(
    'UPSTREAM_ERROR',
    'Every analytics endpoint of Portkey answers 404: check PORTKEY_BASE_URL (it ends in /v1) and that the deployment has analytics.',
  )
}
