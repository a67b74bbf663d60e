import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiRequest, answer } from './api.js'
import type { Fault } from './faults.js'
import { faultReply, type Reply } from './reply.js'
import type { World } from './world.js'

/** What the server asks its owner about each request. */
export type ServerParts = {
  /** Called once a request, before anything else. */
  readonly received: (request: ApiRequest) => void
  /** The fault that strikes this request, if any. */
  readonly faultFor: (path: string) => Fault | null
  readonly world: () => World
}

/** An HTTP server (not yet listening) that plays the deployment; `closing` ends every delay. */
export function createApiServer(parts: ServerParts, closing: AbortSignal): Server {
  return createServer((incoming, outgoing) => {
    const request = readRequest(incoming)
    parts.received(request)
    serve(request, outgoing, parts, closing).catch((error: unknown) => {
      // A fault of the emulator itself: show it to whoever is debugging the client.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      send(outgoing, faultReply(500, message))
    })
  })
}

function readRequest(incoming: IncomingMessage): ApiRequest {
  const [path = '', query = ''] = splitQuery(incoming.url ?? '')
  const key = incoming.headers['x-portkey-api-key']
  return {
    method: incoming.method ?? '',
    path,
    query: new URLSearchParams(query),
    key: typeof key === 'string' ? key : undefined,
    userAgent: incoming.headers['user-agent'],
  }
}

function splitQuery(url: string): readonly string[] {
  const mark = url.indexOf('?')
  return mark === -1 ? [url] : [url.slice(0, mark), url.slice(mark + 1)]
}

async function serve(
  request: ApiRequest,
  out: ServerResponse,
  parts: ServerParts,
  closing: AbortSignal,
): Promise<void> {
  const fault = parts.faultFor(request.path)
  const delay = parts.world().settings.latencyMs + (fault?.kind === 'slow' ? fault.ms : 0)
  if (delay > 0 && !(await waited(delay, closing))) return
  const tampering = fault?.kind === 'quota' || fault?.kind === 'wrongTypes' ? fault.kind : 'none'
  const reply = (): Reply => answer(request, parts.world(), tampering)
  if (fault === null) send(out, reply())
  else strike(fault, out, reply)
}

/** Whether the delay passed; false when the server is closing. */
async function waited(ms: number, closing: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: closing })
    return true
  } catch (error) {
    if (closing.aborted) return false
    throw error
  }
}

function strike(fault: Fault, out: ServerResponse, reply: () => Reply): void {
  switch (fault.kind) {
    case 'status': {
      const plain = faultReply(fault.status, 'injected fault')
      send(out, { ...plain, body: fault.body ?? plain.body, headers: { ...plain.headers, ...fault.headers } })
      return
    }
    case 'hang':
      return
    case 'reset':
      out.socket?.resetAndDestroy()
      return
    case 'resetMidBody': {
      const { status, headers, body } = reply()
      out.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
      out.write(firstHalf(body), () => out.socket?.resetAndDestroy())
      return
    }
    case 'truncatedJson': {
      const whole = reply()
      send(out, { ...whole, body: firstHalf(whole.body) })
      return
    }
    case 'notJson':
      send(out, {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html><body>Bad gateway</body></html>',
      })
      return
    case 'redirect':
      send(out, { status: 302, headers: { location: fault.location }, body: '' })
      return
    case 'quota':
    case 'wrongTypes':
    case 'slow':
      send(out, reply())
      return
  }
}

function firstHalf(body: string): string {
  return body.slice(0, Math.floor(body.length / 2))
}

function send(out: ServerResponse, { status, headers, body }: Reply): void {
  // The only header of its own that the API is known to send: a request id.
  out.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), 'x-portkey-request-id': randomUUID() })
  out.end(body)
}
