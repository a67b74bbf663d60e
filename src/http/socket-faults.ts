import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'
import { errorBody } from './error-reply.js'
import { replyHeaders } from './reply-headers.js'

/** Answers connections on which no request can be read. */
export type SocketFaults = {
  /** To be told of each request as it comes: its reply, and those before it, go first. */
  readonly begin: (socket: Socket, response: ServerResponse) => void
  readonly answer: (fault: Error, socket: Socket) => void
  /** Refuses CONNECT: this is no proxy. */
  readonly refuseTunnel: (socket: Socket) => void
}

/**
 * What never becomes a request (broken HTTP, headers that are too large, a request that is never completed) is answered in
 * the one error shape, and its connection closed. Requests before it on the same connection are answered first: nothing else
 * stands where their replies are looked for.
 */
export const createSocketFaults = (): SocketFaults => {
  const latest = new WeakMap<Socket, ServerResponse>()
  const previous = new WeakMap<ServerResponse, ServerResponse>()
  const refused = new WeakSet<Socket>()

  /** The reply after which the connection may be written to; `null`: now. */
  const lastBefore = (socket: Socket): ServerResponse | null => {
    const reply = latest.get(socket)
    if (reply === undefined || isOver(reply)) return null
    // The fault is in this very request, which will not be complete.
    const before = reply.req.complete || reply.headersSent ? reply : previous.get(reply)
    return before === undefined || isOver(before) ? null : before
  }

  const refuse = (socket: Socket, error: ServiceError, allow?: string) => {
    if (!socket.writable) return socket.destroy()
    if (refused.has(socket)) return
    refused.add(socket)
    const before = lastBefore(socket)
    const end = () => {
      const reply = latest.get(socket)
      // The request that cannot be read on may have been answered all the same.
      const isAnswered = reply?.req.complete === false && reply.headersSent
      if (!socket.writable) return
      // Node may have paused the socket, and resumes none that it has let go of: its end would never be read.
      const isStuck = allow !== undefined && before !== null
      socket.end(isAnswered ? '' : rawReply(error, allow), () => isStuck && socket.destroy())
    }
    if (before === null) end()
    else before.once('close', end)
  }

  return {
    begin(socket, response) {
      const before = latest.get(socket)
      if (before === response) return
      latest.set(socket, response)
      if (response.socket !== null || before === undefined) return
      previous.set(response, before)
      // No line of them is kept: the one before is all that counts.
      previous.delete(before)
    },
    answer: (fault, socket) => refuse(socket, new ServiceError('VALIDATION_FAILED', meaning(fault))),
    refuseTunnel(socket) {
      // Node has let go of it.
      socket.on('error', () => socket.destroy())
      socket.resume()
      refuse(socket, new ServiceError('METHOD_NOT_ALLOWED', `This is no proxy: use ${METHODS}.`), METHODS)
    },
  }
}

const METHODS = 'GET, HEAD, POST'

const isOver = (reply: ServerResponse): boolean => reply.writableFinished || reply.closed

/** Refuses in the one error shape what Node would refuse with an empty reply: an unknown `expect`, a missing `host`. */
export const replaceNodeRefusals = (app: FastifyInstance): void => {
  app.server.on('checkExpectation', (_request, response: ServerResponse) => {
    const error = new ServiceError('VALIDATION_FAILED', 'The expect header may only be 100-continue: leave it out.')
    const { body, headers } = plainReply(error)
    response.writeHead(error.statusCode, headers).end(body)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      throw new ServiceError('VALIDATION_FAILED', 'The request has no host header: send one.')
    }
    done()
  })
}

const rawReply = (error: ServiceError, allow?: string): string => {
  const { body, headers } = plainReply(error)
  const lines = Object.entries({ ...headers, ...(allow !== undefined && { allow }) }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return [`HTTP/1.1 ${error.statusCode} ${STATUS_CODES[error.statusCode]}`, ...lines, '', body].join('\r\n')
}

const plainReply = (error: ServiceError) => {
  const body = JSON.stringify(errorBody(error))
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...replyHeaders(randomUUID()),
    connection: 'close',
  }
  return { body, headers }
}

const meaning = (fault: Error): string => {
  const code = 'code' in fault ? fault.code : ''
  if (code === 'HPE_HEADER_OVERFLOW') return 'The headers of the request are over 16 KiB: send fewer or shorter ones.'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'The request was not complete in time: send it again, faster.'
  return 'The request could not be read as HTTP: check its request line, headers and content-length.'
}
