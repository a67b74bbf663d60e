import { ServiceError } from '../errors.js'
import type { AskOptions, Engine, Principal } from './contract.js'
import { toldTo } from './restrict.js'
import type { Standings } from './standing.js'

/** Makes sure that keys are good for their principals before anything is given for them. */
export type Vouching = {
  readonly vouch: Engine['vouch']
  /**
   * Does work for a principal whose key is good for it. A caller's own key shows itself good by what it brings home (`tookKey`); nothing
   * that was held is given for it before. All others show it first. Errors are told as the principal may hear them.
   */
  readonly vouched: <Value>(
    principal: Principal,
    options: AskOptions,
    work: () => Promise<Value>,
    tookKey: (value: Value) => boolean,
  ) => Promise<Value>
}

/** `check` asks the upstream about a principal's key, and throws what it says against it. */
export function createVouching(
  standings: Standings,
  check: (principal: Principal, options: AskOptions) => Promise<void>,
): Vouching {
  const vouch: Engine['vouch'] = (principal, options) => standings.ensure(principal, () => check(principal, options))
  return {
    vouch,
    async vouched(principal, options, work, tookKey) {
      try {
        if (principal.standing === 'bound') await vouch(principal, options)
        const value = await work()
        if (tookKey(value) && principal.standing === 'caller') standings.took(principal)
        else await vouch(principal, options)
        return value
      } catch (error) {
        if (error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED') standings.refused(principal)
        throw toldTo(principal, error)
      }
    },
  }
}
