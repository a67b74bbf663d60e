import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Config } from '../config.js'
import type { Engine, Principal, Reply } from '../engine.js'
import { ServiceError } from '../errors.js'
import { parseQuery } from '../query/parse.js'
import type { Authenticate } from './auth.js'
import { emptyBody } from './body.js'
import { withDeadline } from './deadline.js'
import { explainBody, explainMode } from './explain.js'
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
        const mode = explainMode(request.query)
        if (request.body === undefined) throw emptyBody()
        const query = parseQuery(request.body)
        const principal = request.principal
        if (principal === null) throw new Error('a question route ran without its authentication')
        const { body, answer } = await withDeadline(config.requestTimeoutMs, reply.raw, async (signal) => {
          if (mode === null) {
            const asked = await engine.ask(query, principal, { signal })
            return { body: { data: asked.data }, answer: asked }
          }
          const explanation = await engine.explain(query, principal, mode, { signal })
          return { body: explainBody(explanation), answer: explanation.analyzed?.reply ?? null }
        }).catch((error: unknown) => {
          throw config.authMode === 'passthrough' ? asCallersFault(error) : error
        })
        request.outcome.upstreamCalls = answer?.upstreamCalls ?? 0
        reply.type('application/json; charset=utf-8')
        if (answer === null) reply.header('x-upstream-calls', '0')
        else describe(reply, answer)
        return body
      },
    })
  }
}

/** In passthrough mode the key that Portkey refused is the caller's own. */
const asCallersFault = (error: unknown): unknown =>
  error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED'
    ? new ServiceError('UNAUTHENTICATED', 'Portkey refused the key in x-portkey-api-key.', { cause: error })
    : error

/** What an answer says about itself, in headers: the body is data alone. */
const describe = (reply: FastifyReply, answer: Reply): void => {
  const { planMs, upstreamMs, shapeMs } = answer.timing
  const spans: readonly (readonly [string, number])[] = [
    ['plan', planMs],
    ['upstream', upstreamMs],
    ['shape', shapeMs],
  ]
  reply.header('x-upstream-calls', String(answer.upstreamCalls))
  reply.header('x-cache', answer.cache)
  reply.header('age', String(ageSeconds(answer, Date.now())))
  reply.header('x-settled-until', new Date(answer.settledUntil).toISOString())
  reply.header('server-timing', spans.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', '))
}

const ageSeconds = ({ oldestAt }: Reply, now: number): number =>
  oldestAt === null ? 0 : Math.max(0, Math.floor((now - oldestAt) / 1000))
