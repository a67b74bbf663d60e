import { ServiceError } from '../errors.js'
import type { Ask } from './ask.js'
import type { Credentials, PortkeyClient } from './client.js'

const MINUTE = 60_000

/** Asks the graph that every deployment has, for the minute before `now` (epoch ms). Throws as the client does. */
export async function ping(
  client: Pick<PortkeyClient, 'fetch'>,
  credentials: Credentials,
  ask: Ask,
  now: number,
): Promise<void> {
  const end = Math.floor(now / MINUTE) * MINUTE
  const window = { start: end - MINUTE, end }
  await client.fetch(
    { endpoint: { kind: 'graph', name: 'requests' }, window, filters: {}, columns: [] },
    credentials,
    ask,
  )
}

/** What it means that even that graph is missing. */
export function wrongBase(): ServiceError {
  return new ServiceError(
    'UPSTREAM_ERROR',
    'Every analytics endpoint of Portkey answers 404: check PORTKEY_BASE_URL (it ends in /v1) and that the deployment has analytics.',
  )
}
