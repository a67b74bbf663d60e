import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { Catalog } from '../catalog/catalog.js'
import type { Config } from '../config.js'
import { describe } from './answer-headers.js'
import type { Answering } from './answering.js'
import { patienceOf, principalOf, watching } from './caller.js'
import { noteAnswer, noteQuestion } from './noting.js'
import { pointsOf } from './points.js'
import { wantsFresh } from './refresh.js'
import { valuesDocs } from './values-docs.js'
import { asParameterFault, parseValues, type ValuesQuery } from './values-query.js'

/** One value of a field, and how many rows have it. */
export type FieldValue = { readonly value: unknown; readonly total: unknown }

/** What the route works with beside the settings. */
export type ValuesParts = {
  /** What can be asked. */
  readonly catalog: Catalog
  readonly answering: Answering
  /** Lets known callers in. */
  readonly admit: onRequestHookHandler
  /** Epoch ms. */
  readonly now: () => number
}

/** Adds the route that lists a field's values, for pickers: a question like any other, so cached and refused like any other. */
export const addValuesRoute = (
  app: FastifyInstance,
  config: Config,
  { catalog, answering, admit, now }: ValuesParts,
) => {
  app.get('/v1/metrics/values', {
    schema: valuesDocs,
    config: { questions: 'one' },
    onRequest: admit,
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const asked = parseValues(request.query, catalog, now(), config.maxRows)
      noteQuestion(request, asked.query)
      request.outcome.lookedUp = true
      const given = await answering
        .ask(
          {
            principal,
            query: asked.query,
            bytes: null,
            refresh: wantsFresh(request.headers),
            ...watching(request),
          },
          patienceOf(config, reply),
        )
        .catch((error: unknown) => {
          throw asParameterFault(error)
        })
      noteAnswer(request, given)
      describe(reply, given, now())
      return { data: pick(JSON.parse(given.body.toString()), asked) }
    },
  })
}

/** The values that hold the searched text, the most frequent first. Pure; an answer that is none has no values. */
export const pick = (
  answer: unknown,
  { key, search, limit }: Pick<ValuesQuery, 'key' | 'search' | 'limit'>,
): readonly FieldValue[] => {
  const values = pointsOf(answer).map((point) => {
    const fields = new Map<string, unknown>(Object.entries(point))
    return { value: fields.get(key) ?? null, total: fields.get('total') ?? 0 }
  })
  const found = search === null ? values : values.filter(({ value }) => holds(value, search))
  return found.slice(0, limit)
}

/** Without regard to letter case; null holds no text. */
const holds = (value: unknown, search: string): boolean => value !== null && fold(String(value)).includes(fold(search))

const fold = (text: string): string => text.normalize('NFC').toLowerCase()
