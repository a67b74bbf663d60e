import { type ErrorCode, ServiceError } from '../errors.js'
import { type Failed, LIMITED, ONCE, PASSING } from './faults.js'
import { messageIn } from './message.js'
import type { HttpReply, HttpRequest } from './transport.js'

/** What of a request is needed to say why the upstream did not answer it with success. */
export type Refused = Pick<HttpRequest, 'path' | 'reads' | 'key'>
/** And what of its reply. */
export type RefusedReply = { readonly status: number; readonly retryAfter: string | null; readonly text: string }

/**
 * The error of a reply whose status is not a success (a 404 is the caller's to read). Carries the upstream's own words, with `key`
 * removed, and its `Retry-After`.
 */
export function refusal(reply: RefusedReply, { path, reads, key }: Refused, now: number): ServiceError {
  const { code, words } = kindOf(reply.status, reads)
  const said = messageIn(reply.text, key)
  const plain = `${words} (${reply.status} from ${path})`
  const message = said === null ? `${plain}.` : `${plain.slice(0, -1)}: ${said}).`
  // What it says may repeat values that the call named.
  const discreet = { message: `${plain}.`, details: [] }
  const asked = readRetryAfter(reply.retryAfter, now)
  const wait = asked ?? (code === 'UPSTREAM_RATE_LIMITED' ? DEFAULT_WAIT_SECONDS : null)
  return new ServiceError(code, message, { discreet, ...(wait !== null && { retryAfterSeconds: wait }) })
}

/** A reply that can be read on, a success or a 404; any other as what it means. `now`: epoch ms. */
export function readReply(reply: HttpReply | Failed, request: Refused, now: number): HttpReply | Failed {
  if (reply.kind === 'failed') return reply
  const { status } = reply
  if (status === 404 || (status >= 200 && status < 300)) return reply
  const seconds = readRetryAfter(reply.retryAfter, now)
  return {
    kind: 'failed',
    status,
    error: refusal(reply, request, now),
    // A 500 is what the upstream makes of this very request: the next would be the same.
    tries: status === 429 ? LIMITED : [502, 503, 504].includes(status) ? PASSING : ONCE,
    health: status >= 500 ? 'down' : 'up',
    // Who answers is there.
    fault: 'endpoint',
    waitMs: seconds === null ? null : seconds * 1000,
    limited: status === 429,
  }
}

/** Whole seconds of a `Retry-After` header (seconds, or an HTTP date), between 1 and 3600; `null` when absent or unreadable. */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? ''
  // `Date.parse` reads almost anything as a date ("-5" is in 2001): only the forms of HTTP dates, which name a weekday, count.
  const seconds = /^\d+(\.\d+)?$/.test(text)
    ? Number(text)
    : /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)
      ? (Date.parse(text) - now) / 1000
      : Number.NaN
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 1), 3600)
}

/** One request a second is the pace known to be safe. */
const DEFAULT_WAIT_SECONDS = 1

function kindOf(status: number, reads: Refused['reads']): { readonly code: ErrorCode; readonly words: string } {
  if (status === 401) {
    return {
      code: 'UPSTREAM_UNAUTHORIZED',
      words: 'Portkey refused the key. Check PORTKEY_API_KEY, or the key you sent',
    }
  }
  if (status === 402) {
    return {
      code: 'UPSTREAM_QUOTA_EXCEEDED',
      words: 'The Portkey subscription is exhausted. Renew it, or wait for its reset',
    }
  }
  if (status === 403 && reads === 'list') {
    return {
      code: 'UPSTREAM_FORBIDDEN',
      words: 'Portkey does not let this key read the list. Give it the permission, or use an organisation Admin key',
    }
  }
  if (status === 403) {
    return {
      code: 'UPSTREAM_FORBIDDEN',
      words:
        'Portkey does not let this key read analytics. Give it the analytics permission, check that the plan has analytics and that the workspace is its own',
    }
  }
  if (status === 429) {
    return {
      code: 'UPSTREAM_RATE_LIMITED',
      words: 'Portkey limits the rate of calls. Ask again after the time in retry-after',
    }
  }
  if (status >= 500) {
    return { code: 'UPSTREAM_UNAVAILABLE', words: 'Portkey answers with a server error. Ask again shortly' }
  }
  if (status >= 300 && status < 400) {
    return { code: 'UPSTREAM_ERROR', words: 'Portkey redirects, which is not followed. Check PORTKEY_BASE_URL' }
  }
  return { code: 'UPSTREAM_ERROR', words: 'Portkey refused the call' }
}
