import { ServiceError } from '../errors.js'
import type { Answer, Fetched } from './answer.js'
import type { Call } from './call.js'
import { decode, decodePage, parseJson } from './decode.js'
import { encode, type PageRequest } from './encode.js'
import { pathOf, shapeOf } from './endpoints.js'
import { readListing, readValues } from './listing.js'
import { MissingEndpoint } from './missing.js'
import { collectPages } from './pages.js'
import { refusal } from './refusal.js'
import { type Credentials, createTransport, type HttpReply, type TransportOptions } from './transport.js'

export type { Credentials, RequestEvent } from './transport.js'

export type ClientOptions = TransportOptions & {
  /** Rows asked for a page; 1000 unless told. An upstream that gives fewer is paged by what it gives. */
  readonly pageSize?: number
  /** Pages of one listing beyond which it is refused; 200 unless told. */
  readonly maxPages?: number
}

/** What is read as it is, beside analytics: lists that users of the upstream expect. */
const RESOURCES = {
  workspaces: '/admin/workspaces',
  virtualKeys: '/virtual-keys',
  logExports: '/logs/exports',
} as const
export type Resource = keyof typeof RESOURCES

export type PortkeyClient = {
  /**
   * Answers one call, with all its pages. Throws `MissingEndpoint` on a 404, a `ServiceError` with an `UPSTREAM_*` code on any
   * other failure, and the signal's own reason when it aborts. Nothing is retried here, but for a listing whose rows moved between pages.
   */
  fetch(call: Call, credentials: Credentials, signal: AbortSignal): Promise<Fetched>
  /** One GET of a plain resource, as parsed JSON; throws as `fetch` does, a 404 as `UPSTREAM_ERROR`. */
  get(
    resource: Resource,
    query: Readonly<Record<string, string>>,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<unknown>
  /** Ends all connections; calls under way fail with `SHUTTING_DOWN`. */
  close(): Promise<void>
}

/** A client with its own connections to one base URL. */
export function createClient(options: ClientOptions): PortkeyClient {
  const transport = createTransport(options)

  async function send(target: string, path: string, credentials: Credentials, signal: AbortSignal): Promise<HttpReply> {
    const reply = await transport.send(target, path, credentials, signal)
    if (reply.status === 404 || (reply.status >= 200 && reply.status < 300)) return reply
    throw refusal(reply, path, credentials.key, Date.now())
  }

  return {
    async fetch(call, credentials, signal) {
      const path = pathOf(call.endpoint)
      // One failed page makes the others pointless: they are cancelled, or leave the queue.
      const own = new AbortController()
      const joined = AbortSignal.any([signal, own.signal])
      const sent: number[] = []
      const ask = async (page: PageRequest | null): Promise<string> => {
        const reply = await send(encode(call, credentials.workspace, page), path, credentials, joined)
        sent.push(reply.sentAt)
        if (reply.status !== 404) return reply.text
        if (page === null || page.page === 0) throw new MissingEndpoint(call.endpoint, path)
        throw refusal(reply, path, credentials.key, Date.now())
      }
      try {
        const answer = await answerOf(call, ask, options)
        return { answer, requests: sent.length, fetchedAt: Math.min(...sent) }
      } finally {
        own.abort()
      }
    },
    async get(resource, query, credentials, signal) {
      const path = RESOURCES[resource]
      const text = new URLSearchParams(query).toString()
      const reply = await send(text === '' ? path : `${path}?${text}`, path, credentials, signal)
      if (reply.status === 404) throw new ServiceError('UPSTREAM_ERROR', `Portkey has no ${path} here.`)
      return parseJson(reply.text, path)
    },
    close: () => transport.close(),
  }
}

async function answerOf(
  call: Call,
  ask: (page: PageRequest | null) => Promise<string>,
  options: ClientOptions,
): Promise<Answer> {
  const shape = shapeOf(call.endpoint)
  if (shape.kind !== 'pages') return decode(call.endpoint, await ask(null))
  const path = pathOf(call.endpoint)
  const rows = await collectPages(async (page) => decodePage(call.endpoint, await ask(page)), {
    pageSize: options.pageSize ?? 1000,
    maxPages: options.maxPages ?? 200,
    valuesOf: (page) => readValues(page, shape, path),
    path,
  })
  return readListing(rows, shape, path)
}
