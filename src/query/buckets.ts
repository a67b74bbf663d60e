import { type Grid, gridOf } from './grid.js'
import type { Interval, Window } from './query.js'
import { firstInstantOf, offsetAt, stretchesOf } from './zone-clock.js'

const DAY = 86_400_000

/**
 * The buckets that a window touches, as their edges in epoch ms: strictly ascending, the first at or before the window's
 * start, the last at or after its end. Bucket i is `[edges[i], edges[i + 1])`.
 *
 * Edges lie on the grid of the zone's wall clock. Where the clock is set forward over an edge, the edge is the moment of
 * the change. Where it is set back, a bucket that is longer than the shift simply lasts longer (a day of 25 hours, from
 * the first midnight); shorter ones come twice, as the wall clock does.
 */
export function bucketEdges(window: Window, interval: Interval, timeZone: string): number[] {
  const grid = gridOf(interval)
  const candidates = grid.shortest >= DAY ? edgesByLabel : edgesByStretch
  const edges: number[] = []
  for (const edge of candidates(grid, window, timeZone)) {
    if (edge <= window.start) edges.length = 0
    edges.push(edge)
    if (edge >= window.end) break
  }
  return edges
}

/**
 * How many buckets the window touches, by arithmetic alone: exact in UTC, elsewhere off by what the changes of the clock
 * within the window repeat or skip (an hour's worth of buckets each at most).
 */
export function bucketCount(window: Window, interval: Interval, timeZone: string): number {
  const grid = gridOf(interval)
  const labelAt = (instant: number): number => grid.labelAt(instant + offsetAt(timeZone, instant))
  return Math.max(1, labelAt(window.end - 1) - labelAt(window.start) + 1)
}

/** Edges of buckets of a day or more: one look at the zone for each, however long the window. */
function* edgesByLabel(grid: Grid, window: Window, timeZone: string): Generator<number> {
  let last = Number.NEGATIVE_INFINITY
  // One more before, as the zone's clock may be behind.
  for (let label = grid.labelAt(window.start) - 2; ; label += 1) {
    const edge = firstInstantOf(timeZone, grid.startOf(label))
    // Two labels can start at once: a zone that crosses the date line skips a day.
    if (edge > last) yield edge
    last = Math.max(edge, last)
  }
}

/** Edges of buckets shorter than a day: even steps within each stretch of one offset. */
function* edgesByStretch(grid: Grid, window: Window, timeZone: string): Generator<number> {
  const margin = timeZone === 'UTC' ? 0 : 2 * DAY
  const from = grid.startOf(grid.labelAt(window.start) - 1) - margin
  const to = grid.startOf(grid.labelAt(window.end) + 2) + margin
  const stretches = stretchesOf(timeZone, from, to)
  let highest = Number.NEGATIVE_INFINITY
  for (const [index, { start, offset }] of stretches.entries()) {
    const end = stretches[index + 1]?.start ?? to
    const before = stretches[index - 1]
    const first = grid.labelAt(start + offset)
    const comesTwice = before !== undefined && before.offset - offset >= grid.shortest
    if (before !== undefined && (comesTwice || first > highest)) yield start
    highest = comesTwice ? first : Math.max(first, highest)
    for (;;) {
      const edge = grid.startOf(highest + 1) - offset
      if (edge >= end) break
      highest += 1
      yield edge
    }
  }
}
