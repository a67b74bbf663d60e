/** The 17 graphs, by path below `/analytics/graphs/`. */
export type GraphName =
  | 'requests'
  | 'cost'
  | 'latency'
  | 'tokens'
  | 'users'
  | 'users/requests'
  | 'errors'
  | 'errors/rate'
  | 'errors/stacks'
  | 'errors/status-codes'
  | 'requests/rescued'
  | 'cache/hit-rate'
  | 'cache/latency'
  | 'feedbacks'
  | 'feedbacks/scores'
  | 'feedbacks/weighted'
  | 'feedbacks/ai-models'

/** The group listings, by path below `/analytics/groups/`; `metadata/{key}` stands apart. */
export const GROUP_NAMES = [
  'users',
  'ai-models',
  'ai_service',
  'model',
  'status_code',
  'api_key',
  'config',
  'workspace',
  'provider',
  'prompt',
] as const
export type GroupName = (typeof GROUP_NAMES)[number]

/** What of the upstream's analytics a call asks. Paths are made of it elsewhere (`endpoints.ts`). */
export type Endpoint =
  | { readonly kind: 'graph'; readonly name: GraphName }
  | { readonly kind: 'summary'; readonly name: 'cache' }
  | { readonly kind: 'group'; readonly name: GroupName }
  | { readonly kind: 'metadataGroup'; readonly key: string }

/** Opt-in columns of the newer listings (`columns=a,b`). */
export const GROUP_COLUMNS = [
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
] as const
export type GroupColumn = (typeof GROUP_COLUMNS)[number]

/** Inclusive on both sides; text, so that a decimal travels as it was written. */
export type WireRange = { readonly min?: string; readonly max?: string }

/**
 * What every analytics endpoint filters by. All given filters hold at once; a list means any of its values. An empty list is
 * never sent (it would mean "no filter"): the planner answers a contradiction without a call, and the client refuses it.
 */
export type CallFilters = {
  readonly statusCodes?: readonly number[]
  readonly virtualKeys?: readonly string[]
  readonly configs?: readonly string[]
  readonly apiKeyIds?: readonly string[]
  /** `provider__model` pairs. */
  readonly aiOrgModels?: readonly string[]
  readonly traceIds?: readonly string[]
  readonly spanIds?: readonly string[]
  readonly promptSlugs?: readonly string[]
  /** Equality, one value a key, all must hold. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly totalUnits?: WireRange
  readonly promptTokens?: WireRange
  readonly completionTokens?: WireRange
  /** Cents. */
  readonly cost?: WireRange
  readonly weightedFeedback?: WireRange
}

/** One question to the upstream: a graph is one request, a listing as many as it has pages. */
export type Call = {
  readonly endpoint: Endpoint
  /** `[start, end)`, epoch ms; the upstream's bounds are inclusive, so `end − 1 ms` travels. */
  readonly window: { readonly start: number; readonly end: number }
  readonly filters: CallFilters
  /** Sorted, unique; empty on everything but the newer listings. */
  readonly columns: readonly GroupColumn[]
}
