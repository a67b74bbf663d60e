import { Pool, ProxyAgent } from 'undici'
import { ServiceError } from '../errors.js'
import { failure, timedOut } from './faults.js'
import { createGate } from './gate.js'
import { malformed } from './malformed.js'

/** Whose key and workspace a call travels with. */
export type Credentials = { readonly key: string; readonly workspace: string | null }

export type TransportOptions = {
  /** May carry a path (`https://api.portkey.ai/v1`) and a trailing slash. */
  readonly baseUrl: string
  /** For one HTTP request, from its sending to the last byte of the body; waiting for a place does not count. */
  readonly timeoutMs: number
  /** Requests in flight at once; the others wait their turn. */
  readonly connections: number
  /** Of this service, for the User-Agent: the upstream's edge blocks the defaults of libraries. */
  readonly version: string
  /** An HTTP proxy to reach the upstream through. */
  readonly proxyUrl?: string
  /** Largest body read, in bytes; 32 MiB unless told. */
  readonly maxBodyBytes?: number
  /** Told of every HTTP request once it has ended. */
  readonly onRequest?: (event: RequestEvent) => void
}

/** One HTTP request that has ended. `status` is `null` when no reply came. */
export type RequestEvent = {
  readonly path: string
  readonly status: number | null
  readonly queuedMs: number
  readonly ms: number
}

/** A reply of any status, its body read to the end. */
export type HttpReply = {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
  /** Epoch ms at which the request was sent. */
  readonly sentAt: number
}

export type Transport = {
  /**
   * One GET of `target` (path and query below the base); `path` names it in messages. Redirects are not followed. Throws
   * `UPSTREAM_TIMEOUT`, `UPSTREAM_UNAVAILABLE` (no connection, or a lost one), `UPSTREAM_MALFORMED` (too large, not UTF-8, not
   * HTTP), or the reason of the caller's signal.
   */
  send(target: string, path: string, credentials: Credentials, signal: AbortSignal): Promise<HttpReply>
  /** Ends all connections; what is under way fails. */
  close(): Promise<void>
}

/** A transport with its own connections. Throws a `TypeError` when the base URL is not one. */
export function createTransport(options: TransportOptions): Transport {
  const base = new URL(options.baseUrl)
  const prefix = base.pathname.replace(/\/+$/, '')
  const limits = { connections: options.connections, headersTimeout: options.timeoutMs, bodyTimeout: options.timeoutMs }
  const dispatcher =
    options.proxyUrl === undefined
      ? new Pool(base.origin, { ...limits, connect: { timeout: options.timeoutMs } })
      : new ProxyAgent({ ...limits, uri: options.proxyUrl })
  const gate = createGate(options.connections)
  const maxBytes = options.maxBodyBytes ?? 32 * 1024 * 1024
  let closed = false

  async function exchange(target: string, path: string, key: string, signal: AbortSignal): Promise<HttpReply> {
    const sentAt = Date.now()
    const { statusCode, headers, body } = await dispatcher.request({
      origin: base.origin,
      method: 'GET',
      path: prefix + target,
      signal,
      headers: {
        'x-portkey-api-key': key,
        accept: 'application/json',
        'user-agent': `portkey-metrics-proxy/${options.version}`,
      },
    })
    const retryAfter = headers['retry-after']
    const text = await readText(body, maxBytes, path)
    return { status: statusCode, retryAfter: typeof retryAfter === 'string' ? retryAfter : null, text, sentAt }
  }

  return {
    async send(target, path, { key }, signal) {
      if (!/^[\x21-\x7e]+$/.test(key)) {
        throw new ServiceError(
          'UPSTREAM_UNAUTHORIZED',
          'The Portkey key holds characters that no header can carry. Check it.',
        )
      }
      const asked = performance.now()
      const leave = await gate.enter(signal)
      const sent = performance.now()
      const deadline = new AbortController()
      const timer = setTimeout(() => deadline.abort(), options.timeoutMs)
      let status: number | null = null
      try {
        const reply = await exchange(target, path, key, AbortSignal.any([signal, deadline.signal]))
        status = reply.status
        return reply
      } catch (cause) {
        if (signal.aborted) throw signal.reason
        if (closed) throw new ServiceError('SHUTTING_DOWN', 'The service is stopping. Ask another replica.', { cause })
        throw deadline.signal.aborted
          ? timedOut(path, options.timeoutMs, cause)
          : failure(path, options.timeoutMs, cause)
      } finally {
        clearTimeout(timer)
        leave()
        options.onRequest?.({ path, status, queuedMs: sent - asked, ms: performance.now() - sent })
      }
    },
    async close() {
      closed = true
      await dispatcher.destroy()
    },
  }
}

async function readText(body: AsyncIterable<unknown>, maxBytes: number, path: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop early, by a throw too, destroys the body and its connection.
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a body gives bytes')
    bytes += chunk.length
    if (bytes > maxBytes) throw malformed(path, `it is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw malformed(path, 'it is not UTF-8', cause)
  }
}
