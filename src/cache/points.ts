import type { SeriesAnswer } from '../portkey/answer.js'
import type { Call } from '../portkey/call.js'
import { isCumulative, STEPS } from '../portkey/graphs.js'
import { freshUntil, isLive, type Policy, worthOf } from './freshness.js'
import type { Point, Store } from './store.js'

/** Points that tile a span, and what they are worth together. */
export type Tiles = {
  readonly points: readonly { readonly start: number; readonly values: Point['values'] }[]
  /** Epoch ms: when the oldest was asked for, until when all are good. */
  readonly fetchedAt: number
  readonly freshUntil: number
  /** Moments at which those were asked for that were unsettled then. */
  readonly live: readonly number[]
  readonly stale: boolean
}

/** What of the store may be used. */
export type Wanted = {
  /** `[start, end)`, epoch ms, on the grid of `step`. */
  readonly span: { readonly start: number; readonly end: number }
  readonly step: number
  readonly fields: readonly string[]
  readonly now: number
  /** Nothing that was asked for before this counts. */
  readonly notBefore: (live: boolean) => number
  /** Expired points count too. */
  readonly stale: boolean
}

/**
 * Keeps every point of an answer whose bucket the call covered whole, and the call's summary where the call is one bucket itself.
 * Running sums are left out: they count from their own call's start.
 */
export function keepPoints(store: Store, series: string, call: Call, answer: SeriesAnswer, fetchedAt: number): void {
  const fields = Object.keys(answer.fields).filter((field) => !isCumulative(call.endpoint, field))
  const { step, starts } = answer
  if (step !== null && STEPS.includes(step)) {
    starts.forEach((start, index) => {
      if (start < call.window.start || start + step > call.window.end || start % step !== 0) return
      const values = Object.fromEntries(fields.map((field) => [field, answer.fields[field]?.[index] ?? null]))
      keep(store, placeOf(series, step, start), { fetchedAt, values })
    })
  }
  const length = call.window.end - call.window.start
  if (!STEPS.includes(length) || call.window.start % length !== 0) return
  const whole = Object.entries(answer.summary).filter(([field]) => !isCumulative(call.endpoint, field))
  if (whole.length > 0) {
    keep(store, placeOf(series, length, call.window.start), { fetchedAt, values: Object.fromEntries(whole) })
  }
}

/** The points that tile a span; `null` unless all that have begun are held and may be used. */
export function tilesOf(store: Store, series: string, wanted: Wanted, policy: Policy): Tiles | null {
  const { span, step, fields, now } = wanted
  const points: { start: number; values: Point['values'] }[] = []
  const live: number[] = []
  let fetchedAt = Number.POSITIVE_INFINITY
  let good = Number.POSITIVE_INFINITY
  let stale = false
  for (let start = span.start; start < span.end && start <= now; start += step) {
    const point = store.point(placeOf(series, step, start))
    if (point === undefined || fields.some((field) => point.values[field] === undefined)) return null
    const end = start + step
    const unsettled = isLive(point.fetchedAt, end, policy)
    if (point.fetchedAt < wanted.notBefore(unsettled)) return null
    const worth = worthOf(point.fetchedAt, end, now, policy)
    if (worth === 'gone' || (worth !== 'fresh' && !wanted.stale)) return null
    stale ||= worth !== 'fresh'
    fetchedAt = Math.min(fetchedAt, point.fetchedAt)
    good = Math.min(good, freshUntil(point.fetchedAt, end, policy))
    if (unsettled) live.push(point.fetchedAt)
    points.push({ start, values: point.values })
  }
  return points.length === 0 ? null : { points, fetchedAt, freshUntil: good, live, stale }
}

/** Replicas' answers may come in any order: an older one takes nothing away. */
function keep(store: Store, key: string, point: Point): void {
  const seen = store.point(key)
  if (seen === undefined || seen.fetchedAt < point.fetchedAt) store.keepPoint(key, point)
  // The same moment's other fields: a summary beside points.
  else if (seen.fetchedAt === point.fetchedAt) {
    store.keepPoint(key, { fetchedAt: seen.fetchedAt, values: { ...point.values, ...seen.values } })
  }
}

function placeOf(series: string, step: number, start: number): string {
  return `${series}:${step}:${start}`
}
