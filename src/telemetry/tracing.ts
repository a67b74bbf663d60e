import type { IncomingHttpHeaders } from 'node:http'
import type { RequestEvent } from '../portkey/client.js'

/** What the span of a question request says when it ends. No value of a filter, no key, no token. */
export type SpanFacts = {
  /** `null`: the caller left before there was one. */
  readonly status: number | null
  /** `ok`, `aborted`, or the error code. */
  readonly outcome: string
  readonly datasource: string | null
  readonly type: string | null
  readonly cache: string | null
  readonly price: number | null
  readonly upstreamCalls: number
}

/** The span of one request that asks a question. */
export type QuestionSpan = {
  /** Adds a span of an HTTP request upstream that has ended just now. */
  readonly upstream: (event: RequestEvent) => void
  readonly end: (facts: SpanFacts) => void
}

/** Traces of one process. Nothing in here throws, and nobody waits for it but who closes it. */
export type Tracing = {
  /**
   * Begins the span of a request, as part of the caller's trace where `traceparent` names one. `route`: method and path as they are
   * documented. `startedAt`: epoch ms.
   */
  readonly begin: (route: string, headers: IncomingHttpHeaders, startedAt: number) => QuestionSpan
  /** Sends what has not been sent, for two seconds at the most. */
  readonly close: () => Promise<void>
}
