import { LIMITS } from './limits.js'
import type { Interval } from './query.js'
import { didYouMean, oneOf, quote } from './wording.js'

/** Units of the language, smallest first. */
export const INTERVAL_UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const
export type IntervalUnit = (typeof INTERVAL_UNITS)[number]

/** An interval, or what is wrong with it, as a sentence for the caller. */
export type ParsedInterval =
  | { readonly ok: true; readonly interval: Interval }
  | { readonly ok: false; readonly fault: string }

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const
const LONGEST = 64

/** How many of a unit the longest interval has. */
const MOST: Readonly<Record<IntervalUnit, number>> = {
  second: LIMITS.intervalYears * 365 * SECONDS.day,
  minute: LIMITS.intervalYears * 365 * 24 * 60,
  hour: LIMITS.intervalYears * 365 * 24,
  day: LIMITS.intervalYears * 365,
  week: LIMITS.intervalYears * 52,
  month: LIMITS.intervalYears * 12,
  year: LIMITS.intervalYears,
}

/** `"5 minute"`, `"2 Weeks"`: one positive integer, one or more spaces, one unit. */
export function parseInterval(value: unknown): ParsedInterval {
  const shape = 'An interval is one positive integer, a space and a unit, such as "5 minutes"'
  if (typeof value !== 'string' || value.length > LONGEST) return bad(`${shape}; found ${quote(value)}.`)
  const [amount, word, ...more] = value.trim().split(/ +/)
  if (amount === undefined || word === undefined) return bad(`${shape}; found ${quote(value)}.`)
  if (more.length > 0) return bad(`${shape}; compound intervals are not taken; found ${quote(value)}.`)
  if (!/^\d+$/.test(amount)) return bad(`${shape}; found ${quote(value)}.`)
  const lower = word.toLowerCase()
  const unit = INTERVAL_UNITS.find((name) => name === lower || `${name}s` === lower)
  if (unit === undefined) {
    return bad(
      `Unknown interval unit ${quote(word)}.${didYouMean(word, INTERVAL_UNITS)} Units: ${oneOf(INTERVAL_UNITS)}.`,
    )
  }
  return withinLimit(Number(amount), unit, value)
}

/** The deprecated `intervalInSeconds`: a positive integer. */
export function parseSeconds(value: unknown): ParsedInterval {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return bad(`intervalInSeconds is a positive integer; found ${quote(value)}.`)
  }
  return withinLimit(value, 'second', value)
}

/** The interval as the language writes it, in the largest unit that divides it: `48 minutes`. */
export function describeInterval(interval: Interval): string {
  const { amount, unit } = inLargestUnit(interval)
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`
}

/** The largest unit that divides the interval, and how many of it. */
export function inLargestUnit(interval: Interval): { readonly amount: number; readonly unit: IntervalUnit } {
  switch (interval.unit) {
    case 'week':
      return { amount: interval.weeks, unit: 'week' }
    case 'month':
      return interval.months % 12 === 0
        ? { amount: interval.months / 12, unit: 'year' }
        : { amount: interval.months, unit: 'month' }
    case 'fixed': {
      const { seconds } = interval
      if (seconds % SECONDS.day === 0) return { amount: seconds / SECONDS.day, unit: 'day' }
      if (seconds % SECONDS.hour === 0) return { amount: seconds / SECONDS.hour, unit: 'hour' }
      if (seconds % SECONDS.minute === 0) return { amount: seconds / SECONDS.minute, unit: 'minute' }
      return { amount: seconds, unit: 'second' }
    }
  }
}

/** So many of a unit, folded: 60 minutes = 1 hour, 12 months = 1 year; weeks stand apart, as they count from a Monday. */
export function intervalOf(amount: number, unit: IntervalUnit): Interval {
  switch (unit) {
    case 'second':
    case 'minute':
    case 'hour':
    case 'day':
      return { unit: 'fixed', seconds: amount * SECONDS[unit] }
    case 'week':
      return { unit: 'week', weeks: amount }
    case 'month':
      return { unit: 'month', months: amount }
    case 'year':
      return { unit: 'month', months: amount * 12 }
  }
}

function withinLimit(amount: number, unit: IntervalUnit, found: unknown): ParsedInterval {
  if (amount < 1) return bad(`The amount of an interval is at least 1; found ${quote(found)}.`)
  if (amount > MOST[unit]) return bad(`An interval is at most ${MOST[unit]} ${unit}s; found ${quote(found)}.`)
  return { ok: true, interval: intervalOf(amount, unit) }
}

function bad(fault: string): ParsedInterval {
  return { ok: false, fault }
}
