import { LRUCache } from 'lru-cache'
import { createFlights, type Flight, type Waiter } from '../cache/flights.js'
import { isOutage, ServiceError } from '../errors.js'
import type { Principal } from './contract.js'

/** A key that came with a request is believed for so long after Portkey took it: one that was revoked stops within a minute. */
const CALLERS_MS = 60_000
/** Which workspace a key reaches hardly ever changes. */
const BOUND_MS = 3_600_000
/** While Portkey fails, keys it took before are asked about no more often than this. */
const GRACE_MS = 15_000
const MOST_SCOPES = 10_000

/** What is known of the keys of principals. Times are epoch ms. */
export type Standings = {
  /** Whether nothing need be asked now. */
  readonly holds: (principal: Principal) => boolean
  /** Whether Portkey took the key within `staleMaxMs`. */
  readonly held: (principal: Principal) => boolean
  /** Portkey took the key for something that was asked at this moment or later. */
  readonly took: (principal: Principal, at: number) => void
  /** Portkey has refused the key: nothing more is given for it. */
  readonly refused: (principal: Principal) => void
  /**
   * Asks whether the key is good for the principal unless that is known; those who want to know at the same time ask once, for as long
   * as one of them waits. When Portkey fails, a key that it took within `staleMaxMs` stays good for a while. Throws what `check` does.
   */
  readonly ensure: (principal: Principal, waiter: Waiter, check: (flight: Flight) => Promise<void>) => Promise<void>
}

/** Standings, none of which is known at first. */
export function createStandings(staleMaxMs: number, now: () => number): Standings {
  const known = new LRUCache<string, { readonly at: number; readonly until: number }>({ max: MOST_SCOPES })
  const flights = createFlights<void>()
  const nameOf = ({ standing, scope }: Principal) => `${standing} ${scope}`

  const took = (principal: Principal, at: number) => {
    const until = at + (principal.standing === 'bound' ? BOUND_MS : CALLERS_MS)
    const before = known.get(nameOf(principal))
    if (before === undefined || before.until < until) known.set(nameOf(principal), { at, until })
  }
  const refused = (principal: Principal) => {
    known.delete(nameOf(principal))
  }
  const holds = (principal: Principal) =>
    principal.standing === 'configured' || now() < (known.get(nameOf(principal))?.until ?? Number.NEGATIVE_INFINITY)
  const held = (principal: Principal) =>
    holds(principal) || now() - (known.get(nameOf(principal))?.at ?? Number.NEGATIVE_INFINITY) <= staleMaxMs

  const ask = async (principal: Principal, check: () => Promise<void>): Promise<void> => {
    const at = now()
    try {
      await check()
      took(principal, at)
    } catch (error) {
      const before = known.get(nameOf(principal))
      if (isOutage(error) && before !== undefined && held(principal)) {
        known.set(nameOf(principal), { at: before.at, until: now() + GRACE_MS })
        return
      }
      if (error instanceof ServiceError && isRefusal(error)) refused(principal)
      throw error
    }
  }

  return {
    holds,
    held,
    took,
    refused,
    async ensure(principal, waiter, check) {
      if (holds(principal)) return
      await flights.join(nameOf(principal), waiter, (flight) => ask(principal, () => check(flight)))
    },
  }
}

/** Portkey itself said that the key is not good, or not for this. */
export function isRefusal({ code }: ServiceError): boolean {
  return code === 'UPSTREAM_UNAUTHORIZED' || code === 'UPSTREAM_FORBIDDEN'
}
