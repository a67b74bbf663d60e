import type { Ask } from './ask.js'
import type { JsonObject } from './json.js'
import { isHit, mean } from './measures.js'
import { roundFigures } from './numbers.js'

/**
 * The body of summary/cache. `avg_latency` is that of hits, ms, `null` without one; `cache_speedup` is by how many per cent a
 * hit is faster than a request that reached a provider, 0 when either is missing.
 */
export function cacheSummary(ask: Ask): JsonObject {
  const hits = ask.rows.filter(isHit)
  const others = ask.rows.filter((row) => !isHit(row))
  const hitLatency = mean(hits, (row) => row.cacheLatencyMs)
  const otherLatency = mean(others, (row) => row.latencyMs)
  const comparable = hits.length > 0 && otherLatency > 0
  const summary = {
    hits: hits.length,
    avg_latency: hits.length === 0 ? null : hitLatency,
    total_requests: ask.rows.length,
    cache_speedup: comparable ? ((otherLatency - hitLatency) / otherLatency) * 100 : 0,
  }
  return { object: 'analytics-summary', summary: roundFigures(summary, ask.settings) }
}
