import { Type } from '@sinclair/typebox'
import { QueryBody } from '../query/schema.js'
import { answerHeaders, settledHeader } from './answer-docs.js'
import { commonHeaders, errorResponses } from './error-docs.js'
import { analyzeFields, explainFields, explainParameters } from './explain-docs.js'
import { QUESTION_EXAMPLES } from './question-examples.js'

const dataPoint = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'Group values under their fields’ names, `total`, each aggregation under its type and column (`sumInputTokens`), and on a timeseries `startTimestamp` and `endTimestamp`.',
})

const data = Type.Object({ dataPoints: Type.Array(dataPoint) })
const strict = { additionalProperties: false }

const answer = {
  description: 'The rows; with `explain`, how they are had.',
  headers: {
    ...commonHeaders,
    ...answerHeaders,
    ...settledHeader,
    vary: { type: 'string', description: 'The answer differs by `accept` and `accept-encoding`.' },
  },
  content: {
    'application/json': {
      schema: Type.Union([
        Type.Object({ data }, { ...strict, description: 'The answer.' }),
        Type.Object(explainFields, { ...strict, description: 'With `explain=true`.' }),
        Type.Object(
          { data, ...explainFields, ...analyzeFields },
          { ...strict, description: 'With `explain=analyze`.' },
        ),
      ]),
    },
    'text/csv': {
      schema: Type.String({
        description:
          'With `accept: text/csv`, unless it is explained: RFC 4180. The first line names the columns, the keys of a row in JSON, also where there are no rows. Null is an empty field, an empty text `""`.',
      }),
    },
  },
}

/** The question route as the documents show it. Nothing here checks a request: `parseQuery` does, and reports every fault. */
export const questionDocs = {
  tags: ['questions'],
  summary: 'Ask a metrics question',
  security: [{ token: [] }, { portkeyKey: [] }],
  querystring: explainParameters,
  headers: Type.Object({
    accept: Type.Optional(
      Type.String({
        description: '`text/csv`: the rows as CSV, where it is preferred to JSON by its `q`. Errors are JSON always.',
      }),
    ),
    'cache-control': Type.Optional(
      Type.String({ description: '`no-cache`: nothing held is good enough, every part is asked of Portkey afresh.' }),
    ),
  }),
  body: { content: { 'application/json': { schema: { ...QueryBody, 'x-examples': QUESTION_EXAMPLES } } } },
  response: { 200: answer, ...errorResponses() },
}
