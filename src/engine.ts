import type { ErrorCode } from './errors.js'
import type { Query } from './query/query.js'

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

/** One row of a reply: group values, `total`, aggregations, and on a timeseries the bucket's stamps. */
export type DataPoint = Readonly<Record<string, string | number | boolean | null>>

/** An answered question and what it took. */
export type Reply = {
  readonly data: { readonly dataPoints: readonly DataPoint[] }
  /** HTTP requests sent upstream for this question. */
  readonly upstreamCalls: number
  /** Seconds since the oldest part was fetched. */
  readonly ageSeconds: number
  /** Epoch ms: data before this instant is settled. */
  readonly settledUntil: number
  /** Milliseconds spent, for `server-timing`. */
  readonly timing: { readonly planMs: number; readonly upstreamMs: number; readonly shapeMs: number }
}

/** Whether the upstream can be reached and takes the key; when not, a sentence for people and the error a question would meet. */
export type UpstreamState =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly code?: ErrorCode }

export type Engine = {
  /**
   * Answers a question exactly or throws a `ServiceError`. Aborting `signal` cancels the upstream calls under way.
   */
  ask(query: Query, principal: Principal, signal: AbortSignal): Promise<Reply>
  /** One cheap upstream call with the principal's key; never throws. */
  probe(principal: Principal, signal: AbortSignal): Promise<UpstreamState>
  /** Releases sockets. */
  close(): Promise<void>
}
