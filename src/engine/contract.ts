import type { DataPoint } from '../answer/shape.js'
import type { Origin } from '../cache/upstream.js'
import type { Datasource } from '../catalog/vocabulary.js'
import type { ErrorCode } from '../errors.js'
import type { Explained } from '../execute/explain.js'
import type { CacheState } from '../execute/ledger.js'
import type { RequestEvent, Resource, SenderState } from '../portkey/client.js'
import type { Filter, Query } from '../query/query.js'
import type { Catalogue } from './catalogue.js'

export type { CacheState } from '../execute/ledger.js'

/** Who asks. What Portkey answered is shared within a `scope` and never across, finished replies within a `view`. */
export type Principal = {
  /** For logs; never a secret. */
  readonly name: string
  /** Identifies upstream, key and workspace without revealing the key (a digest). */
  readonly scope: string
  /** Identifies what of the scope may be seen: the scope itself where that is all of it, else a digest with the restriction. */
  readonly view: string
  /** Whose part of the upstream's budget it is: principals that share a key share its pace evenly. */
  readonly share: string
  readonly upstreamKey: string
  /** Workspace slug to ask for with an organisation's key. */
  readonly workspace: string | null
  /** What the principal may ask; `null` = everything. */
  readonly restriction: Restriction | null
  readonly standing: Standing
  /** Requests a minute; `null` = no limit. */
  readonly requestsPerMinute: number | null
}

/** The datasources that may be asked, each with the filters that every question about it gets, whatever it asks. */
export type Restriction = ReadonlyMap<Datasource, readonly Filter[]>

/**
 * How the upstream key is known to be good for the principal. `configured`: the operator says so. `bound`: the upstream must show that
 * the key reaches the principal's workspace and no other. `caller`: it came with the request, so the upstream must have taken it lately.
 */
export type Standing = 'configured' | 'bound' | 'caller'

/** How a key stands: Portkey took it, or it is let be for a while, as Portkey cannot be asked. What is given then is marked as stale. */
export type Stand = 'good' | 'grace'

/** An answered question and what it took. */
export type Reply = {
  readonly data: { readonly dataPoints: readonly DataPoint[] }
  /** The keys of every row, in their order; known also where there is no row. */
  readonly columns: readonly string[]
  /** HTTP requests sent upstream for this question. */
  readonly upstreamCalls: number
  /** Calls that its plan was expected to take, when nothing had been held. */
  readonly price: number
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

/** The plan of a question; with `analyze`, also its reply and how each part of the plan went. */
export type Explanation = Explained & {
  readonly analyzed: { readonly reply: Reply; readonly repairs: readonly string[] } | null
}

/** Whether the upstream can be reached and takes the key; when not, a sentence for people and the error a question would meet. */
export type UpstreamState =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly code?: ErrorCode }

/** All that can be asked of the service beneath its edge; one engine serves every principal. */
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
  /** What the principal may ask, and what of it its deployment was seen to rule out. Nothing is asked upstream. */
  catalogue(principal: Principal): Promise<Catalogue>
  /**
   * One page of a list that stands beside analytics, as the upstream's JSON without secrets. Throws a `ServiceError`: `FORBIDDEN` for a
   * principal with filters, which such lists do not know.
   */
  read(
    resource: Resource,
    page: Readonly<Record<string, string>>,
    principal: Principal,
    asking: AskOptions,
  ): Promise<unknown>
  /**
   * Makes sure that the principal's key is good for it (`Standing`): asks Portkey where that is not known, or no longer. Throws
   * `UPSTREAM_UNAUTHORIZED`, `UPSTREAM_FORBIDDEN`, or what the upstream failed with. `ask`, `explain` and `read` do it themselves.
   * `grace`: it could not be asked, and what is given meanwhile is to be marked as stale.
   */
  vouch(principal: Principal, asking: AskOptions): Promise<Stand>
  /** Whether `vouch` would ask nothing. */
  isVouched(principal: Principal): boolean
  /** Whether the key was good so lately, or Portkey failed so lately when asked about it, that it may be given stale data unasked. */
  wasVouched(principal: Principal): boolean
  /** One cheap upstream call with the principal's key; never throws. */
  probe(principal: Principal, signal: AbortSignal): Promise<UpstreamState>
  /** How things stand, now. */
  state(): EngineState
  /** Releases sockets. */
  close(): Promise<void>
}

/** The way to the upstream, and what is held. */
export type EngineState = SenderState & {
  /** Bytes of answers held in memory. */
  readonly answerBytes: number
  /** Whether Redis is there and takes writes; `null` where none is configured. */
  readonly redisUp: boolean | null
}

/** Told of what an engine does, as it happens. It must be quick, and must not throw. */
export type Observer = {
  /** An HTTP request to the upstream has ended. */
  readonly onUpstream: (event: RequestEvent) => void
  /** A part of an answer was looked for, and came from there. */
  readonly onLookup: (origin: Origin) => void
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
  /** Told of every one of them once it has ended. */
  readonly onEnded?: (event: RequestEvent) => void
}

/** Whether a plan is only priced (`plan`) or run and measured too (`analyze`). */
export type ExplainMode = 'plan' | 'analyze'
