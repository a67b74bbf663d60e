import { type Feedback, MAIN_WORKSPACE, SECOND_WORKSPACE, type TrafficRow } from '../row.js'
import { API_KEYS, CONFIGS, drawMetadata, drawTrace, PROMPTS } from './callers.js'
import { MODELS, type Model } from './models.js'
import { createRandom, integer, normal, poisson, type Random, weighted } from './random.js'
import { rhythm } from './rhythm.js'

/** What decides the generated traffic. */
export type TrafficOptions = {
  readonly seed: number
  /** Mean over a week. */
  readonly requestsPerHour: number
  /** Share of requests without a model, 0–1. */
  readonly nullModelShare: number
}

/** The longest that a late row stays out of sight, ms (185 s were measured upstream). */
export const MAX_DELAY_MS = 185_000

const MINUTE = 60_000

/**
 * The rows of one minute (counted from 1970-01-01), sorted by `at`. A minute depends on the options alone, never on what
 * was generated before it, so any stretch of time comes out the same in any order.
 */
export function minuteOfTraffic(options: TrafficOptions, minute: number): readonly TrafficRow[] {
  const random = createRandom(options.seed, minute)
  const count = poisson(random, (options.requestsPerHour / 60) * rhythm(minute))
  const offsets = Array.from({ length: count }, () => integer(random, 0, MINUTE - 1)).sort((a, b) => a - b)
  let trace: string | null = null
  return offsets.map((offset) => {
    const row = drawRow(random, minute * MINUTE + offset, trace, options.nullModelShare)
    trace = row.traceId
    return row
  })
}

const pickModel = weighted(MODELS)
const pickApiKey = weighted(API_KEYS)
const pickConfig = weighted(CONFIGS)
const pickPrompt = weighted(PROMPTS)
const pickStatus = weighted([
  [200, 900],
  [400, 12],
  [401, 6],
  [429, 30],
  [446, 12],
  [500, 12],
  [503, 8],
  [246, 20],
])

function drawRow(random: Random, at: number, trace: string | null, nullModelShare: number): TrafficRow {
  const model = pickModel(random())
  const status = pickStatus(random())
  const config = pickConfig(random())
  const failed = status >= 400
  // Most failures never reached a model, so they carry neither tokens nor cost.
  const used = failed && random() < 0.7 ? { inputTokens: 0, outputTokens: 0 } : drawTokens(random, model, failed)
  const price = used.inputTokens * model.centsPerInput + used.outputTokens * model.centsPerOutput
  const cache = !failed && config === 'pc-cache-0a9b8c' && random() < 0.35 ? drawCacheKind(random) : null
  const cacheLatencyMs = cache === null ? 0 : integer(random, 8, 320) / 8
  const named = random() >= nullModelShare
  const provider = model.providers[integer(random, 0, model.providers.length - 1)] ?? null
  return {
    at,
    visibleAt: random() < 0.02 ? at + integer(random, 1000, MAX_DELAY_MS) : at,
    workspace: random() < 0.85 ? MAIN_WORKSPACE : SECOND_WORKSPACE,
    service: model.service,
    provider: random() < 0.03 ? null : provider,
    model: named ? model.name : null,
    virtualKey: provider,
    status,
    config,
    apiKey: pickApiKey(random()),
    prompt: pickPrompt(random()),
    metadata: drawMetadata(random),
    ...used,
    costCents: cache === null ? price : 0,
    latencyMs: cache === null ? drawLatency(random, model, used.outputTokens, failed) : cacheLatencyMs,
    cache,
    cacheSavingsCents: cache === null ? 0 : price,
    cacheLatencyMs,
    retrySuccessCount: !failed && random() < 0.03 ? integer(random, 1, 3) : 0,
    fallback: !failed && config === 'pc-fallback-3f2a1b' && random() < 0.08,
    feedback: random() < 0.04 ? drawFeedback(random) : null,
    ...drawTrace(random, trace),
  }
}

function drawTokens(random: Random, model: Model, failed: boolean): { inputTokens: number; outputTokens: number } {
  const inputTokens = Math.max(1, Math.round(model.prompt * Math.exp(0.8 * normal(random))))
  const written = Math.round(model.completion * Math.exp(0.7 * normal(random)))
  return { inputTokens, outputTokens: failed ? 0 : written }
}

/** Lognormal with a long tail; mostly whole milliseconds, some fractional, a few 0 (not measured). */
function drawLatency(random: Random, model: Model, outputTokens: number, failed: boolean): number {
  const typical = failed ? 90 : model.baseLatencyMs + outputTokens * 4
  const latency = typical * Math.exp(0.5 * normal(random))
  const shape = random()
  if (shape < 0.01) return 0
  return shape < 0.3 ? Math.round(latency * 1000) / 1000 : Math.round(latency)
}

function drawCacheKind(random: Random): 'simple' | 'semantic' {
  return random() < 0.7 ? 'simple' : 'semantic'
}

function drawFeedback(random: Random): Feedback {
  const score = random() < 0.7 ? (random() < 0.75 ? 1 : -1) : integer(random, -10, 10)
  return { score, weight: random() < 0.8 ? 1 : 0.3 }
}
