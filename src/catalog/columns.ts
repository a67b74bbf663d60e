import { column, flags, measure, perRequest } from './rows.js'
import type { ColumnEntry } from './types.js'

const ONLY_TOTALS = 'Portkey reports this quantity as a total and an average, not as single values.'
const SUM_OR_AVG = 'Ask for sum or avg.'

/** Portkey counts cost in US cents. */
export const costInUSD: ColumnEntry = column({
  name: 'costInUSD',
  unit: 'USD',
  formulas: { count: measure('requests'), sum: measure('costCents', 100), avg: perRequest('costCents', 100) },
  why: ONLY_TOTALS,
  instead: SUM_OR_AVG,
})

/** Tokens of the prompt. */
export const inputTokens: ColumnEntry = column({
  name: 'inputTokens',
  unit: 'tokens',
  formulas: { count: measure('requests'), sum: measure('inputTokens'), avg: perRequest('inputTokens') },
  why: ONLY_TOTALS,
  instead: SUM_OR_AVG,
})

/** Tokens of the completion. */
export const outputTokens: ColumnEntry = column({
  name: 'outputTokens',
  unit: 'tokens',
  formulas: { count: measure('requests'), sum: measure('outputTokens'), avg: perRequest('outputTokens') },
  why: ONLY_TOTALS,
  instead: SUM_OR_AVG,
})

/** Tokens of prompt and completion, as Portkey adds them up; not in the language. */
export const totalTokens: ColumnEntry = column({
  name: 'totalTokens',
  unit: 'tokens',
  extension: true,
  aggregations: [],
  extensionAggregations: [...inputTokens.aggregations, ...inputTokens.extensionAggregations],
  formulas: { count: measure('requests'), sum: measure('totalTokens'), avg: perRequest('totalTokens') },
  why: ONLY_TOTALS,
  instead: SUM_OR_AVG,
})

/** Time of whole responses; failed requests have one too. */
export const latencyMs: ColumnEntry = column({
  name: 'latencyMs',
  unit: 'ms',
  formulas: {
    count: measure('requests'),
    sum: measure('latencySum'),
    avg: measure('latencyAvg'),
    p50: measure('latencyP50'),
    p90: measure('latencyP90'),
    p95: measure('latencyP95'),
    p99: measure('latencyP99'),
  },
  why: 'Of latency Portkey reports the average and the percentiles 50, 90, 95 and 99 alone.',
  instead: 'Ask for avg, p50, p90, p95 or p99.',
})

/** Share of requests that ended in a status of 400 or more, 0–1. */
export const errorRate: ColumnEntry = column({
  name: 'errorRate',
  unit: 'ratio',
  extension: true,
  aggregations: [],
  extensionAggregations: ['avg'],
  formulas: { avg: perRequest('errors') },
  why: 'A rate has an average alone.',
  instead: 'Ask for avg.',
})

/** Share of requests that the gateway's cache answered, 0–1. */
export const cacheHitRate: ColumnEntry = column({
  name: 'cacheHitRate',
  unit: 'ratio',
  extension: true,
  aggregations: [],
  extensionAggregations: ['avg'],
  formulas: { avg: perRequest('hits') },
  why: 'A rate has an average alone.',
  instead: 'Ask for avg.',
})

const COUNTED = {
  unit: 'count',
  extension: true,
  why: 'Portkey counts these requests.',
  instead: 'Ask for sum or avg.',
} as const
/** Requests that somebody judged. */
export const feedbackCount: ColumnEntry = column({ name: 'feedbackCount', ...COUNTED, ...flags('feedbackCount') })
/** Requests that a retry rescued. */
export const rescuedByRetry: ColumnEntry = column({ name: 'rescuedByRetry', ...COUNTED, ...flags('rescuedByRetry') })
/** Requests that a fallback rescued. */
export const rescuedByFallback: ColumnEntry = column({
  name: 'rescuedByFallback',
  ...COUNTED,
  ...flags('rescuedByFallback'),
})

/** Mean of score × weight over the requests that have feedback; null where none has. */
export const weightedFeedback: ColumnEntry = column({
  name: 'weightedFeedback',
  unit: 'score',
  extension: true,
  aggregations: [],
  extensionAggregations: ['avg'],
  formulas: { avg: { kind: 'where', measure: 'feedbackAvg', over: 'feedbackCount' } },
  why: 'Of weighted feedback Portkey reports the average alone.',
  instead: 'Ask for avg, or group by feedbackScore.',
})

/** Requests that name a user over the users they name; null where none does. */
export const requestsPerUser: ColumnEntry = column({
  name: 'requestsPerUser',
  unit: 'count',
  extension: true,
  aggregations: [],
  extensionAggregations: ['avg'],
  formulas: { avg: { kind: 'measure', measure: 'requestsPerUser', divideBy: 1, zeroIsNull: true } },
  why: 'It is an average by itself.',
  instead: 'Ask for avg, or group by userEmail.',
})

const NO_STREAM_TIMES = {
  unit: 'ms',
  why: 'Portkey measures whole responses; it keeps no times of single tokens.',
  instead: 'Ask for avg, p50, p90, p95 or p99 of latencyMs.',
} as const
/** In the language alone: a 422, whatever the aggregation. */
export const timeToFirstTokenMs: ColumnEntry = column({ name: 'timeToFirstTokenMs', ...NO_STREAM_TIMES })
/** In the language alone: a 422, whatever the aggregation. */
export const interTokenLatencyMs: ColumnEntry = column({ name: 'interTokenLatencyMs', ...NO_STREAM_TIMES })
/** In the language alone: a 422, whatever the aggregation. */
export const timePerOutputTokenLatencyMs: ColumnEntry = column({
  name: 'timePerOutputTokenLatencyMs',
  ...NO_STREAM_TIMES,
})
