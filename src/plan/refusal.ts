import { type ErrorDetail, ServiceError, type Wording } from '../errors.js'

/**
 * A question that the upstream cannot answer exactly: what is in the way (`path` is a JSON pointer into the body, `''` for
 * the question as a whole), why, and what would work.
 */
export type Refusal = {
  readonly path: string
  readonly why: string
  readonly instead: string
  /** The same for callers who may see a part of the data alone; to be given where `why` or `instead` names a value that was seen. */
  readonly discreet?: { readonly why: string; readonly instead: string }
}

/** Raised inside the planner when no exact way is left; the engine passes it on as a 422. */
export function refuse(...refusals: readonly [Refusal, ...Refusal[]]): ServiceError {
  const { message, details } = wording(refusals)
  const discreet = wording([without(refusals[0]), ...refusals.slice(1).map(without)])
  return new ServiceError('UNSUPPORTED_BY_UPSTREAM', message, { details, discreet })
}

function wording(refusals: readonly [Refusal, ...Refusal[]]): Wording {
  const details: ErrorDetail[] = refusals.map((refusal) => ({
    path: refusal.path,
    code: 'UNSUPPORTED_BY_UPSTREAM',
    message: sentence(refusal),
  }))
  return { message: sentence(refusals[0]), details }
}

/** Filters that the caller did not write have places that mean nothing to it. */
function without({ path, why, instead, discreet }: Refusal): Refusal {
  return { ...(discreet ?? { why, instead }), path: path.startsWith('/filters') ? '' : path }
}

function sentence(refusal: Pick<Refusal, 'why' | 'instead'>): string {
  return refusal.instead === '' ? refusal.why : `${refusal.why} ${refusal.instead}`
}
