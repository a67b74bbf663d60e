import { bucketCount, bucketEdges } from '../query/buckets.js'
import { describeInterval, parseInterval } from '../query/interval.js'
import { LIMITS } from '../query/limits.js'
import type { Interval, Window } from '../query/query.js'
import type { Range } from './range.js'

/** Bucket sizes to choose from, smallest first: Portkey's own steps and what they divide. The last ones hold any range in a bucket or two. */
const LADDER: readonly Interval[] = [
  '1 minute',
  '5 minutes',
  '10 minutes',
  '30 minutes',
  '1 hour',
  '3 hours',
  '6 hours',
  '12 hours',
  '1 day',
  '1 week',
  '1 month',
  '3 months',
  '1 year',
  '10 years',
  '100 years',
].flatMap((text) => {
  const parsed = parseInterval(text)
  return parsed.ok ? [parsed.interval] : []
})

/** The choices as a builder offers them. */
export const INTERVAL_CHOICES: readonly string[] = LADDER.slice(0, 13).map(describeInterval)

/** What bounds the choice of an interval. */
export type Wish = {
  /** The shortest bucket worth drawing, ms. */
  readonly leastMs: number
  /** The most buckets. */
  readonly mostPoints: number
  /** The zone on whose grid buckets of that size lie. */
  readonly zoneOf: (interval: Interval) => string
}

/** The intervals of the ladder that are no shorter than wished and cut the window into no more buckets than wished, smallest first. */
export function fittingIntervals(window: Window, { leastMs, mostPoints, zoneOf }: Wish): readonly Interval[] {
  const most = Math.min(mostPoints, LIMITS.buckets)
  const fitting = LADDER.filter(
    (interval) => nominalMs(interval) >= leastMs && bucketCount(window, interval, zoneOf(interval)) <= most,
  )
  return fitting.length > 0 ? fitting : LADDER.slice(-1)
}

/** The interval that Grafana writes as `5m`, if it is one of whole seconds and cuts the window into no more buckets than wished. */
export function namedInterval(
  text: string,
  window: Window,
  { mostPoints, zoneOf }: Pick<Wish, 'mostPoints' | 'zoneOf'>,
): Interval | null {
  const ms = durationMs(text)
  if (ms === null) return null
  const [, amount, unit = ''] = /^(\d+)(\w+)$/.exec(text.trim()) ?? []
  const parsed = parseInterval(unit === 'ms' ? `${ms / 1_000} seconds` : `${Number(amount)} ${UNITS[unit]}`)
  if (!parsed.ok) return null
  const count = bucketCount(window, parsed.interval, zoneOf(parsed.interval))
  return count > Math.min(mostPoints, LIMITS.buckets) ? null : parsed.interval
}

/** The window made to begin and end with whole buckets; as it is, where these are more than a reply may hold. */
export function alignedTo(window: Window, interval: Interval, timeZone: string): Window {
  if (bucketCount(window, interval, timeZone) > LIMITS.buckets) return window
  const edges = bucketEdges(window, interval, timeZone)
  return { start: edges[0] ?? window.start, end: edges.at(-1) ?? window.end }
}

/** Of its length, what a range of totals may be widened by at either end. */
const WIDENED = 100

/** Steps on which a moving range of totals begins and ends, smallest first. */
const STEADY: readonly Interval[] = [
  ...[1, 5, 15, 30].map((seconds) => ({ unit: 'fixed', seconds }) as const),
  ...LADDER.filter(({ unit }) => unit === 'fixed'),
]

/**
 * A range of totals made to stand still for a while: those of its ends that move lie on the largest step, up to a day, that is no more than
 * a hundredth of it; the others stay where they are, and so does all of a range that has no such step. The step hangs on the length alone, so
 * panels of every width ask about the same window.
 */
export function steadied({ start, end, startMoves, endMoves }: Range): Window {
  const step = STEADY.findLast((interval) => nominalMs(interval) <= (end - start) / WIDENED)
  if (step === undefined) return { start, end }
  const wide = alignedTo({ start, end }, step, 'UTC')
  return { start: startMoves ? wide.start : start, end: endMoves ? wide.end : end }
}

/** A duration as Grafana writes it, `30s`, `1h`, `7d`, in ms; `null` for anything else. */
export function durationMs(text: string): number | null {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d|w|M|y)$/.exec(text.trim()) ?? []
  const size = unit === undefined ? undefined : DURATIONS[unit]
  return size === undefined || Number(amount) < 1 ? null : Number(amount) * size
}

const DAY = 86_400_000

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY,
  w: 7 * DAY,
  M: 30 * DAY,
  y: 365 * DAY,
}

const UNITS: Readonly<Record<string, string>> = {
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  M: 'months',
  y: 'years',
}

/** How long a bucket is, ms; months count as 30 days, as Grafana counts them, and years as 365. */
export function nominalMs(interval: Interval): number {
  switch (interval.unit) {
    case 'fixed':
      return interval.seconds * 1_000
    case 'week':
      return interval.weeks * 7 * DAY
    case 'month':
      return interval.months % 12 === 0 ? (interval.months / 12) * 365 * DAY : interval.months * 30 * DAY
  }
}
