import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Compressed } from '../cache/compressed.js'
import type { Format, HeldReply } from '../cache/replies.js'
import type { Principal } from '../engine.js'
import { formatOf } from './accept.js'
import { encodingOf, LEAST_COMPRESSED } from './accept-encoding.js'
import { ANSWER_VARIES, heldHeaderList } from './answer-headers.js'
import type { Authenticate } from './auth.js'
import type { Draining } from './draining.js'
import type { CountHit } from './observing.js'
import { QUESTION_PATHS } from './question.js'
import type { RateLimit } from './rate-limit.js'
import { replyHeaderList } from './reply-headers.js'
import { requestId } from './request-id.js'
import type { LogHit } from './request-log.js'
import type { SocketFaults } from './socket-faults.js'
import { inTurns } from './turns.js'

/** What the shortcut works with. */
export type ShortcutParts = {
  readonly authenticate: Authenticate
  readonly rateLimit: RateLimit
  readonly held: (principal: Principal, bytes: Buffer, format: Format) => HeldReply | undefined
  readonly compressed: Pick<Compressed, 'made'>
  readonly draining: Draining
  /** Told of every request as it comes. */
  readonly begin: SocketFaults['begin']
  readonly logHit: LogHit
  readonly countHit: CountHit
  /** Epoch ms. */
  readonly now: () => number
  /** The path that the service answers under beside its own; `''` = none. */
  readonly basePath: string
  /** Replies depend on the `origin` they are asked from. */
  readonly cors: boolean
}

/** Larger bodies and replies take the long way: there the shortcut saves nothing, and they need more than one read or write. */
const LONGEST_BODY = 16_384
const LONGEST_REPLY = 65_536

/**
 * Answers a repeated question before the framework sees it. Its hooks, routes and body reader cost several times what finding
 * a held reply does. Only the plainest request is answered here, with what the question route would answer; every other
 * one goes the long way as if nothing had been here.
 */
export const takeShortcut = (app: FastifyInstance, parts: ShortcutParts): void => {
  const paths = pathsUnder(parts.basePath)
  const long = (request: IncomingMessage, response: ServerResponse) => app.routing(request, response)
  const attempt = (request: IncomingMessage, response: ServerResponse, path: string, began: number) => {
    const bytes: unknown = request.read()
    if (Buffer.isBuffer(bytes)) {
      const isWhole = bytes.length === Number(request.headers['content-length'])
      if (isWhole && answered(request, response, path, bytes, began, parts)) return
      request.unshift(bytes)
    }
    long(request, response)
  }
  app.server.removeAllListeners('request')
  const serve = inTurns((request, response) => {
    const path = paths.get(request.url ?? '')
    if (path === undefined || !isPlain(request, parts.cors) || parts.draining.closing()) return long(request, response)
    // By then all that came with the head has been read. A body that came later is not waited for.
    process.nextTick(attempt, request, response, path, performance.now())
  })
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    parts.begin(request.socket, response)
    serve(request, response)
  })
}

/** What a question may be sent to, and the route's own path. */
const pathsUnder = (basePath: string): ReadonlyMap<string, string> =>
  new Map(['', basePath].flatMap((base) => QUESTION_PATHS.map((path) => [`${base}${path}`, path])))

const isPlain = ({ method, headers }: IncomingMessage, cors: boolean): boolean =>
  method === 'POST' &&
  headers['content-type'] === 'application/json' &&
  Number(headers['content-length']) <= LONGEST_BODY &&
  headers.host !== undefined &&
  headers['cache-control'] === undefined &&
  headers.pragma === undefined &&
  headers['content-encoding'] === undefined &&
  headers['transfer-encoding'] === undefined &&
  headers.expect === undefined &&
  // Whether it is believed is the framework's to say.
  headers['x-forwarded-for'] === undefined &&
  !(cors && headers.origin !== undefined)

const answered = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  bytes: Buffer,
  began: number,
  parts: ShortcutParts,
): boolean => {
  const principal = known(request, parts.authenticate)
  const reply = principal === null ? undefined : parts.held(principal, bytes, formatOf(request.headers.accept))
  if (principal === null || reply === undefined) return false
  const encoding = reply.body.length < LEAST_COMPRESSED ? null : encodingOf(request.headers['accept-encoding'])
  const body = encoding === null ? reply.body : parts.compressed.made(reply.body, encoding)
  // The long way makes what is not made yet.
  if (body === undefined || body.length > LONGEST_REPLY) return false
  // Who has no room is told so on the long way.
  if (!parts.rateLimit.take(principal)) return false
  const id = requestId(request)
  const headers = replyHeaderList(id)
  headers.push('content-length', String(body.length), ...heldHeaderList(reply, parts.now()))
  headers.push('vary', parts.cors ? `Origin, ${ANSWER_VARIES}` : ANSWER_VARIES)
  if (encoding !== null) headers.push('content-encoding', encoding)
  response.writeHead(200, headers)
  response.end(body)
  if (response.socket === null || response.socket.writableLength > 0) parts.draining.track(response, request.socket)
  parts.logHit(id, request, path, principal, reply.about)
  parts.countHit(request, path, reply.about, began)
  return true
}

/** Who is not known is told so on the long way. */
const known = (request: IncomingMessage, authenticate: Authenticate): Principal | null => {
  try {
    return authenticate(request)
  } catch {
    return null
  }
}
