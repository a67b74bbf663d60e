import type { Json, JsonObject } from './json.js'
import {
  cents,
  count,
  inputTokens,
  isError,
  isHit,
  latencyPercentile,
  mean,
  meanWeightedFeedback,
  outputTokens,
  rate,
  sum,
  totalTokens,
} from './measures.js'
import { metadataValue, type TrafficRow } from './row.js'

type Rows = readonly TrafficRow[]

/** A group listing: what it groups by, under which name, and what a row carries unasked. */
export type Group = {
  /** Name of the dimension's field in a row. */
  readonly field: string
  readonly value: (row: TrafficRow) => string | number | null
  /** Figures of every row beside `requests`. */
  readonly always: readonly string[]
  /** Further ones that only live deployments send. */
  readonly live: readonly string[]
  /** Since February 2026: absent from the documented profile, honours `columns`. */
  readonly newer: boolean
}

const older = { live: [], newer: false } as const
const newer = { always: [], live: [], newer: true } as const

/** The listings by their path below groups/; `metadata/{key}` is `metadataGroup`. */
export const GROUPS: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['users', { field: 'user', value: (row) => metadataValue(row, '_user'), always: ['cost'], ...older }],
  ['ai-models', { field: 'ai_model', value: (row) => row.model, always: [], live: ['cost'], newer: false }],
  ['ai_service', { field: 'ai_service', value: (row) => row.service, ...newer }],
  ['model', { field: 'model', value: (row) => row.model, ...newer }],
  ['status_code', { field: 'status_code', value: (row) => row.status, ...newer }],
  ['api_key', { field: 'api_key', value: (row) => row.apiKey, ...newer }],
  ['config', { field: 'config', value: (row) => row.config, ...newer }],
  ['workspace', { field: 'workspace', value: (row) => row.workspace, ...newer }],
  ['provider', { field: 'provider', value: (row) => row.provider, ...newer }],
  ['prompt', { field: 'prompt', value: (row) => row.prompt, ...newer }],
])

const METADATA_FIGURES = ['cost', 'avg_tokens', 'avg_weighted_feedback', 'requests_with_feedback', 'last_seen'] as const

/** The listing by the values of one metadata key. */
export function metadataGroup(key: string): Group {
  return { field: 'metadata_value', value: (row) => metadataValue(row, key), always: METADATA_FIGURES, ...older }
}

/** The columns that a caller can opt into. */
export const COLUMNS: ReadonlySet<string> = new Set([
  'cost',
  'total_tokens',
  'avg_tokens',
  'avg_input_tokens',
  'avg_output_tokens',
  'avg_latency',
  'p95_latency',
  'p99_latency',
  'success_rate',
  'error_count',
  'cache_hit_rate',
  'last_seen',
  'first_seen',
])

const FIGURES: ReadonlyMap<string, (rows: Rows) => Json> = new Map<string, (rows: Rows) => Json>([
  ['cost', (rows) => sum(rows, cents)],
  ['total_tokens', (rows) => sum(rows, totalTokens)],
  ['avg_tokens', (rows) => mean(rows, totalTokens)],
  ['avg_input_tokens', (rows) => mean(rows, inputTokens)],
  ['avg_output_tokens', (rows) => mean(rows, outputTokens)],
  ['avg_latency', (rows) => mean(rows, (row) => row.latencyMs)],
  ['p95_latency', (rows) => latencyPercentile(rows, 0.95)],
  ['p99_latency', (rows) => latencyPercentile(rows, 0.99)],
  ['success_rate', (rows) => rate(rows, (row) => !isError(row))],
  ['error_count', (rows) => count(rows, isError)],
  ['cache_hit_rate', (rows) => rate(rows, isHit)],
  ['last_seen', (rows) => seen(rows.at(-1))],
  ['first_seen', (rows) => seen(rows[0])],
  ['avg_weighted_feedback', (rows) => meanWeightedFeedback(rows)],
  ['requests_with_feedback', (rows) => count(rows, (row) => row.feedback !== null)],
])

/** The named figures of one group's rows (not empty, sorted by `at`). */
export function figuresOf(rows: Rows, names: readonly string[]): JsonObject {
  const figures: Record<string, Json> = {}
  for (const name of names) {
    const figure = FIGURES.get(name)
    if (figure !== undefined) figures[name] = figure(rows)
  }
  return figures
}

function seen(row: TrafficRow | undefined): Json {
  return row === undefined ? null : new Date(row.at).toISOString()
}
