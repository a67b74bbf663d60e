import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'
import { jsonFault } from './json-fault.js'

/** Largest body, in bytes: room for 100 filters of long lists, too small to hurt. */
export const BODY_LIMIT = 256 * 1024

/**
 * Lets the app read bodies as JSON and nothing else. A body that is empty, not UTF-8, not JSON, or that could alter
 * prototypes is `VALIDATION_FAILED`, saying where; another type, charset or encoding is `UNSUPPORTED_MEDIA_TYPE`.
 */
export const acceptJson = (app: FastifyInstance): void => {
  const strict = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      refuseEncodings(request.headers['content-type'], request.headers['content-encoding'])
      const text = decode(bytes)
      if (text.trim() === '') throw emptyBody()
      strict(request, text, (error, body) => (error === null ? done(null, body) : done(faultOf(text))))
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

/** What a missing or empty body is answered with. */
export const emptyBody = (): ServiceError =>
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
