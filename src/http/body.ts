import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.js'
import { jsonFault } from './json-fault.js'

/** Largest body, in bytes: room for 100 filters of long lists, too small to hurt. */
export const BODY_LIMIT = 256 * 1024

/**
 * Lets the app read bodies of JSON and nothing else; another type, charset or encoding is `UNSUPPORTED_MEDIA_TYPE`. A handler gets
 * the bytes as they came, and a `ReadJson` reads them: a question that was answered before need not be read.
 */
export const acceptJson = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const { 'content-type': type, 'content-encoding': encoding } = request.headers
    if (type === 'application/json' && encoding === undefined) return done(null, bytes)
    try {
      refuseEncodings(type, encoding)
      done(null, bytes)
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

/** The bytes of a request's body; throws `VALIDATION_FAILED` when it has none. */
export const bodyBytes = (body: unknown): Buffer => {
  if (!Buffer.isBuffer(body)) throw emptyBody()
  return body
}

/** Reads a request's body as JSON. */
export type ReadJson = (request: FastifyRequest, bytes: Buffer) => unknown

/**
 * A reader of bodies. One that is empty, not UTF-8, not JSON, or that could alter prototypes is `VALIDATION_FAILED`, saying where.
 */
export const createJsonReader = (app: FastifyInstance): ReadJson => {
  const strict = app.getDefaultJsonParser('error', 'error')
  return (request, bytes) => {
    const text = decode(bytes)
    if (text.trim() === '') throw emptyBody()
    let read: unknown
    strict(request, text, (error, body) => {
      if (error !== null) throw faultOf(text)
      read = body
    })
    return read
  }
}

/** What a missing or empty body is answered with. */
const emptyBody = (): ServiceError =>
  new ServiceError('VALIDATION_FAILED', 'The body is empty: send the question as a JSON object.')

const refuseEncodings = (type = '', encoding = 'identity'): void => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8'
  if (charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON in UTF-8: leave the charset out.')
  }
  if (encoding.toLowerCase() !== 'identity') {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The body must not be compressed: leave content-encoding out.')
  }
}

const decode = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ServiceError('VALIDATION_FAILED', 'The body is not valid UTF-8.', { cause })
  }
}

/** Why the strict parser refused a text: either it is no JSON, or it carries a name that reaches for a prototype. */
const faultOf = (text: string): ServiceError => {
  try {
    JSON.parse(text)
  } catch (cause) {
    return new ServiceError('VALIDATION_FAILED', jsonFault(text), { cause })
  }
  return new ServiceError('VALIDATION_FAILED', 'The body holds a name that is refused: "__proto__" or "constructor".')
}
