import type { JsonObject } from './json.js'
import {
  cents,
  count,
  inputTokens,
  isError,
  isHit,
  mean,
  meanWeightedFeedback,
  outputTokens,
  partition,
  rate,
  sortedLatencies,
  sum,
  totalTokens,
} from './measures.js'
import type { Settings } from './options.js'
import { percentile } from './percentile.js'
import { metadataValue, type TrafficRow } from './row.js'

type Rows = readonly TrafficRow[]

/** One graph: its figures for the whole window, and its points. */
export type Graph = {
  readonly summary: (rows: Rows, settings: Settings) => JsonObject
  readonly points:
    | { readonly kind: 'series'; readonly point: (rows: Rows, settings: Settings) => JsonObject }
    /** A series whose points carry sums from the window's start: `before` goes in, what comes after goes on. */
    | { readonly kind: 'running'; readonly point: (rows: Rows, before: Running) => readonly [JsonObject, Running] }
    | { readonly kind: 'list'; readonly list: (rows: Rows) => readonly JsonObject[] }
}

/** Savings up to the buckets before, cents. */
export type Running = { readonly simple: number; readonly semantic: number }

/** The 17 graphs by their path below graphs/. */
export const GRAPHS: ReadonlyMap<string, Graph> = new Map<string, Graph>([
  ['requests', same((rows) => ({ total: rows.length }))],
  ['cost', same((rows) => ({ total: sum(rows, cents), avg: mean(rows, cents) }))],
  ['latency', same(latency)],
  ['tokens', same(tokens)],
  ['users', same((rows) => ({ total: users(rows).unique }))],
  ['users/requests', series(users, (rows) => ({ avg: users(rows).avg }))],
  ['errors', same((rows) => ({ total: count(rows, isError) }))],
  ['errors/rate', same((rows) => ({ rate: rate(rows, isError) }))],
  [
    'errors/stacks',
    series(
      (rows) => ({ total: count(rows, isError) }),
      (rows) => ({ stats: errorStats(rows) }),
    ),
  ],
  ['errors/status-codes', { summary: errorSummary, points: { kind: 'list', list: errorCodes } }],
  ['requests/rescued', series(rescuedSummary, rescuedPoint)],
  ['cache/hit-rate', { summary: hitSummary, points: { kind: 'running', point: hitPoint } }],
  ['cache/latency', series(() => ({}), cacheLatency)],
  ['feedbacks', same((rows) => ({ total: count(rows, hasFeedback) }))],
  [
    'feedbacks/scores',
    { summary: (rows) => ({ total: count(rows, hasFeedback) }), points: { kind: 'list', list: scores } },
  ],
  ['feedbacks/weighted', same((rows) => ({ avg: meanWeightedFeedback(rows) ?? 0 }))],
  ['feedbacks/ai-models', { summary: () => ({}), points: { kind: 'list', list: feedbackByModel } }],
])

function series(
  summary: (rows: Rows, settings: Settings) => JsonObject,
  point: (rows: Rows, settings: Settings) => JsonObject,
): Graph {
  return { summary, points: { kind: 'series', point } }
}

function same(figures: (rows: Rows, settings: Settings) => JsonObject): Graph {
  return series(figures, figures)
}

function latency(rows: Rows, settings: Settings): JsonObject {
  const none = settings.emptyLatency === 'zero' ? 0 : null
  const sorted = sortedLatencies(rows)
  return {
    avg: rows.length === 0 ? none : mean(rows, (row) => row.latencyMs),
    p50: percentile(sorted, 0.5) ?? none,
    p90: percentile(sorted, 0.9) ?? none,
    p99: percentile(sorted, 0.99) ?? none,
  }
}

function tokens(rows: Rows, settings: Settings): JsonObject {
  const both = { total: sum(rows, totalTokens), avg: mean(rows, totalTokens) }
  if (settings.profile === 'documented') return both
  const input = sum(rows, inputTokens)
  const output = sum(rows, outputTokens)
  return settings.tokenSplitNames === 'units'
    ? { ...both, total_request_units: input, total_response_units: output }
    : { ...both, prompt: input, completion: output }
}

/** Only requests that name a user count. */
function users(rows: Rows): { total: number; unique: number; avg: number } {
  const unique = new Set<string>()
  let total = 0
  for (const row of rows) {
    const user = metadataValue(row, '_user')
    if (user === null) continue
    unique.add(user)
    total++
  }
  return { total, unique: unique.size, avg: unique.size === 0 ? 0 : total / unique.size }
}

/** Errors by status, ascending. */
function byErrorStatus(rows: Rows): readonly (readonly [number, number])[] {
  const parts = partition(rows.filter(isError), (row) => row.status)
  return [...parts].map(([status, part]) => [status, part.length] as const).sort(([a], [b]) => a - b)
}

function errorStats(rows: Rows): readonly JsonObject[] {
  return byErrorStatus(rows).map(([status, total]) => ({ response_status_code: status, count: total }))
}

function errorCodes(rows: Rows): readonly JsonObject[] {
  return byErrorStatus(rows).map(([status, total]) => ({ status_code: status, count: total }))
}

function errorSummary(rows: Rows): JsonObject {
  return { total_errors: count(rows, isError), unique_error_codes: byErrorStatus(rows).length }
}

const byRetry = (row: TrafficRow): boolean => row.retrySuccessCount > 0
const byFallback = (row: TrafficRow): boolean => row.fallback
const hasFeedback = (row: TrafficRow): boolean => row.feedback !== null

function rescuedSummary(rows: Rows): JsonObject {
  return { retry: count(rows, byRetry), fallback: count(rows, byFallback) }
}

function rescuedPoint(rows: Rows): JsonObject {
  const attempts = [...partition(rows.filter(byRetry), (row) => row.retrySuccessCount)].sort(([a], [b]) => a - b)
  const retry = attempts.map(([attempt, part]) => ({ retry_success_count: attempt, count: part.length }))
  return { retry, fallback: count(rows, byFallback) }
}

function hitSummary(rows: Rows): JsonObject {
  return { total: count(rows, isHit), rate: rate(rows, isHit) }
}

function hitPoint(rows: Rows, before: Running): readonly [JsonObject, Running] {
  const simple = rows.filter((row) => row.cache === 'simple')
  const semantic = rows.filter((row) => row.cache === 'semantic')
  const savings = (part: Rows): number => sum(part, (row) => row.cacheSavingsCents)
  const now = { simple: before.simple + savings(simple), semantic: before.semantic + savings(semantic) }
  const point = {
    simple_hits: simple.length,
    semantic_hits: semantic.length,
    rate: rate(rows, isHit),
    cumulative_simple_cache_savings: now.simple,
    cumulative_semantic_cache_savings: now.semantic,
  }
  return [point, now]
}

function cacheLatency(rows: Rows, settings: Settings): JsonObject {
  const hits = rows.filter(isHit)
  if (hits.length === 0) return { avg: settings.emptyLatency === 'zero' ? 0 : null }
  return { avg: mean(hits, (row) => row.cacheLatencyMs) }
}

function scores(rows: Rows): readonly JsonObject[] {
  const parts = partition(rows.filter(hasFeedback), (row) => row.feedback?.score ?? 0)
  return [...parts].sort(([a], [b]) => a - b).map(([score, part]) => ({ score, total: part.length }))
}

function feedbackByModel(rows: Rows): readonly JsonObject[] {
  const parts = [...partition(rows.filter(hasFeedback), (row) => row.model ?? '')]
  return parts
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([model, part]) => ({
      ai_model: model,
      total: part.length,
      avg_weighted_feedback: meanWeightedFeedback(part) ?? 0,
    }))
}
