import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../config.js'
import type { Engine, Principal, Reply } from '../engine.js'
import { ServiceError } from '../errors.js'
import { parseQuery } from '../query/parse.js'
import type { Authenticate } from './auth.js'
import { emptyBody } from './body.js'
import { withDeadline } from './deadline.js'
import { questionDocs } from './question-docs.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the handler of a route that needs it. */
    principal: Principal | null
  }
}

/** The route of the query language, and a shorter name for it. */
export const QUESTION_PATHS = ['/api/svc/v1/llm-gateway/metrics/query', '/v1/metrics/query'] as const

/** Adds the question routes, open to whom `authenticate` knows. */
export const addQuestionRoutes = (
  app: FastifyInstance,
  config: Config,
  engine: Engine,
  authenticate: Authenticate,
): void => {
  for (const url of QUESTION_PATHS) {
    app.post(url, {
      schema: questionDocs,
      // Before the body is read: whoever is not known sends nothing.
      onRequest: async (request) => {
        request.principal = authenticate(request)
        request.outcome.principal = request.principal.name
      },
      handler: async (request, reply) => {
        refuseParameters(request.query)
        if (request.body === undefined) throw emptyBody()
        const query = parseQuery(request.body)
        const principal = request.principal
        if (principal === null) throw new Error('a question route ran without its authentication')
        const answer = await withDeadline(config.requestTimeoutMs, reply.raw, (signal) =>
          engine.ask(query, principal, signal),
        ).catch((error: unknown) => {
          throw config.authMode === 'passthrough' ? asCallersFault(error) : error
        })
        request.outcome.upstreamCalls = answer.upstreamCalls
        describe(reply, answer)
        return { data: answer.data }
      },
    })
  }
}

/** A parameter that does nothing would be a question misread. */
const refuseParameters = (query: unknown): void => {
  const names = typeof query === 'object' && query !== null ? Object.keys(query) : []
  if (names.length === 0) return
  const found = JSON.stringify(names[0]?.slice(0, 100))
  throw new ServiceError(
    'VALIDATION_FAILED',
    `The route takes no query parameters, and ${found} was sent: leave it out.`,
  )
}

/** In passthrough mode the key that Portkey refused is the caller's own. */
const asCallersFault = (error: unknown): unknown =>
  error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED'
    ? new ServiceError('UNAUTHENTICATED', 'Portkey refused the key in x-portkey-api-key.', { cause: error })
    : error

/** What a reply says about itself, in headers: the body is data alone. */
const describe = (reply: FastifyReply, answer: Reply): void => {
  const { planMs, upstreamMs, shapeMs } = answer.timing
  const spans: readonly (readonly [string, number])[] = [
    ['plan', planMs],
    ['upstream', upstreamMs],
    ['shape', shapeMs],
  ]
  reply.type('application/json; charset=utf-8')
  reply.header('x-upstream-calls', String(answer.upstreamCalls))
  reply.header('x-cache', answer.upstreamCalls > 0 ? 'miss' : 'hit')
  reply.header('age', String(Math.max(0, Math.floor(answer.ageSeconds))))
  reply.header('x-settled-until', new Date(answer.settledUntil).toISOString())
  reply.header('server-timing', spans.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', '))
}
