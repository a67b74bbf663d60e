import type { Endpoint, GroupName } from './call.js'
import { type FieldSpec, optional, required } from './fields.js'
import { GRAPHS, type GraphShape } from './graphs.js'

/**
 * How an endpoint's answer decodes. `rows` is one answer, `pages` a listing that comes in pages; both have one row a value of
 * the dimension, found under the first of its wire names that a row has.
 */
export type EndpointShape =
  | GraphShape
  | { readonly kind: 'summary'; readonly fields: readonly FieldSpec[] }
  | {
      readonly kind: 'pages'
      readonly dimension: readonly [string, ...string[]]
      readonly fields: readonly FieldSpec[]
    }

/** The shape of an endpoint's answer. */
export function shapeOf(endpoint: Endpoint): EndpointShape {
  switch (endpoint.kind) {
    case 'graph':
      return GRAPHS[endpoint.name]
    case 'summary':
      return CACHE_SUMMARY
    case 'group':
      return { kind: 'pages', dimension: DIMENSIONS[endpoint.name], fields: GROUP_FIELDS }
    case 'metadataGroup':
      return { kind: 'pages', dimension: ['metadata_value'], fields: GROUP_FIELDS }
  }
}

/** Stable text of an endpoint: its path below `/analytics/`; all metadata listings are one. */
export function endpointId(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'graph':
      return `graphs/${endpoint.name}`
    case 'summary':
      return `summary/${endpoint.name}`
    case 'group':
      return `groups/${endpoint.name}`
    case 'metadataGroup':
      return 'groups/metadata'
  }
}

/**
 * Path below `/analytics/`, percent-encoded. Throws on a metadata key that a path cannot carry: `''`, `.`, `..` (they would be
 * another path) and half a surrogate pair; the edge refuses these before a call is made.
 */
export function pathOf(endpoint: Endpoint): string {
  if (endpoint.kind !== 'metadataGroup') return endpointId(endpoint)
  if (['', '.', '..'].includes(endpoint.key)) throw new TypeError('a metadata key of a path is empty or dots alone')
  return `${endpointId(endpoint)}/${encodeURIComponent(endpoint.key)}`
}

const CACHE_SUMMARY: EndpointShape = {
  kind: 'summary',
  fields: [
    required('hits', 'count', 'hits'),
    optional('avgLatency', 'amount', 'avg_latency'),
    optional('totalRequests', 'count', 'total_requests'),
    // A cache slower than the model is a negative speed-up.
    optional('cacheSpeedup', 'signed', 'cache_speedup'),
  ],
}

const DIMENSIONS: Readonly<Record<GroupName, readonly [string, ...string[]]>> = {
  users: ['user'],
  'ai-models': ['ai_model'],
  ai_service: ['ai_service'],
  model: ['model', 'ai_model'],
  status_code: ['status_code'],
  api_key: ['api_key'],
  config: ['config'],
  workspace: ['workspace'],
  provider: ['provider'],
  prompt: ['prompt'],
}

const GROUP_FIELDS: readonly FieldSpec[] = [
  required('requests', 'requests', 'requests'),
  optional('cost', 'amount', 'cost'),
  optional('totalTokens', 'count', 'total_tokens'),
  optional('avgTokens', 'amount', 'avg_tokens'),
  optional('avgInputTokens', 'amount', 'avg_input_tokens'),
  optional('avgOutputTokens', 'amount', 'avg_output_tokens'),
  optional('avgLatency', 'amount', 'avg_latency'),
  optional('p95Latency', 'amount', 'p95_latency'),
  optional('p99Latency', 'amount', 'p99_latency'),
  optional('successRate', 'amount', 'success_rate'),
  optional('errorCount', 'count', 'error_count'),
  optional('cacheHitRate', 'amount', 'cache_hit_rate'),
  optional('avgWeightedFeedback', 'signed', 'avg_weighted_feedback'),
  optional('requestsWithFeedback', 'count', 'requests_with_feedback'),
  optional('lastSeen', 'instant', 'last_seen'),
  optional('firstSeen', 'instant', 'first_seen'),
]
