import type { GraphName, GroupColumn } from '../portkey/call.js'
import type { Instead, MeasureEntry, MeasureName, MeasureSource } from './types.js'

const graph = (name: GraphName, field: string) => ({ kind: 'graph', graph: name, field }) as const
const summary = (field: string): MeasureSource => ({ kind: 'summary', summary: 'cache', field })
const column = (name: GroupColumn, field: string): MeasureSource => ({ kind: 'column', column: name, field })
const fewer = (ask: string): Instead => ({ kind: 'fewer', ask })
const always = (text: string): Instead => ({ kind: 'always', text })
const underFilters = (text: string): Instead => ({ kind: 'underFilters', text })

/**
 * Every quantity the upstream reports and where it stands: one row a measure. Units are the upstream's: cents, tokens,
 * milliseconds. The planner picks sources; adding a measure is adding a row.
 */
export const MEASURES: Readonly<Record<MeasureName, MeasureEntry>> = {
  requests: {
    name: 'requests',
    label: 'the number of requests',
    instead: fewer('Ask'),
    kind: 'additive',
    sources: [
      graph('requests', 'total'),
      summary('totalRequests'),
      { kind: 'row', listings: 'counting', field: 'requests' },
    ],
  },
  costCents: {
    name: 'costCents',
    label: 'the sum of costInUSD',
    instead: fewer('Leave the cost out, or ask'),
    kind: 'additive',
    sources: [
      graph('cost', 'total'),
      { kind: 'row', listings: ['users', 'ai-models', 'metadata'], field: 'cost' },
      column('cost', 'cost'),
    ],
  },
  totalTokens: {
    name: 'totalTokens',
    label: 'the sum of totalTokens',
    instead: fewer('Leave the tokens out, or ask'),
    kind: 'additive',
    sources: [graph('tokens', 'total'), column('total_tokens', 'totalTokens')],
  },
  inputTokens: {
    name: 'inputTokens',
    label: 'the sum of inputTokens',
    instead: always('Ask for the sum of totalTokens, which needs no split into input and output.'),
    kind: 'additive',
    sources: [
      graph('tokens', 'input'),
      { kind: 'average', from: 'avg_input_tokens', field: 'avgInputTokens', proof: 'tokens' },
    ],
  },
  outputTokens: {
    name: 'outputTokens',
    label: 'the sum of outputTokens',
    instead: always('Ask for the sum of totalTokens, which needs no split into input and output.'),
    kind: 'additive',
    sources: [
      graph('tokens', 'output'),
      { kind: 'average', from: 'avg_output_tokens', field: 'avgOutputTokens', proof: 'tokens' },
    ],
  },
  errors: {
    name: 'errors',
    label: 'the number of errors',
    instead: always('Filter by isFailure and ask for the count.'),
    kind: 'additive',
    sources: [graph('errors', 'total'), column('error_count', 'errorCount')],
  },
  latencySum: {
    name: 'latencySum',
    label: 'the sum of latencyMs',
    instead: underFilters('Ask for avg of latencyMs without a filter that leaves values out.'),
    kind: 'additive',
    sources: [{ kind: 'average', from: 'avg_latency', field: 'avgLatency', proof: 'precision' }],
  },
  latencyAvg: {
    name: 'latencyAvg',
    label: 'avg of latencyMs',
    instead: underFilters('Name the values to keep with EQUAL or IN, one of them where the field is metadata.'),
    kind: 'whole',
    sources: [graph('latency', 'avg'), column('avg_latency', 'avgLatency')],
  },
  latencyP50: {
    name: 'latencyP50',
    label: 'p50 of latencyMs',
    instead: underFilters('Name the values to keep with EQUAL or IN, one of them where the field is metadata.'),
    kind: 'whole',
    sources: [graph('latency', 'p50')],
  },
  latencyP90: {
    name: 'latencyP90',
    label: 'p90 of latencyMs',
    instead: underFilters('Name the values to keep with EQUAL or IN, one of them where the field is metadata.'),
    kind: 'whole',
    sources: [graph('latency', 'p90')],
  },
  latencyP95: {
    name: 'latencyP95',
    label: 'p95 of latencyMs',
    instead: underFilters('Ask for p90 or p99, which every deployment has.'),
    kind: 'whole',
    sources: [column('p95_latency', 'p95Latency')],
  },
  latencyP99: {
    name: 'latencyP99',
    label: 'p99 of latencyMs',
    instead: underFilters('Name the values to keep with EQUAL or IN, one of them where the field is metadata.'),
    kind: 'whole',
    sources: [graph('latency', 'p99'), column('p99_latency', 'p99Latency')],
  },
  hits: {
    name: 'hits',
    label: 'the number of cache hits',
    instead: fewer('Ask'),
    kind: 'additive',
    sources: [
      summary('hits'),
      { ...graph('cache/hit-rate', 'hits'), points: ['simpleHits', 'semanticHits'] },
      { kind: 'average', from: 'cache_hit_rate', field: 'cacheHitRate', per: 100, proof: 'hits' },
    ],
  },
  savingsCents: {
    name: 'savingsCents',
    label: 'the sum of potentialCostSavings',
    instead: fewer('Leave the savings out, or ask'),
    kind: 'additive',
    sources: [{ ...graph('cache/hit-rate', 'savings'), points: ['simpleSavings', 'semanticSavings'] }],
  },
  cacheLatencyAvg: {
    name: 'cacheLatencyAvg',
    label: 'avg of cacheLatencyMs',
    instead: underFilters('Ask for it without cacheType, and name the values of other fields with EQUAL or IN.'),
    kind: 'whole',
    sources: [summary('avgLatency'), graph('cache/latency', 'avg')],
  },
  cacheSpeedup: {
    name: 'cacheSpeedup',
    label: 'avg of cacheSpeedup',
    instead: underFilters('Ask for it without cacheType, and name the values of other fields with EQUAL or IN.'),
    kind: 'whole',
    sources: [summary('cacheSpeedup')],
  },
  rescuedByRetry: {
    name: 'rescuedByRetry',
    label: 'rescuedByRetry',
    instead: fewer('Ask'),
    kind: 'additive',
    sources: [graph('requests/rescued', 'retryTotal')],
  },
  rescuedByFallback: {
    name: 'rescuedByFallback',
    label: 'rescuedByFallback',
    instead: fewer('Ask'),
    kind: 'additive',
    sources: [graph('requests/rescued', 'fallback')],
  },
  feedbackCount: {
    name: 'feedbackCount',
    label: 'feedbackCount',
    instead: fewer('Ask'),
    kind: 'additive',
    sources: [
      graph('feedbacks', 'total'),
      { kind: 'row', listings: ['metadata'], field: 'requestsWithFeedback' },
      { kind: 'row', listings: ['feedbacks/ai-models'], field: 'total' },
    ],
  },
  feedbackAvg: {
    name: 'feedbackAvg',
    label: 'avg of weightedFeedback',
    instead: underFilters('Ask for the sum of feedbackCount, or name the values to keep with EQUAL or IN.'),
    kind: 'whole',
    sources: [
      graph('feedbacks/weighted', 'avg'),
      { kind: 'row', listings: ['metadata', 'feedbacks/ai-models'], field: 'avgWeightedFeedback' },
    ],
  },
  feedbackSum: {
    name: 'feedbackSum',
    label: 'avg of weightedFeedback',
    instead: always('Ask for the sum of feedbackCount, or name the values to keep with EQUAL or IN.'),
    kind: 'additive',
    signed: true,
    sources: [
      {
        kind: 'average',
        from: ['metadata'],
        field: 'avgWeightedFeedback',
        times: 'requestsWithFeedback',
        proof: 'precision',
      },
      {
        kind: 'average',
        from: ['feedbacks/ai-models'],
        field: 'avgWeightedFeedback',
        times: 'total',
        proof: 'precision',
      },
    ],
  },
  errorShare: {
    name: 'errorShare',
    label: 'avg of errorRate',
    instead: underFilters('Group by isFailure and ask for the total.'),
    kind: 'whole',
    sources: [graph('errors/rate', 'rate')],
  },
  users: {
    name: 'users',
    label: 'the number of users',
    instead: underFilters('Group by userEmail.'),
    kind: 'whole',
    sources: [graph('users', 'total')],
  },
  requestsPerUser: {
    name: 'requestsPerUser',
    label: 'avg of requestsPerUser',
    instead: underFilters(
      'Name the values to keep with EQUAL or IN, one of them where the field is metadata, or group by userEmail.',
    ),
    kind: 'whole',
    sources: [graph('users/requests', 'avg')],
  },
}
