import type { GraphName, GroupColumn } from '../portkey/call.js'
import type { MeasureEntry, MeasureName, MeasureSource } from './types.js'

const graph = (name: GraphName, field: string): MeasureSource => ({ kind: 'graph', graph: name, field })
const column = (name: GroupColumn, field: string): MeasureSource => ({ kind: 'column', column: name, field })

/**
 * Every quantity the upstream reports and where it stands: one row a measure. Units are the upstream's: cents, tokens,
 * milliseconds. The planner picks sources; adding a measure is adding a row.
 */
export const MEASURES: Readonly<Record<MeasureName, MeasureEntry>> = {
  requests: {
    name: 'requests',
    label: 'the number of requests',
    instead: 'Ask with fewer filters or groups.',
    kind: 'additive',
    ofNone: 0,
    sources: [graph('requests', 'total'), { kind: 'row', listings: 'all', field: 'requests' }],
  },
  costCents: {
    name: 'costCents',
    label: 'the sum of costInUSD',
    instead: 'Leave the cost out, or ask with fewer filters or groups.',
    kind: 'additive',
    ofNone: 0,
    sources: [
      graph('cost', 'total'),
      { kind: 'row', listings: ['users', 'ai-models', 'metadata'], field: 'cost' },
      column('cost', 'cost'),
    ],
  },
  totalTokens: {
    name: 'totalTokens',
    label: 'the sum of totalTokens',
    instead: 'Leave the tokens out, or ask with fewer filters or groups.',
    kind: 'additive',
    ofNone: 0,
    sources: [graph('tokens', 'total'), column('total_tokens', 'totalTokens')],
  },
  inputTokens: {
    name: 'inputTokens',
    label: 'the sum of inputTokens',
    instead: 'Ask for the sum of totalTokens, which needs no split into input and output.',
    kind: 'additive',
    ofNone: 0,
    sources: [
      graph('tokens', 'input'),
      { kind: 'average', column: 'avg_input_tokens', field: 'avgInputTokens', proof: 'tokens' },
    ],
  },
  outputTokens: {
    name: 'outputTokens',
    label: 'the sum of outputTokens',
    instead: 'Ask for the sum of totalTokens, which needs no split into input and output.',
    kind: 'additive',
    ofNone: 0,
    sources: [
      graph('tokens', 'output'),
      { kind: 'average', column: 'avg_output_tokens', field: 'avgOutputTokens', proof: 'tokens' },
    ],
  },
  errors: {
    name: 'errors',
    label: 'the number of errors',
    instead: 'Filter by isFailure and ask for the count.',
    kind: 'additive',
    ofNone: 0,
    sources: [graph('errors', 'total'), column('error_count', 'errorCount')],
  },
  latencySum: {
    name: 'latencySum',
    label: 'the sum of latencyMs',
    instead: 'Ask for avg of latencyMs without a filter that leaves values out.',
    kind: 'additive',
    ofNone: 0,
    sources: [{ kind: 'average', column: 'avg_latency', field: 'avgLatency', proof: 'precision' }],
  },
  latencyAvg: {
    name: 'latencyAvg',
    label: 'avg of latencyMs',
    instead: 'Name the values to keep with EQUAL or IN, one of them where the field is metadata.',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'avg'), column('avg_latency', 'avgLatency')],
  },
  latencyP50: {
    name: 'latencyP50',
    label: 'p50 of latencyMs',
    instead: 'Name the values to keep with EQUAL or IN, one of them where the field is metadata.',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'p50')],
  },
  latencyP90: {
    name: 'latencyP90',
    label: 'p90 of latencyMs',
    instead: 'Name the values to keep with EQUAL or IN, one of them where the field is metadata.',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'p90')],
  },
  latencyP95: {
    name: 'latencyP95',
    label: 'p95 of latencyMs',
    instead: 'Ask for p90 or p99, which every deployment has.',
    kind: 'whole',
    ofNone: null,
    sources: [column('p95_latency', 'p95Latency')],
  },
  latencyP99: {
    name: 'latencyP99',
    label: 'p99 of latencyMs',
    instead: 'Name the values to keep with EQUAL or IN, one of them where the field is metadata.',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'p99'), column('p99_latency', 'p99Latency')],
  },
}
