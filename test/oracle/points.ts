import { edgesOf } from './buckets.js'
import { type Point, type Question, spanOf } from './question.js'
import type { SqlValue } from './store.js'

/** Edges of the buckets that have begun, the last end included; `null` on a distribution. */
export function begunEdges(question: Question, now: number): readonly number[] | null {
  if (question.type === 'distribution') return null
  const edges = edgesOf(spanOf(question), question.interval ?? '', question.timeZone ?? 'UTC')
  const ahead = edges.findIndex((edge) => edge > now)
  return ahead === -1 ? edges : edges.slice(0, ahead + 1)
}

/** A row of SQL (bucket start first) as a row of a reply; `names` of its columns. */
export function pointOf(row: readonly SqlValue[], names: readonly string[], edges: readonly number[] | null): Point {
  const cells = names.flatMap((name, index) => (index === 0 ? [] : [[name, row[index] ?? null] as const]))
  const start = row[0]
  return {
    ...(edges === null || typeof start !== 'number' ? {} : stampsOf(start, edges)),
    ...Object.fromEntries(cells),
  }
}

function stampsOf(start: number, edges: readonly number[]) {
  const end = edges[edges.indexOf(start) + 1] ?? start
  return { startTimestamp: new Date(start).toISOString(), endTimestamp: new Date(end).toISOString() }
}

/** Without groups every bucket has its row, whatever happened in it. `ofNone`: what aggregations are of nothing. */
export function filled(
  found: readonly Point[],
  edges: readonly number[] | null,
  aggregations: readonly { readonly key: string; readonly ofNone: number | null }[],
): readonly Point[] {
  if (edges === null) return found
  const none = Object.fromEntries(aggregations.map(({ key, ofNone }) => [key, ofNone]))
  const byStart = new Map(found.map((point) => [point.startTimestamp, point]))
  return edges.slice(0, -1).map((start) => {
    const stamps = stampsOf(start, edges)
    return byStart.get(stamps.startTimestamp) ?? { ...stamps, total: 0, ...none }
  })
}
