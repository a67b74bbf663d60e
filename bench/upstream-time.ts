import { subscribe } from 'node:diagnostics_channel'

const open = new Set<object>()
let since = 0
let spent = 0

const requestOf = (message: unknown): object | null =>
  typeof message === 'object' && message !== null && 'request' in message && typeof message.request === 'object'
    ? message.request
    : null

subscribe('undici:request:create', (message) => {
  const request = requestOf(message)
  if (request === null) return
  if (open.size === 0) since = performance.now()
  open.add(request)
})
for (const end of ['undici:request:trailers', 'undici:request:error']) {
  subscribe(end, (message) => {
    const request = requestOf(message)
    if (request === null || !open.delete(request) || open.size > 0) return
    spent += performance.now() - since
  })
}

/** Milliseconds so far during which at least one HTTP request of this process was under way: what its work waited for at the least. */
export const upstreamMs = (): number => spent
