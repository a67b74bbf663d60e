import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'
import { errorBody } from './error-reply.js'
import { replyHeaders } from './reply-headers.js'

/** Answers connections on which no request can be read. */
export type SocketFaults = {
  /** To be told of each request: a reply that has begun must not be written into. */
  readonly begin: (socket: Socket, response: ServerResponse) => void
  readonly answer: (fault: Error, socket: Socket) => void
}

/**
 * What never becomes a request (broken HTTP, headers that are too large, a request that is never completed) is answered in
 * the one error shape, and its connection closed.
 */
export const createSocketFaults = (): SocketFaults => {
  const latest = new WeakMap<Socket, ServerResponse>()
  return {
    begin: (socket, response) => latest.set(socket, response),
    answer: (fault, socket) => {
      const reply = latest.get(socket)
      const mixed = reply?.headersSent === true && !reply.writableFinished
      if (socket.writable && !mixed) socket.end(rawReply(new ServiceError('VALIDATION_FAILED', meaning(fault))))
      else socket.destroy()
    },
  }
}

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

const rawReply = (error: ServiceError): string => {
  const { body, headers } = plainReply(error)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
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
