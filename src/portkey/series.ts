import type { SeriesAnswer } from './answer.js'
import { readColumns, readFigure, readFigures } from './fields.js'
import type { Breakdown, GraphShape } from './graphs.js'
import { readStamp } from './instant.js'
import { malformed } from './malformed.js'
import { isWireObject, readText, type WireObject } from './wire.js'

type SeriesShape = Extract<GraphShape, { readonly kind: 'series' }>

/**
 * A graph's points in order of time. Throws `UPSTREAM_MALFORMED` on a repeated stamp and on uneven steps: an empty bucket is
 * present upstream, so a gap means that points were lost.
 */
export function readSeries(
  points: readonly WireObject[],
  summary: WireObject | null,
  shape: SeriesShape,
  path: string,
): SeriesAnswer {
  const stamped = points.map((point) => ({ point, start: readStamp(point.timestamp) ?? Number.NaN }))
  const unread = stamped.filter(({ start }) => Number.isNaN(start)).length
  if (unread > 0) throw malformed(path, `timestamp is not a time in ${unread} of ${points.length} points`)
  stamped.sort((a, b) => a.start - b.start)
  const starts = stamped.map(({ start }) => start)
  const sorted = stamped.map(({ point }) => point)
  return {
    kind: 'series',
    starts,
    fields: {
      ...readColumns(sorted, shape.point, path),
      ...(shape.breakdown === null ? {} : readBreakdown(sorted, shape.breakdown, path)),
    },
    summary: summary === null ? {} : readFigures(summary, shape.summary, path),
    step: readStep(starts, path),
  }
}

function readStep(starts: readonly number[], path: string): number | null {
  const steps = new Set(starts.slice(1).map((start, i) => start - (starts[i] ?? start)))
  if (steps.has(0)) throw malformed(path, 'two points have the same timestamp')
  if (steps.size > 1) throw malformed(path, `the points are not evenly spaced (${steps.size} different distances)`)
  return [...steps][0] ?? null
}

/** A list that is null stays unknown (null) in every field; one that is missing is malformed. */
function readBreakdown(
  points: readonly WireObject[],
  breakdown: Breakdown,
  path: string,
): Record<string, readonly (number | null)[]> {
  const lists = points.map((point) => readCounts(point[breakdown.list], breakdown, path))
  const keys = [...new Set(lists.flatMap((counts) => [...(counts?.keys() ?? [])]))].sort()
  return Object.fromEntries([
    ...keys.map((key) => [breakdown.prefix + key, lists.map((counts) => counts && (counts.get(key) ?? 0))] as const),
    [breakdown.total, lists.map((counts) => counts && [...counts.values()].reduce((sum, count) => sum + count, 0))],
  ])
}

function readCounts(list: unknown, { list: name, key, count }: Breakdown, path: string): Map<string, number> | null {
  if (list === null) return null
  if (!Array.isArray(list)) throw malformed(path, `${name} is not a list in some points`)
  const counts = new Map<string, number>()
  for (const item of list) {
    const value = isWireObject(item) ? readText(item[key]) : undefined
    const figure = isWireObject(item) ? readFigure(item[count], 'requests') : undefined
    if (value === undefined || typeof figure !== 'number') {
      throw malformed(path, `an item of ${name} lacks a readable ${key} or ${count}`)
    }
    if (counts.has(value)) throw malformed(path, `one ${key} stands twice in a point's ${name}`)
    // An item without a key and without a count says nothing: an empty bucket may carry one.
    if (value !== '' || figure > 0) counts.set(value, figure)
  }
  return counts
}
