import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Config } from '../config.js'
import type { AskOptions, Principal } from '../engine.js'
import { ServiceError } from '../errors.js'
import type { Patience } from './answering.js'
import type { Authenticate } from './auth.js'
import { createDeadline } from './deadline.js'
import type { RateLimit } from './rate-limit.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the handler of a route that needs it. */
    principal: Principal | null
  }
}

/**
 * The hook of a route that asks upstream for somebody: before the body is read, whoever is not admitted sends nothing. It counts the request,
 * and with it the first question in it.
 */
export const knowCaller = (authenticate: Authenticate, { enforce }: RateLimit): onRequestHookHandler => {
  return (request, _reply, done) => {
    request.outcome.upstreamCalls = 0
    request.principal = authenticate(request.raw)
    request.outcome.principal = request.principal.name
    enforce(request.principal)
    done()
  }
}

/** Who asks, behind `knowCaller`. */
export const principalOf = ({ principal }: FastifyRequest): Principal => {
  if (principal === null) throw new Error('a route ran without its authentication')
  return principal
}

/** How long a caller waits for a reply: `REQUEST_TIMEOUT_MS` from now, and while the connection stands. */
export const patienceOf = (
  { requestTimeoutMs, authMode }: Pick<Config, 'requestTimeoutMs' | 'authMode'>,
  reply: FastifyReply,
): Patience => {
  const deadline = performance.now() + requestTimeoutMs
  const within = createDeadline(requestTimeoutMs, reply.raw)
  return (work) =>
    within((signal) => work({ signal, deadline })).catch((error: unknown) => {
      throw authMode === 'passthrough' ? asCallersFault(error) : error
    })
}

/** Counts HTTP requests sent upstream for the log and for the headers of a failure, and traces them where that is configured. */
export const watching = (request: FastifyRequest): Required<Pick<AskOptions, 'onSent' | 'onEnded'>> => {
  const { outcome } = request
  return {
    onSent: () => {
      outcome.upstreamCalls = (outcome.upstreamCalls ?? 0) + 1
    },
    onEnded: (event) => outcome.span?.upstream(event),
  }
}

/** In passthrough mode the key that Portkey refused is the caller's own. */
const asCallersFault = (error: unknown): unknown =>
  error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED'
    ? new ServiceError('UNAUTHENTICATED', 'Portkey refused the key in x-portkey-api-key.', { cause: error })
    : error
