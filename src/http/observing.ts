import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { About } from '../cache/replies.js'
import type { ServiceError } from '../errors.js'
import { outlineOf } from '../query/outline.js'
import type { Query } from '../query/query.js'
import type { Ended, Metrics } from '../telemetry/metrics.js'
import type { Tracing } from '../telemetry/tracing.js'
import type { Given } from './answering.js'
import { toServiceError } from './error-reply.js'
import { logWhole } from './noting.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How many questions a request of the route asks: itself `one`, or `several`, as many as its body says. Else none. */
    readonly questions?: 'one' | 'several'
  }
}

/** Asks one of the questions of a request, and gives it a log line and a place in the metrics of its own. */
export type NoteOne = (
  request: FastifyRequest,
  query: Query,
  ask: (onSent: () => void) => Promise<Given>,
) => Promise<Given>

/** Gives a question of a request that could not be read its log line and its place in the metrics. */
export type NoteRefused = (request: FastifyRequest, error: ServiceError) => void

/** Counts a question that was answered before the framework saw it, by its route's path. `began`: ms of `performance.now()`. */
export type CountHit = (request: IncomingMessage, path: string, about: About | null, began: number) => void

/** What metrics and traces are told of requests that ask questions. */
export type Observing = {
  readonly onRequest: onRequestHookHandler
  readonly onEnd: (request: FastifyRequest, reply: FastifyReply) => void
  readonly noteOne: NoteOne
  readonly noteRefused: NoteRefused
  readonly countHit: CountHit
}

/** Tells metrics, and traces where there are any, how questions end. */
export const observeQuestions = (metrics: Metrics, tracing: Tracing | null): Observing => ({
  onRequest(request, _reply, done) {
    const { url = '', config } = request.routeOptions
    if (tracing !== null && config.questions !== undefined) {
      request.outcome.span = tracing.begin(`${request.method} ${url}`, request.headers, Date.now())
    }
    done()
  },

  onEnd(request, reply) {
    const { error, answer, noted, question, span, upstreamCalls, lookedUp } = request.outcome
    const { questions } = request.routeOptions.config
    const outcome = outcomeOf(error, !reply.raw.writableFinished)
    // Of an explanation that asked nothing there is neither an answer nor an error: it is no question that has ended.
    const isOne = questions === 'one' && (answer !== null || outcome !== 'ok')
    // Who may not ask, or asks what cannot be read, has asked one question.
    if (isOne || (questions === 'several' && noted === 0 && outcome !== 'ok')) {
      const { cache = null, price = null } = outcome === 'ok' ? (answer ?? {}) : {}
      metrics.question({ outcome, cache, price, lookedUp, seconds: reply.elapsedTime / 1000 })
    }
    span?.end({
      status: reply.raw.headersSent ? reply.statusCode : null,
      outcome,
      datasource: textOf(question?.datasource),
      type: textOf(question?.type),
      cache: answer?.cache ?? null,
      price: answer?.price ?? null,
      upstreamCalls: upstreamCalls ?? 0,
    })
  },

  async noteOne(request, query, ask) {
    const began = performance.now()
    const { outcome, log } = request
    outcome.noted += 1
    logWhole(request, query)
    let sent = 0
    const about = { principal: outcome.principal, question: outlineOf(query) }
    try {
      const given = await ask(() => {
        sent += 1
      })
      const { cache, price, upstreamCalls } = given
      const ms = performance.now() - began
      metrics.question({ outcome: 'ok', cache, price, lookedUp: true, seconds: ms / 1000 })
      log.info({ ...about, upstreamCalls, cache, price, rows: given.about?.rows, ms: Math.round(ms) }, 'question')
      return given
    } catch (error) {
      const ms = performance.now() - began
      const how = outcomeOf(toServiceError(error), request.raw.socket.destroyed)
      metrics.question({ outcome: how, cache: null, price: null, lookedUp: true, seconds: ms / 1000 })
      const ended = how === 'aborted' ? { aborted: true } : { code: how }
      log.info({ ...about, upstreamCalls: sent, ms: Math.round(ms), ...ended }, 'question')
      throw error
    }
  },

  noteRefused({ outcome, log }, { code }) {
    outcome.noted += 1
    metrics.question({ outcome: code, cache: null, price: null, lookedUp: false, seconds: 0 })
    log.info({ principal: outcome.principal, upstreamCalls: 0, ms: 0, code }, 'question')
  },

  countHit(request, path, about, began) {
    const ms = performance.now() - began
    metrics.hit(ms / 1000)
    tracing?.begin(`POST ${path}`, request.headers, Date.now() - ms).end({
      status: 200,
      outcome: 'ok',
      datasource: textOf(about?.question.datasource),
      type: textOf(about?.question.type),
      cache: 'hit',
      price: null,
      upstreamCalls: 0,
    })
  },
})

const outcomeOf = (error: ServiceError | null, aborted: boolean): Ended['outcome'] =>
  aborted ? 'aborted' : (error?.code ?? 'ok')

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
