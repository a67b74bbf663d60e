import type { Flight } from '../cache/flights.js'
import { ServiceError } from '../errors.js'
import type { AskOptions, Engine, Principal, Stand } from './contract.js'
import { toldTo } from './restrict.js'
import type { Standings } from './standing.js'

/** Makes sure that keys are good for their principals before anything is given for them. */
export type Vouching = {
  readonly vouch: Engine['vouch']
  /**
   * Does work for a principal whose key is good for it. A caller's own key shows itself good by what it brings home (`tookKey`); nothing
   * that was held is given for it before. All others show it first. What is given while a key is let be, as Portkey cannot be asked
   * about it, is marked. Errors are told as the principal may hear them.
   */
  readonly vouched: <Value>(
    principal: Principal,
    options: AskOptions,
    work: () => Promise<Value>,
    judge: Judge<Value>,
  ) => Promise<Value>
}

/** What is to be known of what work brings home. */
export type Judge<Value> = {
  /** Whether Portkey was asked for it with the key, and answered. */
  readonly tookKey: (value: Value) => boolean
  /** The same, marked as stale. */
  readonly marked: (value: Value) => Value
}

/** Asks the upstream about a principal's key, on behalf of all who wait for it. Throws what it says against the key. */
export type CheckKey = (principal: Principal, flight: Flight, onSent: () => void) => Promise<void>

/** `timeoutMs`: how long is waited for those who do not say. `now` is epoch ms. */
export function createVouching(
  standings: Standings,
  check: CheckKey,
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: () => number },
): Vouching {
  const vouch: Engine['vouch'] = (principal, { signal, deadline, onSent = () => {} }) =>
    standings.ensure(principal, { signal, deadline: deadline ?? performance.now() + timeoutMs }, (flight, noteSent) =>
      check(principal, flight, () => {
        noteSent()
        onSent()
      }),
    )
  return {
    vouch,
    async vouched(principal, options, work, { tookKey, marked }) {
      const at = now()
      try {
        if (principal.standing === 'bound') await vouch(principal, options)
        const value = await work()
        if (tookKey(value) && principal.standing === 'caller') {
          standings.took(principal, at)
          return value
        }
        const stand: Stand = await vouch(principal, options)
        return stand === 'grace' ? marked(value) : value
      } catch (error) {
        if (error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED') standings.refused(principal)
        throw toldTo(principal, error)
      }
    },
  }
}
