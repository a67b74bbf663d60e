import { type TSchema, Type } from '@sinclair/typebox'
import { AGGREGATION_TYPES, DATASOURCES, OPERATORS } from '../catalog/vocabulary.js'
import { INTERVAL_UNITS } from './interval.js'
import { LIMITS } from './limits.js'
import { QUESTION_TYPES } from './query.js'

const closed = { additionalProperties: false }

const oneOf = (words: readonly string[], description: string): TSchema =>
  Type.Unsafe<string>({ type: 'string', enum: [...words], description })

const timestamp = (description: string): TSchema =>
  Type.String({ format: 'date-time', description, examples: ['2026-04-21T00:00:00.000Z'] })

const scalar = Type.Union([Type.String({ maxLength: LIMITS.valueLength }), Type.Number(), Type.Boolean()])

const filterValue = Type.Union([scalar, Type.Array(scalar, { minItems: 1, maxItems: LIMITS.valuesPerFilter })], {
  description:
    'One value, or an array for IN, NOT_IN, ARRAY_HAS_ANY, ARRAY_HAS_NONE and BETWEEN (two numbers, both included); true or false for IS_NULL.',
  examples: [['gpt-4o', 'gpt-4o-mini'], true, 500],
})

const operator = oneOf(OPERATORS, 'Which of them a field takes is in the catalogue.')

const fieldFilter = Type.Object(
  {
    fieldName: Type.String({ description: 'A field of the datasource, or metadata.<key>.', examples: ['modelName'] }),
    operator,
    value: filterValue,
  },
  closed,
)

const metadataFilter = Type.Object(
  {
    metadataKey: Type.String({
      minLength: 1,
      maxLength: LIMITS.metadataKeyLength,
      description: "A key of the caller's own request metadata.",
      examples: ['environment'],
    }),
    operator,
    value: filterValue,
  },
  closed,
)

const aggregation = Type.Object(
  {
    type: oneOf(AGGREGATION_TYPES, 'Text columns take count and countDistinct alone.'),
    column: Type.String({ description: 'A column or a field of the datasource.', examples: ['inputTokens'] }),
  },
  closed,
)

/**
 * The body of a question as JSON Schema, for documentation. It is looser than `parseQuery`, which knows what each field
 * takes; bodies are parsed by `parseQuery` alone, so that every fault is reported.
 */
export const QueryBody = Type.Object(
  {
    startTs: timestamp('Start of the window, included. RFC 3339 with an offset.'),
    endTs: timestamp('End of the window, excluded. RFC 3339 with an offset.'),
    datasource: oneOf(DATASOURCES, 'What is asked about.'),
    type: oneOf(QUESTION_TYPES, 'distribution: one row a group. timeseries: one row a bucket and group.'),
    aggregations: Type.Optional(
      Type.Array(aggregation, {
        maxItems: LIMITS.aggregations,
        description: 'What to compute in each row; every row has total, the number of requests.',
      }),
    ),
    groupBy: Type.Optional(
      Type.Array(Type.String({ examples: ['modelName', 'metadata.environment'] }), {
        maxItems: LIMITS.groupBy,
        description: 'Fields of the datasource, or metadata.<key>.',
      }),
    ),
    filters: Type.Optional(
      Type.Array(Type.Union([fieldFilter, metadataFilter]), {
        maxItems: LIMITS.filters,
        description: 'All must hold.',
      }),
    ),
    interval: Type.Optional(
      Type.String({
        description: `Bucket size of a timeseries: one positive integer, a space, one of ${INTERVAL_UNITS.join(', ')} (a trailing s is allowed). At most ${LIMITS.buckets} buckets.`,
        examples: ['5 minutes', '1 hour', '1 day'],
      }),
    ),
    intervalInSeconds: Type.Optional(
      Type.Integer({ minimum: 1, deprecated: true, description: 'Older form of interval, which wins.' }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.rows,
        description: 'The top groups alone, ranked by total over the whole window. Extension; needs groupBy.',
      }),
    ),
    timeZone: Type.Optional(
      Type.String({
        default: 'UTC',
        description: 'IANA time zone whose wall clock the buckets follow. Extension.',
        examples: ['Europe/Berlin'],
      }),
    ),
  },
  closed,
)
