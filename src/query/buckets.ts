import { Temporal } from 'temporal-polyfill'
import { type Grid, gridOf } from './grid.js'
import type { Interval, Window } from './query.js'

const DAY = 86_400_000
/** Beyond this many buckets a count need not be exact. */
const WORTH_COUNTING = 30_000

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
  const margin = timeZone === 'UTC' ? 0 : 2 * DAY
  const from = grid.startOf(grid.labelAt(window.start) - 1) - margin
  const to = grid.startOf(grid.labelAt(window.end) + 2) + margin
  const edges: number[] = []
  for (const edge of edgesOf(grid, offsets(timeZone, from, to), to)) {
    if (edge <= window.start) edges.length = 0
    edges.push(edge)
    if (edge >= window.end) break
  }
  return edges
}

/**
 * How many buckets the window touches, without listing them when there are many: exact in UTC; in other zones exact up to
 * 30,000, and beyond that within a few buckets for each change of the clock.
 */
export function bucketCount(window: Window, interval: Interval, timeZone: string): number {
  const grid = gridOf(interval)
  const last = grid.labelAt(window.end - 1 + offsetAt(timeZone, window.end - 1))
  const nominal = last - grid.labelAt(window.start + offsetAt(timeZone, window.start)) + 1
  if (timeZone === 'UTC' || nominal > WORTH_COUNTING) return nominal
  return bucketEdges(window, interval, timeZone).length - 1
}

/** A stretch of time, from `start` to the next stretch, in which the wall clock is UTC + `offset`; both in ms. */
type Stretch = { readonly start: number; readonly offset: number }

function* edgesOf(grid: Grid, stretches: readonly Stretch[], to: number): Generator<number> {
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

function offsets(timeZone: string, from: number, to: number): readonly Stretch[] {
  const stretches: Stretch[] = [{ start: from, offset: offsetAt(timeZone, from) }]
  if (timeZone === 'UTC') return stretches
  let change = zoned(timeZone, from).getTimeZoneTransition('next')
  while (change !== null && change.epochMilliseconds < to) {
    stretches.push({ start: change.epochMilliseconds, offset: change.offsetNanoseconds / 1e6 })
    change = change.getTimeZoneTransition('next')
  }
  return stretches
}

function offsetAt(timeZone: string, ms: number): number {
  return timeZone === 'UTC' ? 0 : zoned(timeZone, ms).offsetNanoseconds / 1e6
}

function zoned(timeZone: string, ms: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
}
