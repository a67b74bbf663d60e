import { bucketCount } from './buckets.js'
import { at, type Faults } from './faults.js'
import {
  describeInterval,
  inLargestUnit,
  intervalOf,
  type ParsedInterval,
  parseInterval,
  parseSeconds,
} from './interval.js'
import { LIMITS } from './limits.js'
import type { Properties } from './object.js'
import type { Interval, Query, Window } from './query.js'
import { parseTimeZone } from './time-zone.js'

/** How time is cut: both stand in a `Query` as they are here. */
export type Bucketing = { readonly interval: Interval | null; readonly timeZone: string }

/**
 * `interval`, `intervalInSeconds` and `timeZone` of a body. On a distribution they are validated and then ignored; on a
 * timeseries `interval` wins, and too many buckets are a fault.
 */
export function parseBucketing(
  body: Properties,
  type: Query['type'] | undefined,
  window: Window | undefined,
  faults: Faults,
): Bucketing {
  const before = faults.count()
  const named = readInterval(body, 'interval', parseInterval, faults)
  const inSeconds = readInterval(body, 'intervalInSeconds', parseSeconds, faults)
  const timeZone = readTimeZone(body, faults)
  const interval = named ?? inSeconds
  if (type !== 'timeseries') return { interval: null, timeZone: 'UTC' }
  if (!body.has('interval') && !body.has('intervalInSeconds')) {
    faults.report(at('', 'interval'), 'INTERVAL_REQUIRED', 'A timeseries needs an interval, such as "1 hour".')
  }
  if (interval !== null && window !== undefined && faults.count() === before) {
    checkCount(window, interval, timeZone, at('', body.has('interval') ? 'interval' : 'intervalInSeconds'), faults)
  }
  return { interval, timeZone }
}

function readInterval(
  body: Properties,
  name: string,
  parse: (value: unknown) => ParsedInterval,
  faults: Faults,
): Interval | null {
  if (!body.has(name)) return null
  const parsed = parse(body.get(name))
  if (parsed.ok) return parsed.interval
  faults.report(at('', name), 'INTERVAL_INVALID', parsed.fault)
  return null
}

function readTimeZone(body: Properties, faults: Faults): string {
  if (!body.has('timeZone')) return 'UTC'
  const zone = parseTimeZone(body.get('timeZone'))
  if (zone.ok) return zone.name
  faults.report(at('', 'timeZone'), 'VALIDATION_FAILED', zone.fault)
  return 'UTC'
}

function checkCount(window: Window, interval: Interval, timeZone: string, path: string, faults: Faults): void {
  const count = bucketCount(window, interval, timeZone)
  if (count <= LIMITS.buckets) return
  const fits = smallestThatFits(window, interval, timeZone, count)
  const instead = fits === undefined ? 'Ask for a shorter window.' : `The smallest interval that fits is "${fits}".`
  const found = `The window holds ${count} buckets of ${describeInterval(interval)}; at most ${LIMITS.buckets} are taken.`
  faults.report(path, 'TOO_MANY_BUCKETS', `${found} ${instead}`)
}

/** The least amount of the same unit that stays within the limit, or `undefined` when no interval that long is taken. */
function smallestThatFits(window: Window, interval: Interval, timeZone: string, count: number): string | undefined {
  const { amount: asked, unit } = inLargestUnit(interval)
  const least = Math.max(asked + 1, Math.floor((asked * (count - 1)) / LIMITS.buckets))
  // Alignment can cost a bucket at each end, and a changing clock a few more.
  for (let amount = least; amount < least + 1_000; amount += 1) {
    const longer = intervalOf(amount, unit)
    const text = describeInterval(longer)
    if (!parseInterval(text).ok) return undefined
    if (bucketCount(window, longer, timeZone) <= LIMITS.buckets) return text
  }
  return undefined
}
