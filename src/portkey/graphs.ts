import type { Endpoint, GraphName } from './call.js'
import { type FieldSpec, optional, required } from './fields.js'

/** How a graph decodes: a series over time, or rows by a value, although it is called a graph. */
export type GraphShape =
  | {
      readonly kind: 'series'
      readonly point: readonly FieldSpec[]
      readonly summary: readonly FieldSpec[]
      readonly breakdown: Breakdown | null
    }
  | { readonly kind: 'rows'; readonly dimension: readonly [string, ...string[]]; readonly fields: readonly FieldSpec[] }

/** A list inside every point: one field a key (`prefix` + key), 0 where a point lacks the key, and the sum of all as `total`. */
export type Breakdown = {
  readonly list: string
  readonly key: string
  readonly count: string
  readonly prefix: string
  readonly total: string
}

const split = [
  optional('input', 'count', 'total_request_units', 'prompt'),
  optional('output', 'count', 'total_response_units', 'completion'),
]
const percentiles = [
  optional('p50', 'amount', 'p50'),
  optional('p90', 'amount', 'p90'),
  optional('p99', 'amount', 'p99'),
]
const total = optional('total', 'count', 'total')
const avg = optional('avg', 'amount', 'avg')
const rate = optional('rate', 'amount', 'rate')

/** The 17 graphs. Of each point the documented main figure is required; the rest is optional, as deployments differ. */
export const GRAPHS: Readonly<Record<GraphName, GraphShape>> = {
  requests: series([required('total', 'requests', 'total')], [optional('total', 'requests', 'total')]),
  cost: series([required('total', 'amount', 'total'), avg], [optional('total', 'amount', 'total'), avg]),
  latency: series([required('avg', 'amount', 'avg'), ...percentiles], [avg, ...percentiles]),
  tokens: series([required('total', 'count', 'total'), avg, ...split], [total, avg, ...split]),
  users: series([required('total', 'count', 'total')], [total]),
  'users/requests': series(
    [required('avg', 'amount', 'avg'), total, optional('unique', 'count', 'unique')],
    [total, optional('unique', 'count', 'unique'), avg],
  ),
  errors: series([required('total', 'count', 'total')], [total]),
  'errors/rate': series([required('rate', 'amount', 'rate')], [rate]),
  'errors/stacks': series([], [total], {
    list: 'stats',
    key: 'response_status_code',
    count: 'count',
    prefix: 'status:',
    total: 'total',
  }),
  'errors/status-codes': rows('status_code', required('requests', 'requests', 'count')),
  'requests/rescued': series(
    [required('fallback', 'count', 'fallback')],
    [optional('retryTotal', 'count', 'retry'), optional('fallback', 'count', 'fallback')],
    { list: 'retry', key: 'retry_success_count', count: 'count', prefix: 'retry:', total: 'retryTotal' },
  ),
  'cache/hit-rate': series(
    [
      optional('hits', 'count', 'total'),
      required('simpleHits', 'count', 'simple_hits'),
      required('semanticHits', 'count', 'semantic_hits'),
      rate,
      // A running sum may dip when a price is corrected, so the sign is not checked.
      optional('simpleSavings', 'signed', 'cumulative_simple_cache_savings'),
      optional('semanticSavings', 'signed', 'cumulative_semantic_cache_savings'),
    ],
    [optional('hits', 'count', 'total'), rate],
  ),
  'cache/latency': series([required('avg', 'amount', 'avg')], [avg]),
  feedbacks: series([required('total', 'count', 'total')], [total]),
  'feedbacks/scores': rows('score', required('requests', 'requests', 'total')),
  'feedbacks/weighted': series([required('avg', 'signed', 'avg')], [optional('avg', 'signed', 'avg')]),
  'feedbacks/ai-models': rows(
    'ai_model',
    required('total', 'requests', 'total'),
    optional('avgWeightedFeedback', 'signed', 'avg_weighted_feedback'),
  ),
}

const MINUTE = 60_000

/** The steps in which graphs are answered, in ms, the finest first. */
export const STEPS: readonly [number, number, number, number] = [MINUTE, 10 * MINUTE, 60 * MINUTE, 1440 * MINUTE]

/** Whether a field of a graph's points is a running sum that begins with its call's window: it means nothing in another. */
export function isCumulative(endpoint: Endpoint, field: string): boolean {
  return endpoint.kind === 'graph' && endpoint.name === 'cache/hit-rate' && RUNNING_SUMS.has(field)
}

const RUNNING_SUMS: ReadonlySet<string> = new Set(['simpleSavings', 'semanticSavings'])

function series(
  point: readonly FieldSpec[],
  summary: readonly FieldSpec[],
  breakdown: Breakdown | null = null,
): GraphShape {
  return { kind: 'series', point, summary, breakdown }
}

function rows(dimension: string, ...fields: readonly FieldSpec[]): GraphShape {
  return { kind: 'rows', dimension: [dimension], fields }
}
