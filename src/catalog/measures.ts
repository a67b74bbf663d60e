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
    kind: 'additive',
    ofNone: 0,
    sources: [graph('requests', 'total'), { kind: 'row', listings: 'all', field: 'requests' }],
  },
  costCents: {
    name: 'costCents',
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
    kind: 'additive',
    ofNone: 0,
    sources: [graph('tokens', 'total'), column('total_tokens', 'totalTokens')],
  },
  inputTokens: {
    name: 'inputTokens',
    kind: 'additive',
    ofNone: 0,
    sources: [
      graph('tokens', 'input'),
      { kind: 'average', column: 'avg_input_tokens', field: 'avgInputTokens', proof: 'tokens' },
    ],
  },
  outputTokens: {
    name: 'outputTokens',
    kind: 'additive',
    ofNone: 0,
    sources: [
      graph('tokens', 'output'),
      { kind: 'average', column: 'avg_output_tokens', field: 'avgOutputTokens', proof: 'tokens' },
    ],
  },
  errors: {
    name: 'errors',
    kind: 'additive',
    ofNone: 0,
    sources: [graph('errors', 'total'), column('error_count', 'errorCount')],
  },
  latencySum: {
    name: 'latencySum',
    kind: 'additive',
    ofNone: 0,
    sources: [{ kind: 'average', column: 'avg_latency', field: 'avgLatency', proof: 'precision' }],
  },
  latencyAvg: {
    name: 'latencyAvg',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'avg'), column('avg_latency', 'avgLatency')],
  },
  latencyP50: { name: 'latencyP50', kind: 'whole', ofNone: null, sources: [graph('latency', 'p50')] },
  latencyP90: { name: 'latencyP90', kind: 'whole', ofNone: null, sources: [graph('latency', 'p90')] },
  latencyP95: { name: 'latencyP95', kind: 'whole', ofNone: null, sources: [column('p95_latency', 'p95Latency')] },
  latencyP99: {
    name: 'latencyP99',
    kind: 'whole',
    ofNone: null,
    sources: [graph('latency', 'p99'), column('p99_latency', 'p99Latency')],
  },
}
