import type { Answer, Fetched } from './answer.js'
import type { Ask } from './ask.js'
import type { Call } from './call.js'
import { decode, decodePage } from './decode.js'
import { encode, type PageRequest } from './encode.js'
import { endpointId, pathOf, shapeOf } from './endpoints.js'
import { readListing, readValues } from './listing.js'
import { MissingEndpoint } from './missing.js'
import { ownList, type PageQuery, type Rows } from './own-list.js'
import { collectPages } from './pages.js'
import { refusal } from './refusal.js'
import { RESOURCES, type Resource, readResource, resourcePath, resourceTarget } from './resources.js'
import { createSender, type Sender, type SenderOptions } from './sender.js'

export type { Ask } from './ask.js'
export type { RequestEvent } from './request-event.js'
export type { Resource } from './resources.js'
export type { SenderState } from './sender.js'

/** Whose key and workspace a call travels with. */
export type Credentials = { readonly key: string; readonly workspace: string | null }

/** How to reach the upstream, and how much of a listing to ask for. */
export type ClientOptions = SenderOptions & {
  /** Rows asked for a page; 1000 unless told. An upstream that gives fewer is paged by what it gives. */
  readonly pageSize?: number
  /** Pages of one listing beyond which it is refused; 200 unless told. */
  readonly maxPages?: number
}

/** The upstream as the rest of the service knows it: calls in, decoded answers out. */
export type PortkeyClient = {
  /**
   * Answers one call, with all its pages. Throws `MissingEndpoint` on a 404, a `ServiceError` with an `UPSTREAM_*` code on any
   * other failure, `OVERLOADED` when its turn cannot come in time, and the signal's own reason when it aborts. Each page is sent
   * again after a passing fault, as long as the ask has time; a listing whose rows moved between pages is asked for once more.
   */
  fetch(call: Call, credentials: Credentials, ask: Ask): Promise<Fetched>
  /** One page of a list, as parsed JSON without secrets, of one workspace alone where there is one (`ownList`); throws as `fetch` does, a 404 as `UPSTREAM_ERROR`. */
  get(resource: Resource, query: PageQuery, credentials: Credentials, ask: Ask, rows?: Rows): Promise<unknown>
  /** How the way to the upstream is, now. */
  state: Sender['state']
  /** Ends all connections, waits and retries; calls under way fail with `SHUTTING_DOWN`. */
  close(): Promise<void>
}

/** Made once: an abort without a reason makes an error with a stack of its own, each time. */
const ENDED = new Error('the call has ended')

/** A client with its own connections to one base URL. */
export function createClient(options: ClientOptions): PortkeyClient {
  const { now = Date.now } = options
  const sender = createSender(options)

  return {
    async fetch(call, { key, workspace }, ask) {
      const path = pathOf(call.endpoint)
      const asked = { path, endpoint: endpointId(call.endpoint), reads: 'analytics', key } as const
      // One failed page makes the others pointless: they are cancelled, or leave the queue.
      const own = new AbortController()
      const signal = AbortSignal.any([ask.signal, own.signal])
      let requests = 0
      const onSent = () => {
        requests += 1
        ask.onSent()
      }
      let fetchedAt = Number.POSITIVE_INFINITY
      const askPage = async (page: PageRequest | null): Promise<string> => {
        const target = encode(call, workspace, page)
        const reply = await sender.send({ ...asked, target }, { ...ask, signal, onSent })
        fetchedAt = Math.min(fetchedAt, reply.sentAt)
        if (reply.status !== 404) return reply.text
        if (page === null || page.page === 0) throw new MissingEndpoint(call.endpoint, path)
        throw refusal(reply, asked, now())
      }
      try {
        const answer = await answerOf(call, askPage, options)
        return { answer, requests, fetchedAt }
      } finally {
        own.abort(ENDED)
      }
    },
    async get(resource, query, { key, workspace }, ask, rows) {
      const asked = { path: resourcePath(resource), endpoint: RESOURCES[resource], reads: 'list', key } as const
      const readPage = async (page: PageQuery) => {
        const target = resourceTarget(resource, page, workspace)
        return readResource(resource, await sender.send({ ...asked, target }, ask), key)
      }
      return workspace === null ? readPage(query) : ownList(resource, workspace, query, readPage, rows)
    },
    state: () => sender.state(),
    close: () => sender.close(),
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
