import type { FastifyRequest } from 'fastify'
import { outlineOf } from '../query/outline.js'
import type { Query } from '../query/query.js'
import type { Given } from './answering.js'

/** Notes what a request asks: its outline for the log, and at the level `debug` the question as a whole in a line of its own. */
export const noteQuestion = (request: FastifyRequest, query: Query): void => {
  request.outcome.question = outlineOf(query)
  logWhole(request, query)
}

/** Notes what a request is answered. */
export const noteAnswer = (
  { outcome }: FastifyRequest,
  { about, cache, price, upstreamCalls }: Pick<Given, 'about' | 'cache' | 'price' | 'upstreamCalls'>,
): void => {
  outcome.upstreamCalls = upstreamCalls
  if (about === null) return
  outcome.question = about.question
  outcome.answer = { cache, price, rows: about.rows }
}

/** Logs a question with all its values, where `debug` is logged: values of metadata may say who somebody is. */
export const logWhole = ({ log }: FastifyRequest, query: Query): void => {
  log.debug({ query }, 'question in full')
}
