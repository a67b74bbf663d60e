/**
 * Every error a caller can meet. Codes are stable: clients may switch on them; messages may change.
 *
 * A code's status and its one-line meaning live in this table alone; README and openapi.yaml are generated from it.
 */
export const ERROR_CODES = {
  VALIDATION_FAILED: {
    status: 400,
    meaning: 'The body has several kinds of fault, or one that has no code of its own.',
  },
  WINDOW_INVALID: { status: 400, meaning: 'startTs or endTs is missing, malformed, or the window is empty.' },
  INTERVAL_REQUIRED: { status: 400, meaning: 'A timeseries needs an interval.' },
  INTERVAL_INVALID: { status: 400, meaning: 'The interval is not one positive integer and one unit.' },
  TOO_MANY_BUCKETS: { status: 400, meaning: 'The window holds more buckets than a reply may carry.' },
  UNSUPPORTED_FIELD: { status: 400, meaning: 'The datasource has no such field in this place.' },
  UNSUPPORTED_OPERATOR: { status: 400, meaning: 'The field does not take this operator.' },
  UNSUPPORTED_AGGREGATION: {
    status: 400,
    meaning: 'The column does not take this aggregation, or there is no such column.',
  },
  UNAUTHENTICATED: { status: 401, meaning: 'The token is missing or not known.' },
  FORBIDDEN: { status: 403, meaning: 'The token does not allow this.' },
  NOT_FOUND: { status: 404, meaning: 'There is no such route.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The route exists, with another method.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body is over 256 KiB.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'The body is not application/json.' },
  UNSUPPORTED_BY_UPSTREAM: { status: 422, meaning: 'The question is valid, but Portkey cannot answer it exactly.' },
  PLAN_TOO_EXPENSIVE: {
    status: 422,
    meaning: 'The cheapest exact plan needs more upstream calls than MAX_UPSTREAM_CALLS.',
  },
  OUTSIDE_RETENTION: { status: 422, meaning: 'The window starts before the data that Portkey keeps.' },
  TOO_MANY_ROWS: { status: 422, meaning: 'The reply would hold more rows than MAX_ROWS.' },
  RATE_LIMITED: { status: 429, meaning: 'This caller asks too often.' },
  INTERNAL: { status: 500, meaning: 'A fault of this service; the request id finds it in the log.' },
  UPSTREAM_UNAUTHORIZED: { status: 502, meaning: 'Portkey refused the configured key.' },
  UPSTREAM_FORBIDDEN: { status: 502, meaning: 'The key lacks analytics permission, or the plan has no analytics.' },
  UPSTREAM_MALFORMED: { status: 502, meaning: 'Portkey sent something that cannot be read as its own format.' },
  UPSTREAM_INCONSISTENT: { status: 502, meaning: 'Two settled answers of Portkey contradict each other.' },
  UPSTREAM_ERROR: { status: 502, meaning: 'Portkey refused the call, redirected it, or has none of the endpoints.' },
  UPSTREAM_RATE_LIMITED: {
    status: 503,
    meaning: 'Portkey limits the rate of calls; retry-after says when to come back.',
  },
  UPSTREAM_QUOTA_EXCEEDED: { status: 503, meaning: 'Portkey truncates its numbers because a quota is used up.' },
  UPSTREAM_UNAVAILABLE: { status: 503, meaning: 'Portkey cannot be reached or answers with a server error.' },
  OVERLOADED: { status: 503, meaning: 'Too much work is queued; retry-after says when to come back.' },
  SHUTTING_DOWN: { status: 503, meaning: 'The process is stopping; ask another replica.' },
  UPSTREAM_TIMEOUT: { status: 504, meaning: 'Portkey did not answer one call in time.' },
  REQUEST_TIMEOUT: { status: 504, meaning: 'The whole question took longer than REQUEST_TIMEOUT_MS.' },
} as const satisfies Record<string, { status: number; meaning: string }>

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CODES

/** One fault of a body: where (JSON pointer), which kind, and what to do about it. */
export type ErrorDetail = { readonly path: string; readonly code: ErrorCode; readonly message: string }

/** What an error says. */
export type Wording = { readonly message: string; readonly details: readonly ErrorDetail[] }

type Extras = {
  readonly details?: readonly ErrorDetail[]
  /** The same without any value of the data, where the message names some. */
  readonly discreet?: Wording
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/**
 * The one error class that leaves a room on purpose. Anything else that is thrown is a fault of ours and becomes `INTERNAL`.
 * `message` is shown to the caller as it is, so it must never hold a secret; `cause` is for the log alone.
 */
export class ServiceError extends Error {
  readonly code: ErrorCode
  readonly details: readonly ErrorDetail[]
  /** What is told to a caller who may see a part of the data alone; `null` = the same as to everyone. */
  readonly discreet: Wording | null
  /** Whole seconds for a `retry-after` header, when there is something to wait for. */
  readonly retryAfterSeconds: number | null

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.name = 'ServiceError'
    this.code = code
    this.details = extras.details ?? []
    this.discreet = extras.discreet ?? null
    this.retryAfterSeconds = extras.retryAfterSeconds ?? null
  }

  /** HTTP status of the code. */
  get statusCode(): number {
    return ERROR_CODES[this.code].status
  }
}

/**
 * Whether an error means that the upstream failed, or could not be asked in time, though the question and the key are good: what was
 * answered before is then worth more than nothing. A refused key is no such failure: it may have been revoked.
 */
export function isOutage(error: unknown): error is ServiceError {
  return error instanceof ServiceError && OUTAGES.has(error.code)
}

const OUTAGES: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_MALFORMED',
  'UPSTREAM_INCONSISTENT',
  'UPSTREAM_ERROR',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_QUOTA_EXCEEDED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'REQUEST_TIMEOUT',
  'OVERLOADED',
])
