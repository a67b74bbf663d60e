import fc from 'fast-check'
import type { Question } from './question.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Ordinary intervals and odd ones, with their length (of calendar units: about) in ms. */
const INTERVALS: readonly (readonly [string, number])[] = [
  ['1 second', SECOND],
  ['7 seconds', 7 * SECOND],
  ['1 minute', MINUTE],
  ['7 minutes', 7 * MINUTE],
  ['10 minutes', 10 * MINUTE],
  ['15 minutes', 15 * MINUTE],
  ['48 minutes', 48 * MINUTE],
  ['1 hour', HOUR],
  ['60 minutes', HOUR],
  ['90 minutes', 90 * MINUTE],
  ['5 hours', 5 * HOUR],
  ['6 hours', 6 * HOUR],
  ['1 day', DAY],
  ['36 hours', 36 * HOUR],
  ['2 days', 2 * DAY],
  ['1 week', 7 * DAY],
  ['2 weeks', 14 * DAY],
  ['1 month', 30 * DAY],
  ['5 months', 150 * DAY],
  ['1 year', 365 * DAY],
]
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Sydney',
  'Australia/Lord_Howe',
] as const
const MOST_BUCKETS = 1_500

/** The part of a question that says when. */
export type Times = Pick<Question, 'startTs' | 'endTs' | 'type' | 'interval' | 'timeZone'>

/** What windows are placed by: the first request there can be and the present, epoch ms. */
export type Era = { readonly since: number; readonly now: number }

/** Windows of every kind (aligned or not, a moment or a year, before, after and across the present), with intervals that fit. */
export function times(era: Era): fc.Arbitrary<Times> {
  const series = fc.constantFrom(...INTERVALS).chain(([interval, length]) =>
    fc.record({ span: span(era, lengths(length)), zone: zone() }).map(({ span: [start, end], zone }): Times => {
      const capped = Math.min(end, start + length * MOST_BUCKETS)
      return { ...stamps(start, capped), type: 'timeseries', interval, ...(zone === null ? {} : { timeZone: zone }) }
    }),
  )
  const whole = span(era, fc.oneof(anyLength(), lengths(HOUR), lengths(DAY))).map(
    ([start, end]): Times => ({ ...stamps(start, end), type: 'distribution' }),
  )
  return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 4, arbitrary: series })
}

/** Whole hours or days of the past, cut into ordinary intervals: what dashboards ask. */
export function simpleTimes(era: Era): fc.Arbitrary<Times> {
  const day = Math.floor(era.now / DAY) * DAY
  const span = fc.constantFrom([day - DAY, day], [day - 3 * DAY, day], [day - 12 * HOUR, day], [day, day + DAY])
  return fc.oneof(
    span.map(([start = 0, end = 0]): Times => ({ ...stamps(start, end), type: 'distribution' })),
    fc
      .tuple(span, fc.constantFrom('1 hour', '6 hours', '1 day'))
      .map(([[start = 0, end = 0], interval]): Times => ({ ...stamps(start, end), type: 'timeseries', interval })),
  )
}

function zone(): fc.Arbitrary<string | null> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.constantFrom(...ZONES) })
}

/** So many of an interval, or not quite. */
function lengths(interval: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 })), wobble(interval))
    .map(([count, more]) => Math.max(1, count * interval + more))
}

function anyLength(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1, max: MINUTE }),
    fc.integer({ min: 1, max: 3 * HOUR }),
    fc.integer({ min: 1, max: 6 * DAY }),
    fc.constantFrom(59 * MINUTE, HOUR, 61 * MINUTE, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 31 * DAY, 400 * DAY),
  )
}

function wobble(size: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    fc.constantFrom(-1, 1),
    fc.integer({ min: -Math.floor(size / 2), max: Math.floor(size / 2) }),
  )
}

/** A window of the length, somewhere that there are requests: mostly. */
function span(era: Era, length: fc.Arbitrary<number>): fc.Arbitrary<readonly [number, number]> {
  const { since, now } = era
  const grid = fc.constantFrom(1, SECOND, MINUTE, 10 * MINUTE, HOUR, HOUR, DAY)
  const within = fc
    .tuple(fc.integer({ min: since, max: now }), grid)
    .map(([instant, step]) => Math.floor(instant / step) * step)
  const placed = length.chain((long) =>
    fc
      .oneof(
        { weight: 8, arbitrary: within },
        // Ends now, a little before or after, or long after.
        { weight: 2, arbitrary: wobble(HOUR).map((more) => now - long + more) },
        { weight: 1, arbitrary: wobble(MINUTE).map((more) => now - Math.floor(long / 2) + more) },
        { weight: 1, arbitrary: wobble(HOUR).map((more) => since - Math.floor(long / 2) + more) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((days) => since - long - days * DAY) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 * DAY }).map((later) => now + later) },
      )
      .map((start) => [start, start + long] as const),
  )
  return placed
}

function stamps(start: number, end: number) {
  return { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
}
