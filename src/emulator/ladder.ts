/**
 * How a graph's step follows the window's length: the first rung whose `upToMs` is not below the length decides; past the
 * last one, the last one does. Rungs ascend.
 */
export type Ladder = readonly Rung[]
/** Windows up to this long, in ms, have points this far apart, in ms. */
export type Rung = { readonly upToMs: number; readonly stepMs: number }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Portkey's regimes: 59 min → 1 minute, 61 min → 10 minutes, 24 h → 1 hour, 30 days → 1 day. Where it switches in between
 * is not published; these points are a choice.
 */
export const DEFAULT_LADDER: Ladder = [
  { upToMs: HOUR, stepMs: MINUTE },
  { upToMs: 6 * HOUR, stepMs: 10 * MINUTE },
  { upToMs: 7 * DAY, stepMs: HOUR },
  { upToMs: Number.POSITIVE_INFINITY, stepMs: DAY },
]

/** The step of a window whose inclusive bounds are `min` and `max`: its length is max − min + 1 ms. */
export function stepOf(ladder: Ladder, min: number, max: number): number {
  const length = max - min + 1
  const rung = ladder.find((candidate) => length <= candidate.upToMs) ?? ladder.at(-1)
  if (rung === undefined) throw new Error('a ladder needs at least one rung')
  return rung.stepMs
}

/**
 * Starts of the buckets that a window touches, on the UTC grid, up to and with the one in progress at `now`. Buckets that
 * have not begun are absent.
 */
export function bucketStarts(step: number, min: number, max: number, now: number): readonly number[] {
  const first = Math.floor(min / step)
  const last = Math.floor(Math.min(max, now) / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step)
}
