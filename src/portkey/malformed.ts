import { ServiceError } from '../errors.js'

/**
 * An answer that cannot be read as the upstream's own format. `what` names wire fields and counts, never a value: values may
 * be the caller's data.
 */
export function malformed(path: string, what: string, cause?: unknown): ServiceError {
  return new ServiceError(
    'UPSTREAM_MALFORMED',
    `Portkey's answer to ${path} cannot be read: ${what}. Ask again; if it stays so, this deployment's format is not supported.`,
    { cause },
  )
}
