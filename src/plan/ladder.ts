import { STEPS } from '../portkey/graphs.js'
import type { Window } from '../query/query.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The step that a window of this length was answered with, both in ms. */
export type Observation = { readonly length: number; readonly step: number }

/**
 * What is known of the granularity ladder before any answer: up to 59 minutes → 1 minute, from about 61 → 10 minutes,
 * 24 h → 1 hour, about 30 days → 1 day. Between those the switch points are not published, so this is a first guess.
 */
const PRIOR: readonly { readonly below: number; readonly step: number }[] = [
  { below: HOUR + MINUTE, step: STEPS[0] },
  { below: DAY, step: STEPS[1] },
  { below: 30 * DAY, step: STEPS[2] },
  { below: Number.POSITIVE_INFINITY, step: STEPS[3] },
]

/**
 * Lengths to ask a step with, the longest first; the last of each is surely in its regime. Minute series are asked on
 * 48-minute tiles (DESIGN, "Words").
 */
const SPANS: ReadonlyMap<number, readonly number[]> = new Map([
  [MINUTE, [48 * MINUTE]],
  [10 * MINUTE, [18 * HOUR, 12 * HOUR, 8 * HOUR, 6 * HOUR, 4 * HOUR, 3 * HOUR, 2 * HOUR, 70 * MINUTE]],
  [HOUR, [28 * DAY, 21 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, 2 * DAY, DAY]],
  [DAY, [365 * DAY, 90 * DAY, 60 * DAY, 31 * DAY]],
])

/**
 * The step in ms that a window of `length` ms is expected to be answered with. Steps never shrink as windows grow, so each
 * observation bounds all lengths on its side.
 */
export function predictStep(length: number, observed: readonly Observation[]): number {
  const exact = observed.find((seen) => seen.length === length)
  if (exact) return exact.step
  const prior = PRIOR.find((rung) => length < rung.below)?.step ?? DAY
  const atLeast = Math.max(0, ...observed.filter((seen) => seen.length < length).map((seen) => seen.step))
  const atMost = Math.min(...observed.filter((seen) => seen.length > length).map((seen) => seen.step))
  return Math.min(Math.max(prior, atLeast), atMost)
}

/** What was observed and one thing more, the same value if it tells nothing; what contradicts the newest is forgotten. */
export function observe(observed: readonly Observation[], { length, step }: Observation): readonly Observation[] {
  if (observed.some((seen) => seen.length === length && seen.step === step)) return observed
  const agreeing = observed.filter((seen) =>
    seen.length < length ? seen.step <= step : seen.length > length && seen.step >= step,
  )
  const all = [...agreeing, { length, step }]
  // Only the shortest and the longest length of a step tell anything about the ladder.
  const telling = all.filter((seen) => {
    const same = all.filter((other) => other.step === seen.step).map((other) => other.length)
    return seen.length === Math.min(...same) || seen.length === Math.max(...same)
  })
  const isSame = telling.length === observed.length && telling.every((seen, index) => seen === observed[index])
  return isSame ? observed : telling
}

/** The longest length in ms that is expected to be answered with `step`, and the shortest; `null` when none is known. */
export function spanLengths(
  step: number,
  observed: readonly Observation[],
): { longest: number; shortest: number } | null {
  const fitting = (SPANS.get(step) ?? []).filter((length) => predictStep(length, observed) === step)
  const longest = fitting[0]
  const shortest = fitting.at(-1)
  return longest === undefined || shortest === undefined ? null : { longest, shortest }
}

/**
 * Cuts a window into the fewest sub-windows whose points are `step` apart or finer. Cuts lie on the step's grid, minute
 * series on the tiles' grid. `null` when no length is known to give that step.
 */
export function cut(window: Window, step: number, observed: readonly Observation[]): readonly Window[] | null {
  if (predictStep(window.end - window.start, observed) <= step) return [window]
  const span = spanLengths(step, observed)?.longest
  if (span === undefined) return null
  const pieces: Window[] = []
  for (let at = gridStart(window.start, step, span); at < window.end; at += span) {
    pieces.push({ start: Math.max(at, window.start), end: Math.min(at + span, window.end) })
  }
  return pieces
}

/** How many sub-windows `cut` would make, without making them. */
export function cutCount(window: Window, step: number, observed: readonly Observation[]): number {
  if (predictStep(window.end - window.start, observed) <= step) return 1
  const span = spanLengths(step, observed)?.longest
  if (span === undefined) return Number.POSITIVE_INFINITY
  return Math.ceil((window.end - gridStart(window.start, step, span)) / span)
}

/** Where the first sub-window starts: minute series lie on the tiles' grid, so that edges are shared; others on the step's. */
export function gridStart(start: number, step: number, span: number): number {
  const grid = step === MINUTE ? span : step
  return Math.floor(start / grid) * grid
}
