import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/**
 * The id that ties a reply to its log line: the caller's own `x-request-id` when it is short and plain (it goes into logs and
 * headers), else a new one.
 */
export const requestId = (request: { readonly headers: IncomingHttpHeaders }): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/.test(given) ? given : randomUUID()
}
