import type { Endpoint } from './call.js'

/**
 * This deployment has no such endpoint (a 404). A missing capability, not a failure of the whole: the engine notes it and takes
 * another plan. Deliberately not a `ServiceError`: when every endpoint is missing, the engine says so in its own words.
 */
export class MissingEndpoint extends Error {
  readonly endpoint: Endpoint

  constructor(endpoint: Endpoint, path: string) {
    super(`Portkey has no ${path} here.`)
    this.name = 'MissingEndpoint'
    this.endpoint = endpoint
  }
}
