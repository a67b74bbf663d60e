import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Test } from 'tap'
import type { Call, Endpoint } from '../../src/portkey/call.js'
import { type Ask, type ClientOptions, createClient, type PortkeyClient } from '../../src/portkey/client.js'

/** A scripted upstream on loopback and a client of it; both end with the test. */
export type Upstream = {
  readonly client: PortkeyClient
  readonly baseUrl: string
  /** Requests that arrived, in order. */
  readonly seen: readonly URL[]
}

export type Script = (request: IncomingMessage, response: ServerResponse, url: URL) => void

/** Starts an upstream that answers by `script`; `options` override the client's. */
export async function startUpstream(t: Test, script: Script, options: Partial<ClientOptions> = {}): Promise<Upstream> {
  const seen: URL[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://upstream')
    seen.push(url)
    script(request, response, url)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  const baseUrl = `http://127.0.0.1:${address.port}`
  const client = createClient({
    baseUrl: `${baseUrl}/v1`,
    timeoutMs: 30_000,
    concurrency: 4,
    requestsPerSecond: 10_000,
    backoff: { baseMs: 1, mostMs: 4 },
    version: '1.2.3',
    ...options,
  })
  t.teardown(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { client, baseUrl, seen }
}

/** Sends JSON text with a status. */
export function reply(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}

/** A call without filters over one day. */
export function callOf(endpoint: Endpoint): Call {
  return {
    endpoint,
    window: { start: Date.UTC(2026, 3, 21), end: Date.UTC(2026, 3, 22) },
    filters: {},
    columns: [],
  }
}

export const REQUESTS = callOf({ kind: 'graph', name: 'requests' })
export const MODELS = callOf({ kind: 'group', name: 'model' })
export const CREDENTIALS = { key: 'pk-secret-0123', workspace: null }
/** An answer to REQUESTS. */
export const ONE_POINT = '{"summary":{"total":1},"data_points":[{"timestamp":"2026-04-21T00:00:00Z","total":1}]}'

/** Somebody who waits for a minute. */
export const patient = (over: Partial<Ask> = {}): Ask => ({
  signal: new AbortController().signal,
  deadline: () => performance.now() + 60_000,
  share: 'a principal',
  lane: {},
  onSent: () => undefined,
  ...over,
})
