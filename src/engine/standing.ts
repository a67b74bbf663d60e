import { LRUCache } from 'lru-cache'
import { createFlights, type Flight, type Waiter } from '../cache/flights.js'
import { isOutage, ServiceError } from '../errors.js'
import type { Principal, Stand } from './contract.js'

/** A key that came with a request is believed for so long after Portkey took it: one that was revoked stops within a minute. */
const CALLERS_MS = 60_000
/** Which workspace a key reaches hardly ever changes. */
const BOUND_MS = 3_600_000
/** While Portkey fails, keys it took before are asked about no more often than this. */
const GRACE_MS = 15_000
/**
 * Where a check could not be made, though Portkey may be well (our own queue or breaker, a limit of rate), a key stays good for so long
 * beyond its time: that of a caller is given nothing five minutes after Portkey last took it.
 */
const UNASKED_MS = 240_000
/** How long a failure of Portkey itself excuses checks that could not be made since. */
const FAILED_MS = 60_000
const MOST_SCOPES = 10_000

/** A check of a key; it says when it sends something. */
export type Check = (flight: Flight, onSent: () => void) => Promise<void>

/** What is known of the keys of principals. Times are epoch ms. */
export type Standings = {
  /** Whether nothing need be asked now. */
  readonly isGood: (principal: Principal) => boolean
  /** Whether Portkey took the key so lately that it may be given what is held without a check, or failed just when it was asked. */
  readonly wasGood: (principal: Principal) => boolean
  /** Portkey took the key for something that was asked at this moment or later. */
  readonly took: (principal: Principal, at: number) => void
  /** Portkey has refused the key: nothing more is given for it. */
  readonly refused: (principal: Principal) => void
  /**
   * Asks whether the key is good for the principal unless that is known; those who want to know at the same time ask once, for as long
   * as one of them waits. When Portkey itself fails at the check, a key that it took within `staleMaxMs` stays good for a while; when
   * the check was not made, only for minutes in all. Throws what `check` does.
   */
  readonly ensure: (principal: Principal, waiter: Waiter, check: Check) => Promise<Stand>
}

/** When Portkey last took a key, until when that is enough, how long nothing need be asked though it is not, and its last failure. */
type Known = { readonly at: number; readonly until: number; readonly graceUntil: number; readonly failedAt: number }

/** Standings, none of which is known at first. */
export function createStandings(staleMaxMs: number, now: () => number): Standings {
  const known = new LRUCache<string, Known>({ max: MOST_SCOPES })
  const flights = createFlights<Stand>()
  const nameOf = ({ standing, scope }: Principal) => `${standing} ${scope}`

  const took = (principal: Principal, at: number) => {
    const until = at + (principal.standing === 'bound' ? BOUND_MS : CALLERS_MS)
    const before = known.get(nameOf(principal))
    if (before === undefined || before.until < until) known.set(nameOf(principal), { at, until, ...NO_GRACE })
  }
  const refused = (principal: Principal) => {
    known.delete(nameOf(principal))
  }
  const isGood = (principal: Principal) =>
    principal.standing === 'configured' || now() < (known.get(nameOf(principal))?.until ?? Number.NEGATIVE_INFINITY)
  const passes = ({ at, until, failedAt }: Known) =>
    now() - at <= staleMaxMs && (now() - until < UNASKED_MS || now() - failedAt <= FAILED_MS)
  const wasGood = (principal: Principal) => {
    const before = known.get(nameOf(principal))
    return isGood(principal) || (before !== undefined && passes(before))
  }

  const ask = async (principal: Principal, check: (onSent: () => void) => Promise<void>): Promise<Stand> => {
    const at = now()
    let sent = false
    try {
      await check(() => {
        sent = true
      })
      took(principal, at)
      return 'good'
    } catch (error) {
      const before = known.get(nameOf(principal))
      if (isOutage(error) && before !== undefined) {
        const after = sent && isFailure(error) ? { ...before, failedAt: now() } : before
        const lets = passes(after)
        known.set(nameOf(principal), lets ? { ...after, graceUntil: now() + GRACE_MS } : after)
        if (lets) return 'grace'
      }
      if (error instanceof ServiceError && isRefusal(error)) refused(principal)
      throw error
    }
  }

  return {
    isGood,
    wasGood,
    took,
    refused,
    async ensure(principal, waiter, check) {
      if (isGood(principal)) return 'good'
      const before = known.get(nameOf(principal))
      if (before !== undefined && now() < before.graceUntil && passes(before)) return 'grace'
      return (
        await flights.join(nameOf(principal), waiter, (flight) => ask(principal, (onSent) => check(flight, onSent)))
      ).value
    },
  }
}

const NO_GRACE = { graceUntil: Number.NEGATIVE_INFINITY, failedAt: Number.NEGATIVE_INFINITY } as const

/** Portkey was not reached, did not answer, or answered with a server error. */
function isFailure({ code }: ServiceError): boolean {
  return code === 'UPSTREAM_UNAVAILABLE' || code === 'UPSTREAM_TIMEOUT'
}

/** Portkey itself said that the key is not good, or not for this. */
export function isRefusal({ code }: ServiceError): boolean {
  return code === 'UPSTREAM_UNAUTHORIZED' || code === 'UPSTREAM_FORBIDDEN'
}
