import { exampleQuestion } from '../src/http/question-examples.js'

/** A settled day before the instant at which the benchmark plans. */
export const DAY = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' } as const
export const NOW = Date.parse('2026-06-10T12:34:56.789Z')

/** The least question: all requests of the day, counted. */
export const LEAST = { ...DAY, datasource: 'modelMetrics', type: 'distribution' } as const

/** The published example: five aggregations by model. */
export const EXAMPLE = exampleQuestion(DAY)

const where = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value })

/** Three dimensions, ten filters of every kind. */
export const HARD = {
  ...DAY,
  datasource: 'modelMetrics',
  type: 'distribution',
  groupBy: ['modelName', 'team', 'metadata.env'],
  aggregations: [
    { type: 'sum', column: 'inputTokens' },
    { type: 'sum', column: 'costInUSD' },
    { type: 'count', column: 'userEmail' },
  ],
  filters: [
    where('modelName', 'STRING_CONTAINS', 'gpt'),
    where('team', 'ARRAY_HAS_NONE', ['finance', 'legal']),
    where('metadata.env', 'IN', ['production', 'staging']),
    where('httpStatusCode', 'LESS_THAN', 500),
    where('providerAccountType', 'NOT_IN', ['bedrock', 'cohere']),
    where('virtualAccount', 'STRING_STARTS_WITH', '7d1f'),
    where('virtualModelName', 'STRING_NOT_CONTAINS', 'test'),
    where('inputTokens', 'BETWEEN', [10, 100_000]),
    where('costInUSD', 'LESS_THAN', 5),
    where('userEmail', 'STRING_ENDS_WITH', '@example.com'),
  ],
} as const

/** The same dimensions over time: every hour of the day. */
export const HARD_SERIES = { ...HARD, type: 'timeseries', interval: '1 hour' } as const
