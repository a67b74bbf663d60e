import { Type } from '@sinclair/typebox'
import { QueryBody } from '../query/schema.js'
import { commonHeaders, errorResponses } from './error-docs.js'
import { analyzeFields, explainFields, explainParameters } from './explain-docs.js'
import { QUESTION_EXAMPLES } from './question-examples.js'

const dataPoint = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'Group values under their fields’ names, `total`, each aggregation under its type and column (`sumInputTokens`), and on a timeseries `startTimestamp` and `endTimestamp`.',
})

const text = (description: string) => ({ type: 'string', description })

const data = Type.Object({ dataPoints: Type.Array(dataPoint) })
const strict = { additionalProperties: false }

const answer = {
  description: 'The rows; with `explain`, how they are had.',
  headers: {
    ...commonHeaders,
    'x-upstream-calls': {
      type: 'integer',
      description: 'Requests sent to Portkey for this question, retries included.',
    },
    'x-cache': {
      type: 'string',
      enum: ['hit', 'partial', 'miss', 'stale'],
      description:
        '`hit`: no upstream call was needed. `partial`: some parts were held. `miss`: none was. `stale`: expired parts stand in, as the upstream failed.',
    },
    warning: text('`110 - "Response is Stale"`, where `x-cache` is `stale`.'),
    age: { type: 'integer', description: 'Seconds since the oldest part was fetched.' },
    'x-settled-until': text('Data before this instant (ISO 8601) does not change any more.'),
    'server-timing': text('Milliseconds spent to plan, to ask upstream and to shape the rows.'),
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
  },
}

/** The question route as the documents show it. Nothing here checks a request: `parseQuery` does, and reports every fault. */
export const questionDocs = {
  tags: ['questions'],
  summary: 'Ask a metrics question',
  security: [{ token: [] }, { portkeyKey: [] }],
  querystring: explainParameters,
  headers: Type.Object({
    'cache-control': Type.Optional(
      Type.String({ description: '`no-cache`: nothing held is good enough, every part is asked of Portkey afresh.' }),
    ),
  }),
  body: { content: { 'application/json': { schema: { ...QueryBody, 'x-examples': QUESTION_EXAMPLES } } } },
  response: { 200: answer, ...errorResponses() },
}
