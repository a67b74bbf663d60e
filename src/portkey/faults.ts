import { errors } from 'undici'
import { ServiceError } from '../errors.js'
import { malformed } from './malformed.js'

/** What a failed exchange means to the caller; a `ServiceError` stays itself. */
export function failure(path: string, timeoutMs: number, cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause
  if (TIMEOUTS.some((kind) => cause instanceof kind)) return timedOut(path, timeoutMs, cause)
  if (cause instanceof errors.HTTPParserError) return malformed(path, 'it is not HTTP', cause)
  return new ServiceError(
    'UPSTREAM_UNAVAILABLE',
    `Portkey cannot be reached for ${path}: ${reasonOf(cause)}. Check PORTKEY_BASE_URL and the network, or ask again shortly.`,
    { cause },
  )
}

/** The upstream did not answer one request in time. */
export function timedOut(path: string, timeoutMs: number, cause: unknown): ServiceError {
  return new ServiceError(
    'UPSTREAM_TIMEOUT',
    `Portkey did not answer ${path} within ${timeoutMs} ms. Ask again, ask for a shorter window, or raise UPSTREAM_TIMEOUT_MS.`,
    { cause },
  )
}

const TIMEOUTS = [errors.HeadersTimeoutError, errors.BodyTimeoutError, errors.ConnectTimeoutError]

/** A connection error's code (`ECONNREFUSED`), which names no host and no key. */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.SocketError) return 'the connection was lost'
  const found = cause instanceof AggregateError ? cause.errors[0] : cause
  return found instanceof Error && 'code' in found && typeof found.code === 'string'
    ? found.code
    : 'the connection failed'
}
