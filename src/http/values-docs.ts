import { Type } from '@sinclair/typebox'
import { DATASOURCES } from '../catalog/vocabulary.js'
import { answerHeaders, settledHeader } from './answer-docs.js'
import { commonHeaders, errorResponses } from './error-docs.js'
import { VALUES_LIMIT } from './values-query.js'

const stamp = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

/** The route of values as the documents show it. `parseValues` checks, and reports every fault. */
export const valuesDocs = {
  tags: ['questions'],
  summary: 'List a field’s values',
  description:
    'For pickers: the values of a field over a window, the most frequent first. Answered as the distribution grouped by the field would be, with its cache, its errors and its headers.',
  security: [{ token: [] }, { portkeyKey: [] }],
  querystring: Type.Object({
    datasource: Type.String({ enum: [...DATASOURCES] }),
    field: Type.String({ description: 'Something to group by, or metadata.<key>.', examples: ['modelName'] }),
    startTs: stamp('Start of the window, included; a day before its end when left out.'),
    endTs: stamp('End of the window, excluded; the end of the running minute when left out.'),
    search: Type.Optional(Type.String({ description: 'A text that the values hold, in any letter case.' })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: VALUES_LIMIT.most,
        default: VALUES_LIMIT.usual,
        description: 'Most values.',
      }),
    ),
  }),
  response: {
    200: {
      description: 'The values.',
      headers: { ...commonHeaders, ...answerHeaders, ...settledHeader },
      content: {
        'application/json': {
          schema: Type.Object({
            data: Type.Array(
              Type.Object({
                value: Type.Unknown({ description: 'As rows of answers have it; null: rows without one.' }),
                total: Type.Integer({ description: 'Rows with this value.' }),
              }),
            ),
          }),
        },
      },
    },
    ...errorResponses(),
  },
}
