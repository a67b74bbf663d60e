import { percentile } from './percentile.js'
import { type TrafficRow, weightedFeedback } from './row.js'

/** A number read off a row. */
export type Reading = (row: TrafficRow) => number

/** Tokens of the prompt. */
export const inputTokens: Reading = (row) => row.inputTokens
/** Tokens of the completion. */
export const outputTokens: Reading = (row) => row.outputTokens
/** Tokens of both. */
export const totalTokens: Reading = (row) => row.inputTokens + row.outputTokens
/** Cost, USD cents. */
export const cents: Reading = (row) => row.costCents

/** Status 400 and above. */
export const isError = (row: TrafficRow): boolean => row.status >= 400
/** Answered by a cache. */
export const isHit = (row: TrafficRow): boolean => row.cache !== null

/** Plain floating-point sum, in row order. */
export function sum(rows: readonly TrafficRow[], read: Reading): number {
  let total = 0
  for (const row of rows) total += read(row)
  return total
}

/** Mean over all rows; 0 of none. */
export function mean(rows: readonly TrafficRow[], read: Reading): number {
  return rows.length === 0 ? 0 : sum(rows, read) / rows.length
}

/** How many rows pass the test. */
export function count(rows: readonly TrafficRow[], test: (row: TrafficRow) => boolean): number {
  let found = 0
  for (const row of rows) if (test(row)) found++
  return found
}

/** Per cent of the rows, 0–100; 0 of none. */
export function rate(rows: readonly TrafficRow[], test: (row: TrafficRow) => boolean): number {
  return rows.length === 0 ? 0 : (count(rows, test) / rows.length) * 100
}

/** All latencies (failures included), ms, ascending. */
export function sortedLatencies(rows: readonly TrafficRow[]): Float64Array {
  return Float64Array.from(rows, (row) => row.latencyMs).sort()
}

/** Percentile of latency, ms; `null` of no rows. */
export function latencyPercentile(rows: readonly TrafficRow[], share: number): number | null {
  return percentile(sortedLatencies(rows), share)
}

/** Mean of score × weight over the rows that have feedback; `null` when none has. */
export function meanWeightedFeedback(rows: readonly TrafficRow[]): number | null {
  const judged = rows.filter((row) => row.feedback !== null)
  return judged.length === 0 ? null : mean(judged, (row) => weightedFeedback(row) ?? 0)
}

/** Rows by a text of theirs; each list keeps the row order. */
export function partition<Key>(
  rows: readonly TrafficRow[],
  keyOf: (row: TrafficRow) => Key,
): ReadonlyMap<Key, readonly TrafficRow[]> {
  const parts = new Map<Key, TrafficRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [row])
    else part.push(row)
  }
  return parts
}
