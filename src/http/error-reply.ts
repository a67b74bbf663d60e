import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { type ErrorCode, type ErrorDetail, ServiceError } from '../errors.js'

/** The one shape of every error that leaves the service. */
export type ErrorBody = {
  readonly statusCode: number
  /** The status in words. */
  readonly error: string
  readonly code: ErrorCode
  readonly message: string
  readonly details?: readonly ErrorDetail[]
}

/** An error as a caller sees it: code, message, details; never a cause or a stack. */
export const errorBody = (error: ServiceError): ErrorBody => ({
  statusCode: error.statusCode,
  error: STATUS_CODES[error.statusCode] ?? 'Error',
  code: error.code,
  message: error.message,
  ...(error.details.length > 0 ? { details: error.details } : {}),
})

/** Answers with an error: status, one shape, and the headers that its status calls for. */
export const sendError = (reply: FastifyReply, error: ServiceError): FastifyReply => {
  const wait = error.retryAfterSeconds ?? waits[error.code]
  if (wait !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(wait))))
  if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer')
  if (error.code === 'SHUTTING_DOWN') reply.header('connection', 'close')
  return reply.code(error.statusCode).type('application/json; charset=utf-8').send(errorBody(error))
}

/**
 * Any thrown thing as a `ServiceError`. The framework's refusals of a request get our code and a message that says what to
 * do; everything unforeseen becomes `INTERNAL` with the thing itself as cause, for the log alone.
 */
export const toServiceError = (thrown: unknown): ServiceError => {
  if (thrown instanceof ServiceError) return thrown
  const known = frameworkFaults[codeOf(thrown)]
  if (known !== undefined) return new ServiceError(known[0], known[1], { cause: thrown })
  if (isRefusal(thrown)) {
    return new ServiceError('VALIDATION_FAILED', 'The request could not be read as HTTP: send it again.', {
      cause: thrown,
    })
  }
  return new ServiceError(
    'INTERNAL',
    'The service failed on this question. The fault is in its log under this x-request-id.',
    { cause: thrown },
  )
}

/** Seconds until it is worth asking again, where the error itself does not know. */
const waits: Partial<Record<ErrorCode, number>> = { UPSTREAM_UNAVAILABLE: 5, SHUTTING_DOWN: 1 }

const frameworkFaults: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'The body is over 256 KiB: ask with fewer or shorter filter values.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UNSUPPORTED_MEDIA_TYPE',
    'The body must be JSON: send the header content-type: application/json.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'VALIDATION_FAILED',
    'The body is not as long as its content-length header says: send it again.',
  ],
  FST_ERR_BAD_URL: [
    'VALIDATION_FAILED',
    'The path is not valid: percent signs must start a two-digit escape of UTF-8.',
  ],
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''

/** The framework marks what it blames on the request with a 4xx status. */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  'statusCode' in thrown &&
  typeof thrown.statusCode === 'number' &&
  thrown.statusCode >= 400 &&
  thrown.statusCode < 500
