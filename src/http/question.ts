import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Catalog } from '../catalog/catalog.js'
import type { Config } from '../config.js'
import type { Engine, ExplainMode } from '../engine.js'
import { parseQuery } from '../query/parse.js'
import { moved, placesIn } from '../query/places.js'
import { aboutOf } from './about.js'
import { formatOf } from './accept.js'
import { ANSWER_VARIES, addVary, describe, heldHeaderList } from './answer-headers.js'
import type { Answering } from './answering.js'
import { bodyBytes, createJsonReader } from './body.js'
import { patienceOf, principalOf, watching } from './caller.js'
import { explainBody, explainMode } from './explain.js'
import { noteAnswer, noteQuestion } from './noting.js'
import { questionDocs } from './question-docs.js'
import { wantsFresh } from './refresh.js'
import { compressedBody } from './sending.js'

/** The route of the query language, and a shorter name for it. */
export const QUESTION_PATHS = ['/api/svc/v1/llm-gateway/metrics/query', '/v1/metrics/query'] as const

/** What the question routes work with beside the settings. */
export type QuestionParts = {
  /** What can be asked. */
  readonly catalog: Catalog
  readonly engine: Engine
  readonly answering: Answering
  /** Lets known callers in. */
  readonly admit: onRequestHookHandler
  /** Epoch ms. */
  readonly now: () => number
}

/** Finished replies may take this part of `CACHE_MAX_MB`. */
export const REPLIES_PART = 1 / 4

/** Adds the question routes, open to whom `admit` lets in. */
export const addQuestionRoutes = (
  app: FastifyInstance,
  config: Config,
  { catalog, engine, answering, admit, now }: QuestionParts,
): void => {
  const readJson = createJsonReader(app)
  const answer = async (request: FastifyRequest, reply: FastifyReply, bytes: Buffer, mode: ExplainMode | null) => {
    const body = readJson(request, bytes)
    const query = parseQuery(body, catalog)
    const atItsPlace = (error: unknown): never => {
      throw moved(error, placesIn(body, query, catalog))
    }
    noteQuestion(request, query)
    const principal = principalOf(request)
    const refresh = wantsFresh(request.headers)
    const watch = watching(request)
    const patience = patienceOf(config, reply)
    if (mode === null) {
      const format = formatOf(request.headers.accept)
      request.outcome.lookedUp = true
      const asked = { principal, query, bytes, format, refresh, ...watch }
      const given = await answering.ask(asked, patience).catch(atItsPlace)
      noteAnswer(request, given)
      describe(reply, given, now())
      addVary(reply, ANSWER_VARIES)
      return compressedBody(request, reply, given.body, answering.compressed)
    }
    const explanation = await patience((waiter) =>
      answering.withinBound(principal.share, () =>
        engine.explain(query, principal, mode, { ...waiter, refresh, ...watch }),
      ),
    ).catch(atItsPlace)
    const given = explanation.analyzed?.reply ?? null
    request.outcome.upstreamCalls = given?.upstreamCalls ?? 0
    if (given !== null) noteAnswer(request, { ...given, about: aboutOf(query, given) })
    reply.type('application/json; charset=utf-8')
    if (given === null) reply.header('x-upstream-calls', '0')
    else describe(reply, given, now())
    return explainBody(explanation)
  }

  for (const url of QUESTION_PATHS) {
    app.post(url, {
      schema: questionDocs,
      config: { questions: 'one' },
      onRequest: admit,
      // Not async: what is held is sent without waiting for anything.
      handler: (request, reply) => {
        const mode = explainMode(request.query)
        const bytes = bodyBytes(request.body)
        const held =
          mode === null && !wantsFresh(request.headers)
            ? answering.held(principalOf(request), bytes, formatOf(request.headers.accept))
            : undefined
        if (held === undefined) return answer(request, reply, bytes, mode)
        request.outcome.lookedUp = true
        noteAnswer(request, { ...held, cache: 'hit', price: null, upstreamCalls: 0 })
        const list = heldHeaderList(held, now())
        for (let at = 0; at < list.length; at += 2) reply.header(list[at] ?? '', list[at + 1])
        addVary(reply, ANSWER_VARIES)
        const body = compressedBody(request, reply, held.body, answering.compressed)
        if (!Buffer.isBuffer(body)) return body
        reply.send(body)
      },
    })
  }
}
