import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Catalog } from '../catalog/catalog.js'
import type { DatasourceEntry } from '../catalog/types.js'
import type { Config } from '../config.js'
import type { Engine, Principal } from '../engine.js'
import { ServiceError } from '../errors.js'
import { metricNames, metricsOf } from '../grafana/metrics.js'
import { answerOptions } from '../grafana/options.js'
import { answerQuery, type Desk, type Rows } from '../grafana/query.js'
import { fieldsOf } from '../grafana/record.js'
import { answerTagKeys, answerTagValues } from '../grafana/tags.js'
import { answerVariable } from '../grafana/variable.js'
import type { Query } from '../query/query.js'
import { describe } from './answer-headers.js'
import type { Answering, Given } from './answering.js'
import { bodyBytes, createJsonReader } from './body.js'
import { patienceOf, principalOf, watching } from './caller.js'
import { allGiven } from './given.js'
import { grafanaDocs } from './grafana-docs.js'
import type { NoteOne, NoteRefused } from './observing.js'
import { pointsOf } from './points.js'
import type { RateLimit } from './rate-limit.js'
import { wantsFresh } from './refresh.js'

/** What the routes work with beside the settings. */
export type GrafanaParts = {
  /** What can be asked. */
  readonly catalog: Catalog
  readonly engine: Engine
  readonly answering: Answering
  /** Lets known callers in. */
  readonly admit: onRequestHookHandler
  readonly noteOne: NoteOne
  readonly noteRefused: NoteRefused
  /** Counts the questions of a request after its first, which the request itself was. */
  readonly rateLimit: RateLimit
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * Adds what the JSON data source of Grafana (simpod-json-datasource) asks for, under `/grafana`. Questions go the way of all questions: one
 * cache, one set of flights, the same errors and headers.
 */
export const addGrafanaRoutes = (
  app: FastifyInstance,
  config: Config,
  { catalog, engine, answering, admit, noteOne, noteRefused, rateLimit, now }: GrafanaParts,
): void => {
  const readJson = createJsonReader(app)
  const onRequest = admit

  /** Does the work of a route that may ask questions, and says in headers what they took, all in all. */
  const asking =
    (work: (body: unknown, desk: Desk) => Promise<unknown>) => async (request: FastifyRequest, reply: FastifyReply) => {
      const given: Given[] = []
      const patience = patienceOf(config, reply)
      let isFirst = true
      const ask = async (query: Query): Promise<Rows> => {
        const answer = await noteOne(request, query, async (onSent) => {
          if (!isFirst) rateLimit.enforce(principalOf(request))
          isFirst = false
          const { onEnded, ...watch } = watching(request)
          const told = () => {
            watch.onSent()
            onSent()
          }
          return answering.ask(
            {
              principal: principalOf(request),
              query,
              bytes: null,
              refresh: wantsFresh(request.headers),
              onSent: told,
              onEnded,
            },
            patience,
          )
        })
        given.push(answer)
        const staleSeconds = answer.cache === 'stale' ? Math.round((now() - (answer.oldestAt ?? now())) / 1000) : null
        return { rows: pointsOf(JSON.parse(answer.body.toString())), staleSeconds }
      }
      // By what is learnt so far; nothing is asked upstream.
      const price = async (query: Query): Promise<number | null> => {
        try {
          const options = { signal: new AbortController().signal }
          return (await engine.explain(query, principalOf(request), 'plan', options)).estimatedCalls
        } catch (error) {
          if (error instanceof ServiceError) return null
          throw error
        }
      }
      const onRefused = (error: ServiceError) => noteRefused(request, error)
      const desk = { ask, price, onRefused, catalog, now: now(), maxRows: config.maxRows }
      const answered = await work(bodyOf(request), desk)
      // Calls of questions that failed count too: the log counts every one as it is sent.
      const upstreamCalls = request.outcome.upstreamCalls ?? 0
      describe(reply, { ...allGiven(given, now()), upstreamCalls }, now())
      return answered
    }

  const bodyOf = (request: FastifyRequest): unknown => {
    const { body } = request
    // A plugin that has nothing to say sends no body at all.
    if (body === undefined || body === null || (Buffer.isBuffer(body) && body.length === 0)) return {}
    const read = readJson(request, bodyBytes(body))
    if (fieldsOf(read) === null) throw new ServiceError('VALIDATION_FAILED', 'The body is a JSON object.')
    return read
  }

  /** A route whose answer depends on who asks alone, as long as what is sent can be read. */
  const always = (answer: (open: readonly DatasourceEntry[]) => unknown) => (request: FastifyRequest) => {
    bodyOf(request)
    return answer(openTo(principalOf(request), catalog))
  }

  for (const url of ['/grafana', '/grafana/']) {
    app.get(url, { schema: grafanaDocs.test, onRequest, handler: () => ({ status: 'ok' }) })
  }
  app.post('/grafana/metrics', { schema: grafanaDocs.metrics, onRequest, handler: always(metricsOf) })
  app.post('/grafana/search', { schema: grafanaDocs.search, onRequest, handler: always(metricNames) })
  // Portkey has no events that could be marked in a chart.
  app.post('/grafana/annotations', { schema: grafanaDocs.annotations, onRequest, handler: always(() => []) })
  app.post('/grafana/tag-keys', {
    schema: grafanaDocs.tagKeys,
    onRequest,
    handler: (request) => answerTagKeys(bodyOf(request), catalog),
  })
  const several = { questions: 'several' } as const
  app.post('/grafana/query', { schema: grafanaDocs.query, config: several, onRequest, handler: asking(answerQuery) })
  app.post('/grafana/variable', {
    schema: grafanaDocs.variable,
    config: several,
    onRequest,
    handler: asking(answerVariable),
  })
  app.post('/grafana/tag-values', {
    schema: grafanaDocs.tagValues,
    config: several,
    onRequest,
    handler: asking(answerTagValues),
  })
  app.post('/grafana/metric-payload-options', {
    schema: grafanaDocs.options,
    config: several,
    onRequest,
    handler: asking(answerOptions),
  })
}

/** The datasources that somebody may ask about. */
const openTo = ({ restriction }: Principal, catalog: Catalog): readonly DatasourceEntry[] =>
  Object.values(catalog).filter(({ name }) => restriction === null || restriction.has(name))
