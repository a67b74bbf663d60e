import { type ErrorDetail, ServiceError } from '../errors.js'

/**
 * A question that the upstream cannot answer exactly: what is in the way (`path` is a JSON pointer into the body, `''` for
 * the question as a whole), why, and what would work.
 */
export type Refusal = { readonly path: string; readonly why: string; readonly instead: string }

/** Raised inside the planner when no exact way is left; the engine passes it on as a 422. */
export function refuse(...refusals: readonly [Refusal, ...Refusal[]]): ServiceError {
  const details: ErrorDetail[] = refusals.map((refusal) => ({
    path: refusal.path,
    code: 'UNSUPPORTED_BY_UPSTREAM',
    message: sentence(refusal),
  }))
  return new ServiceError('UNSUPPORTED_BY_UPSTREAM', sentence(refusals[0]), { details })
}

function sentence(refusal: Refusal): string {
  return refusal.instead === '' ? refusal.why : `${refusal.why} ${refusal.instead}`
}
