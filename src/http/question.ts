import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import type { Engine, ExplainMode, Principal } from '../engine.js'
import { ServiceError } from '../errors.js'
import { parseQuery } from '../query/parse.js'
import { describe, heldHeaderList } from './answer-headers.js'
import type { Answering, Patience } from './answering.js'
import type { Authenticate } from './auth.js'
import { bodyBytes, createJsonReader } from './body.js'
import { withDeadline } from './deadline.js'
import { explainBody, explainMode } from './explain.js'
import { questionDocs } from './question-docs.js'
import { wantsFresh } from './refresh.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before the handler of a route that needs it. */
    principal: Principal | null
  }
}

/** The route of the query language, and a shorter name for it. */
export const QUESTION_PATHS = ['/api/svc/v1/llm-gateway/metrics/query', '/v1/metrics/query'] as const

/** What the question routes work with beside the settings. */
export type QuestionParts = {
  readonly engine: Engine
  readonly answering: Answering
  readonly authenticate: Authenticate
  /** Epoch ms. */
  readonly now: () => number
}

/** Finished replies may take this part of `CACHE_MAX_MB`. */
export const REPLIES_PART = 1 / 4

/** Adds the question routes, open to whom `authenticate` knows. */
export const addQuestionRoutes = (
  app: FastifyInstance,
  config: Config,
  { engine, answering, authenticate, now }: QuestionParts,
): void => {
  const readJson = createJsonReader(app)

  const patienceOf = (reply: FastifyReply): Patience => {
    const deadline = performance.now() + config.requestTimeoutMs
    return (work) =>
      withDeadline(config.requestTimeoutMs, reply.raw, (signal) => work({ signal, deadline })).catch(
        (error: unknown) => {
          throw config.authMode === 'passthrough' ? asCallersFault(error) : error
        },
      )
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply, bytes: Buffer, mode: ExplainMode | null) => {
    const query = parseQuery(readJson(request, bytes))
    const principal = principalOf(request)
    const refresh = wantsFresh(request.headers)
    const onSent = () => {
      request.outcome.upstreamCalls = (request.outcome.upstreamCalls ?? 0) + 1
    }
    const patience = patienceOf(reply)
    if (mode === null) {
      const given = await answering.ask({ principal, query, bytes, refresh, onSent }, patience)
      request.outcome.upstreamCalls = given.upstreamCalls
      describe(reply, given, now())
      return given.body
    }
    const explanation = await patience((waiter) =>
      answering.withinBound(() => engine.explain(query, principal, mode, { ...waiter, refresh, onSent })),
    )
    const given = explanation.analyzed?.reply ?? null
    request.outcome.upstreamCalls = given?.upstreamCalls ?? 0
    reply.type('application/json; charset=utf-8')
    if (given === null) reply.header('x-upstream-calls', '0')
    else describe(reply, given, now())
    return explainBody(explanation)
  }

  for (const url of QUESTION_PATHS) {
    app.post(url, {
      schema: questionDocs,
      // Before the body is read: whoever is not known sends nothing.
      onRequest: (request, _reply, done) => {
        request.outcome.upstreamCalls = 0
        request.principal = authenticate(request.raw)
        request.outcome.principal = request.principal.name
        done()
      },
      // Not async: what is held is sent without waiting for anything.
      handler: (request, reply) => {
        const mode = explainMode(request.query)
        const bytes = bodyBytes(request.body)
        const held =
          mode === null && !wantsFresh(request.headers) ? answering.held(principalOf(request), bytes) : undefined
        if (held === undefined) return answer(request, reply, bytes, mode)
        const list = heldHeaderList(held, now())
        for (let at = 0; at < list.length; at += 2) reply.header(list[at] ?? '', list[at + 1])
        reply.send(held.body)
      },
    })
  }
}

const principalOf = ({ principal }: FastifyRequest): Principal => {
  if (principal === null) throw new Error('a question route ran without its authentication')
  return principal
}

/** In passthrough mode the key that Portkey refused is the caller's own. */
const asCallersFault = (error: unknown): unknown =>
  error instanceof ServiceError && error.code === 'UPSTREAM_UNAUTHORIZED'
    ? new ServiceError('UNAUTHENTICATED', 'Portkey refused the key in x-portkey-api-key.', { cause: error })
    : error
