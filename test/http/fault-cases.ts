import type { Environment } from '../../src/config.js'
import type { Fault } from '../../src/emulator/emulator.js'

/** What goes wrong with every request to the upstream, for as long as it lasts. */
export type FaultCase = {
  readonly fault: Fault
  /** What a question meets of which nothing is held. */
  readonly error: { readonly status: number; readonly code: string; readonly retryAfter: RegExp | null }
  /** HTTP requests sent for one call before it is given up. */
  readonly tries: { readonly least: number; readonly most: number }
  /** A refusal is told, whatever is held: the key may have been revoked. */
  readonly refuses?: true
  /** For how long nothing more is sent, even when the fault is over. */
  readonly holdsOff?: true
  /** What hangs may do so after the fault is over, and whoever asks the same waits for it with others. */
  readonly outlasts?: true
  readonly env?: Environment
}

/** Something that goes wrong once. */
export type Hiccup = {
  readonly fault: Fault
  /** It takes as long as a question waits that has an expired answer of the call: that stands in. */
  readonly outlasts?: true
  readonly env?: Environment
}

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
})

const SECONDS = /^[1-9]\d*$/
const once = { least: 1, most: 1 }
/** A call is sent at most four times for a passing fault; a question gives up as soon as one of its calls has failed. */
const passing = { least: 4, most: 4 }
const unavailable = { status: 503, code: 'UPSTREAM_UNAVAILABLE', retryAfter: SECONDS }
const malformed = { status: 502, code: 'UPSTREAM_MALFORMED', retryAfter: null }
const limited = { status: 503, code: 'UPSTREAM_RATE_LIMITED' }
/** Short enough to be met several times within the question's own time. */
const IMPATIENT = { UPSTREAM_TIMEOUT_MS: '1500' }

/** Faults that last. */
export const LASTING: Readonly<Record<string, FaultCase>> = {
  'no answer': {
    fault: { kind: 'hang' },
    error: { status: 504, code: 'UPSTREAM_TIMEOUT', retryAfter: null },
    tries: passing,
    outlasts: true,
    env: IMPATIENT,
  },
  'a reset in the middle of a body': { fault: { kind: 'resetMidBody' }, error: unavailable, tries: passing },
  'a 429 that says when': {
    fault: status(429, { 'retry-after': '120' }),
    error: { ...limited, retryAfter: /^(119|120)$/ },
    tries: once,
    holdsOff: true,
  },
  'a 429 that does not': {
    fault: status(429),
    error: { ...limited, retryAfter: SECONDS },
    tries: { least: 3, most: 6 },
  },
  'a burst of 500': { fault: status(500), error: unavailable, tries: once },
  'a 503': { fault: status(503), error: unavailable, tries: passing },
  'a 403': {
    fault: status(403),
    error: { status: 502, code: 'UPSTREAM_FORBIDDEN', retryAfter: null },
    tries: once,
    refuses: true,
  },
  'a 401': {
    fault: status(401),
    error: { status: 502, code: 'UPSTREAM_UNAUTHORIZED', retryAfter: null },
    tries: once,
    refuses: true,
  },
  'a quota flag': {
    fault: { kind: 'quota' },
    error: { status: 503, code: 'UPSTREAM_QUOTA_EXCEEDED', retryAfter: null },
    tries: once,
  },
  'no JSON': { fault: { kind: 'notJson' }, error: malformed, tries: once },
  'half of a JSON text': { fault: { kind: 'truncatedJson' }, error: malformed, tries: once },
  'other types': { fault: { kind: 'wrongTypes' }, error: malformed, tries: once },
}

/** Faults that strike one request and are over. */
export const PASSING: Readonly<Record<string, Hiccup>> = {
  'no answer': { fault: { kind: 'hang' }, outlasts: true, env: IMPATIENT },
  'a reset': { fault: { kind: 'reset' } },
  'a reset in the middle of a body': { fault: { kind: 'resetMidBody' } },
  'a 429 that says when': { fault: status(429, { 'retry-after': '1' }) },
  'a 429 that does not': { fault: status(429) },
  'a 502': { fault: status(502) },
  'a 503': { fault: status(503) },
  'a 504': { fault: status(504) },
}
