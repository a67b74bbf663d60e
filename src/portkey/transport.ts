import { Pool, ProxyAgent } from 'undici'
import { type Failed, failure, outOfTime, timedOut } from './faults.js'
import { malformed } from './malformed.js'

/** Where the upstream is, how to get there, and the most that one reply may take. */
export type TransportOptions = {
  /** May carry a path (`https://api.portkey.ai/v1`) and a trailing slash. */
  readonly baseUrl: string
  /** For one HTTP request, from its sending to the last byte of the body; waiting for a turn does not count. */
  readonly timeoutMs: number
  /** Of this service, for the User-Agent: the upstream's edge blocks the defaults of libraries. */
  readonly version: string
  /** An HTTP proxy to reach the upstream through. */
  readonly proxyUrl?: string
  /** Largest body read, in bytes; 32 MiB unless told. */
  readonly maxBodyBytes?: number
}

/** One GET. */
export type HttpRequest = {
  /** Path and query below the base. */
  readonly target: string
  /** What names it in messages, and what breakers tell apart. */
  readonly path: string
  /** What stands for it in metrics and traces, one of a bounded set: no key of metadata, no value, no query. */
  readonly endpoint: string
  /** What its key has to be allowed to read. */
  readonly reads: 'analytics' | 'list'
  readonly key: string
}

/** A reply of any status, its body read to the end. */
export type HttpReply = {
  readonly kind: 'reply'
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

/** HTTP to one upstream, and nothing more: no turns, no retries. */
export type Transport = {
  /**
   * Sends a request, now. Redirects are not followed. It may take until `deadline` (ms of `performance.now()`, read again when it
   * comes), and never longer than the timeout. Throws the signal's reason when it aborts.
   */
  send(request: HttpRequest, signal: AbortSignal, deadline: () => number): Promise<HttpReply | Failed>
  /** Ends all connections; what is under way fails. */
  close(): Promise<void>
}

/** A transport with its own connections, `sockets` of them at the most. Throws a `TypeError` when the base URL is not one. */
export function createTransport(options: TransportOptions, sockets: number): Transport {
  const base = new URL(options.baseUrl)
  const prefix = base.pathname.replace(/\/+$/, '')
  const limits = { connections: sockets, headersTimeout: 0, bodyTimeout: 0 }
  const dispatcher =
    options.proxyUrl === undefined
      ? new Pool(base.origin, { ...limits, connect: { timeout: options.timeoutMs } })
      : new ProxyAgent({ ...limits, uri: options.proxyUrl })
  const maxBytes = options.maxBodyBytes ?? 32 * 1024 * 1024

  async function exchange({ target, path, key }: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
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
    return {
      kind: 'reply',
      status: statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
      text,
    }
  }

  return {
    async send(request, signal, deadline) {
      const timeUp = endAt(performance.now() + options.timeoutMs, deadline)
      try {
        return await exchange(request, AbortSignal.any([signal, timeUp.signal]))
      } catch (cause) {
        signal.throwIfAborted()
        if (!timeUp.signal.aborted)
          return failure(request.path, options.timeoutMs, cause, options.proxyUrl !== undefined)
        return performance.now() < deadline()
          ? timedOut(request.path, options.timeoutMs, cause)
          : outOfTime(request.path, cause)
      } finally {
        timeUp.stop()
      }
    },
    close: () => dispatcher.destroy(),
  }
}

/** Aborts at `latest`, or earlier at a deadline that may have moved on when it comes. */
function endAt(latest: number, deadline: () => number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    const left = Math.min(latest, deadline()) - performance.now()
    if (left <= 0) controller.abort()
    else timer = setTimeout(wait, Math.ceil(left))
  }
  wait()
  return { signal: controller.signal, stop: () => clearTimeout(timer) }
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
