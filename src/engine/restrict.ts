import { ServiceError } from '../errors.js'
import { canonicalFilters } from '../query/canonical.js'
import type { Query } from '../query/query.js'
import type { Explanation, Principal, Restriction } from './contract.js'

/**
 * The question as it is asked for a principal: its own filters and the enforced ones, all of which must hold. Throws `FORBIDDEN` where
 * the principal may not ask about the datasource.
 */
export function restricted(query: Query, { restriction }: Pick<Principal, 'restriction'>): Query {
  if (restriction === null) return query
  const enforced = restriction.get(query.datasource)
  if (enforced === undefined) {
    const allowed = [...restriction.keys()].join(', ')
    throw new ServiceError(
      'FORBIDDEN',
      `This token may not ask about ${query.datasource}. It may ask about ${allowed}.`,
    )
  }
  return enforced.length === 0 ? query : { ...query, filters: canonicalFilters([...query.filters, ...enforced]) }
}

/** Whether a principal sees a part of the data alone, so that what is said beside the answer must not show the rest. */
export function seesPart({ restriction }: { readonly restriction: Restriction | null }): boolean {
  return restriction !== null && [...restriction.values()].some((filters) => filters.length > 0)
}

/** An error as it is told to a principal: without values that it may not see. */
export function toldTo(principal: Pick<Principal, 'restriction'>, error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.discreet === null || !seesPart(principal)) return error
  const { code, discreet, retryAfterSeconds } = error
  return new ServiceError(code, discreet.message, {
    details: discreet.details,
    ...(retryAfterSeconds !== null && { retryAfterSeconds }),
    cause: error,
  })
}

/** A plan names the values it filters by and those it found on the way: who sees a part of the data is told its price alone. */
export function explainedTo(principal: Pick<Principal, 'restriction'>, explanation: Explanation): Explanation {
  if (!seesPart(principal)) return explanation
  const { estimatedCalls, analyzed } = explanation
  const does = 'withheld: a plan shows values that the filters of this token leave out'
  const plan = { op: 'withheld', does, exactness: explanation.plan.exactness, estimatedCalls, parts: [] } as const
  const text = `${does} (${estimatedCalls} calls expected)`
  return { plan, text, estimatedCalls, analyzed: analyzed && { reply: analyzed.reply, repairs: [] } }
}
