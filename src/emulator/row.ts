/** One request as the gateway logged it: the only truth every endpoint is computed from. */
export type TrafficRow = {
  /** Time of generation, epoch ms, a whole number. */
  readonly at: number
  /** Epoch ms from which analytics shows the row: `at`, or up to 185 s later for a late arrival. */
  readonly visibleAt: number
  /** Workspace slug. */
  readonly workspace: string
  /** The provider's kind, upstream `ai_service`. */
  readonly service: string
  /** The workspace's provider slug. */
  readonly provider: string | null
  readonly model: string | null
  readonly virtualKey: string | null
  /** HTTP status of the response. */
  readonly status: number
  /** Slug of the config that routed the request. */
  readonly config: string | null
  /** Id (UUID) of the API key. */
  readonly apiKey: string
  readonly prompt: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly inputTokens: number
  readonly outputTokens: number
  /** USD cents. */
  readonly costCents: number
  readonly latencyMs: number
  /** Kind of cache that answered, if one did. */
  readonly cache: 'simple' | 'semantic' | null
  /** USD cents that the cache saved; 0 without a hit. */
  readonly cacheSavingsCents: number
  /** 0 without a hit. */
  readonly cacheLatencyMs: number
  /** The retry attempt that succeeded; 0 = none was needed. */
  readonly retrySuccessCount: number
  /** Rescued by a fallback. */
  readonly fallback: boolean
  readonly feedback: Feedback | null
  readonly traceId: string
  readonly spanId: string
}

/** Weighted feedback is score × weight, −10 to 10. */
export type Feedback = { readonly score: number; readonly weight: number }

/** Slug of the workspace with most of the generated traffic, and the one the default workspace key belongs to. */
export const MAIN_WORKSPACE = 'production'

/** Slug of the small second workspace of the generated traffic. */
export const SECOND_WORKSPACE = 'sandbox'

/** A plain successful request with the given parts put in; for hand-written rows. `visibleAt` follows `at`. */
export function trafficRow(parts: Partial<TrafficRow> & Pick<TrafficRow, 'at'>): TrafficRow {
  return {
    visibleAt: parts.at,
    workspace: MAIN_WORKSPACE,
    service: 'openai',
    provider: 'openai-main',
    model: 'gpt-4o',
    virtualKey: 'openai-main',
    status: 200,
    config: null,
    apiKey: '7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01',
    prompt: null,
    metadata: {},
    inputTokens: 0,
    outputTokens: 0,
    costCents: 0,
    latencyMs: 0,
    cache: null,
    cacheSavingsCents: 0,
    cacheLatencyMs: 0,
    retrySuccessCount: 0,
    fallback: false,
    feedback: null,
    traceId: '00000000000000000000000000000000',
    spanId: '0000000000000000',
    ...parts,
  }
}

/** Score × weight, or null without feedback. */
export function weightedFeedback(row: TrafficRow): number | null {
  return row.feedback === null ? null : row.feedback.score * row.feedback.weight
}

/** The value of a metadata key, or null when the request has none; an empty value counts as none. */
export function metadataValue(row: TrafficRow, key: string): string | null {
  const value = Object.hasOwn(row.metadata, key) ? row.metadata[key] : undefined
  return value === undefined || value === '' ? null : value
}
