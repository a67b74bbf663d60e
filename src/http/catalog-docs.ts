import { Type } from '@sinclair/typebox'
import { commonHeaders, errorResponses } from './error-docs.js'

const text = (description: string) => Type.String({ description })
const texts = (description: string) => Type.Array(Type.String(), { description })
const refusal = { code: Type.String(), message: Type.String() }
const refusals = (description: string) =>
  Type.Array(Type.Object({ uses: texts('`groupBy`, operators, aggregations.'), ...refusal }), { description })

const judged = {
  extensions: texts('Uses that this service adds to the language.'),
  refused: refusals('What Portkey cannot answer on any deployment, with the error that a question gets.'),
  ruledOut: refusals(
    'What this deployment was seen to lack the means for, and others have. Empty until that is learnt.',
  ),
}

const uses = {
  groupable: Type.Boolean(),
  filterable: Type.Boolean(),
  operators: texts('What it can be filtered by.'),
  aggregations: texts('What it can be aggregated to.'),
}

const field = Type.Object({
  name: text('As the language spells it first.'),
  otherNames: texts('Understood in every place.'),
  type: Type.String({ enum: ['string', 'number', 'boolean', 'array'] }),
  responseKey: text('Its key in rows.'),
  extension: Type.Boolean({ description: 'It is this service’s own.' }),
  from: Type.Union([Type.String(), Type.Null()], { description: 'Portkey’s name of it; null: it has none.' }),
  values: Type.Optional(Type.Array(Type.Unknown(), { description: 'A closed set.' })),
  ...uses,
  ...judged,
})

const column = Type.Object({
  name: Type.String(),
  otherNames: Type.Array(Type.String()),
  unit: Type.String(),
  extension: Type.Boolean(),
  aggregations: uses.aggregations,
  conditions: Type.Array(Type.Object({ uses: texts('Aggregations.'), message: Type.String() }), {
    description: 'Aggregations that hang on the data of the window, and on what.',
  }),
  ...judged,
})

const example = Type.Object({
  summary: Type.String(),
  body: Type.Object({}, { description: 'To be sent as it is.' }),
  refused: Type.Union([Type.Object(refusal), Type.Null()], { description: 'What it gets here; null: an answer.' }),
})

const data = Type.Object({
  window: Type.Object({ startTs: Type.String(), endTs: Type.String() }, { description: 'Of the examples.' }),
  intervals: Type.Object({ form: Type.String(), units: texts('Smallest first.'), examples: Type.Array(Type.String()) }),
  limits: Type.Object({}, { description: 'The most of everything that a question and a reply may hold.' }),
  extensions: Type.Object({}, { description: 'What a question may carry beyond the language.' }),
  datasources: Type.Array(
    Type.Object({
      name: Type.String(),
      rows: text('Which requests are its rows.'),
      fields: Type.Array(field),
      columns: Type.Array(column),
      metadata: Type.Object(
        { name: Type.String(), ...uses, ...judged },
        { description: 'Any key of the request metadata.' },
      ),
      examples: Type.Array(example),
    }),
  ),
})

/** The route of the catalogue as the documents show it. */
export const catalogDocs = {
  tags: ['questions'],
  summary: 'What can be asked here?',
  description: 'Nothing is asked of Portkey: what is said of this deployment is what questions have shown so far.',
  security: [{ token: [] }, { portkeyKey: [] }],
  response: {
    200: {
      description: 'The catalogue.',
      headers: { ...commonHeaders, 'x-upstream-calls': { type: 'integer', description: '0.' } },
      content: { 'application/json': { schema: Type.Object({ data }) } },
    },
    ...errorResponses(['VALIDATION_FAILED', 'UNAUTHENTICATED', 'INTERNAL', 'SHUTTING_DOWN']),
  },
}
