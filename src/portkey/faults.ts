import { errors } from 'undici'
import { ServiceError } from '../errors.js'
import type { Health } from './breaker.js'
import type { Fault } from './breakers.js'
import { connectionFault } from './connection-fault.js'
import { malformed } from './malformed.js'

/** A request that brought no answer: what the caller is told, and what it means to the service. */
export type Failed = {
  readonly kind: 'failed'
  readonly error: ServiceError
  /** How often such a request is sent in all, at the most. */
  readonly tries: number
  /** Of the upstream. */
  readonly health: Health
  /** Of what, where it is down. */
  readonly fault: Fault
  /** The break that the upstream asked for, ms; `null` when it did not. */
  readonly waitMs: number | null
  /** The upstream said "too many". */
  readonly limited: boolean
  /** Of its reply; `null` when no whole one came. */
  readonly status: number | null
}

/** Once is enough: the next time would say the same. */
export const ONCE = 1
/** A lost connection, a timeout, an overloaded or restarting upstream. */
export const PASSING = 4
/** Being too fast is nobody's fault, and every time makes the pace slower, so it gets through in the end. */
export const LIMITED = 6

/** What a failed exchange, through a proxy or not, means; a `ServiceError` is a reply that cannot be read. */
export function failure(path: string, timeoutMs: number, cause: unknown, proxied: boolean): Failed {
  if (cause instanceof ServiceError) return failed(cause, ONCE, 'up')
  if (cause instanceof errors.ConnectTimeoutError) return { ...timedOut(path, timeoutMs, cause), fault: 'way' }
  if (TIMEOUTS.some((kind) => cause instanceof kind)) return timedOut(path, timeoutMs, cause)
  if (cause instanceof errors.HTTPParserError) return failed(malformed(path, 'it is not HTTP', cause), ONCE, 'up')
  const { reason, advice, lasts, lost } = connectionFault(cause, proxied)
  const error = new ServiceError(
    'UPSTREAM_UNAVAILABLE',
    `Portkey cannot be reached for ${path}: ${reason}. ${advice}`,
    {
      cause,
    },
  )
  return { ...failed(error, lasts ? ONCE : PASSING, 'down'), fault: lost ? 'endpoint' : 'way' }
}

/** The upstream did not answer one request in time. */
export function timedOut(path: string, timeoutMs: number, cause: unknown): Failed {
  const error = new ServiceError(
    'UPSTREAM_TIMEOUT',
    `Portkey did not answer ${path} within ${timeoutMs} ms. Ask again, ask for a shorter window, or raise UPSTREAM_TIMEOUT_MS.`,
    { cause },
  )
  return failed(error, PASSING, 'down')
}

/** Nobody waits any longer, though the upstream might still answer. */
export function outOfTime(path: string, cause: unknown): Failed {
  const error = new ServiceError(
    'REQUEST_TIMEOUT',
    `Portkey had not answered ${path} when the question's time was up: ask for a shorter window or fewer groups, or raise REQUEST_TIMEOUT_MS.`,
    { cause },
  )
  return failed(error, ONCE, 'nothing')
}

function failed(error: ServiceError, tries: number, health: Health): Failed {
  return { kind: 'failed', error, tries, health, fault: 'endpoint', waitMs: null, limited: false, status: null }
}

const TIMEOUTS = [errors.HeadersTimeoutError, errors.BodyTimeoutError]
