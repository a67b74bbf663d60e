import { ServiceError } from '../errors.js'

/** What it means that not even the endpoint is there that every deployment has. */
export function wrongBase(): ServiceError {
  return new ServiceError(
    'UPSTREAM_ERROR',
    'Every analytics endpoint of Portkey answers 404: check PORTKEY_BASE_URL (it ends in /v1) and that the deployment has analytics.',
  )
}
