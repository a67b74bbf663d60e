import type { IncomingHttpHeaders } from 'node:http'

/** Whether a caller wants nothing that is held: `no-cache` among the directives of `cache-control` or `pragma`. */
export const wantsFresh = (headers: IncomingHttpHeaders): boolean =>
  // Most callers send neither.
  (headers['cache-control'] !== undefined && saysNoCache(headers['cache-control'])) ||
  (headers.pragma !== undefined && saysNoCache(headers.pragma))

const saysNoCache = (directives: string): boolean =>
  directives.split(',').some((directive) => /^no-cache(\s*=.*)?$/i.test(directive.trim()))
