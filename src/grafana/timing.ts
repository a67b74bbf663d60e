import { at, type Faults } from '../query/faults.js'
import { describeInterval, parseInterval } from '../query/interval.js'
import type { Interval, Query, Window } from '../query/query.js'
import { parseTimeZone } from '../query/time-zone.js'
import { quote } from '../query/wording.js'
import { alignedTo, durationMs, fittingIntervals, namedInterval, nominalMs, steadied } from './interval.js'
import type { Range } from './range.js'
import type { Fields } from './record.js'
import { referenceIn, type Variables } from './variables.js'

/** What a panel knows of time. */
export type Clock = {
  readonly range: Range
  /** Grafana's own idea of the shortest bucket worth drawing, ms; and how it writes that. */
  readonly intervalMs: number
  readonly intervalText: string
  readonly maxDataPoints: number
  /** The dashboard's time zone; UTC where it is the browser's, which no request names. */
  readonly timeZone: string
  readonly variables: Variables
}

/** What a question may be asked about: a window, its buckets if any, and the grid that these lie on. */
export type Buckets = Pick<Query, 'window' | 'interval' | 'timeZone'>

/** `asked` and `zone` as the language takes them, good or bad; `choices` are all that would do, where the interval is ours to choose. */
export type Timing = { readonly asked: unknown; readonly zone: unknown; readonly choices: readonly Buckets[] }

/**
 * Window and interval of a question: whole buckets for a timeseries, the range itself for totals, but for the ends of it that move. A fault
 * where the interval or the zone is a variable that nobody knows.
 */
export function timing(payload: Fields, type: Query['type'], clock: Clock, path: string, faults: Faults): Timing {
  const { range, maxDataPoints, variables } = clock
  const zone = payload.has('timeZone') ? zoneIn(payload.get('timeZone')) : undefined
  const parsed = parseTimeZone(zone)
  if (type === 'distribution') {
    return { asked: undefined, zone, choices: [{ window: steadied(range), interval: null, timeZone: 'UTC' }] }
  }
  // Hours of the zone that nobody asked for would lie across Portkey's own where the two are half an hour apart.
  const zoneOf = (interval: Interval) =>
    parsed.ok ? parsed.name : zone === undefined && nominalMs(interval) > HOUR ? clock.timeZone : 'UTC'
  const whole = (interval: Interval): Buckets => {
    const timeZone = zoneOf(interval)
    return { window: alignedTo(range, interval, timeZone), interval, timeZone }
  }
  const one = (interval: Interval): Timing => ({
    asked: describeInterval(interval),
    zone,
    choices: [whole(interval)],
  })
  const given = intervalIn(payload.get('interval') ?? AUTO)
  const inWords = parseInterval(given)
  if (inWords.ok) return one(inWords.interval)
  const text = typeof given === 'string' ? given.trim() : ''
  // What Grafana fills `$__interval` in with is text like any other; what it holds is known, though.
  const ours = text === AUTO || text === clock.intervalText || text === String(clock.intervalMs)
  const named = ours ? null : namedInterval(text, range, { mostPoints: maxDataPoints, zoneOf })
  if (named !== null) return one(named)
  const leastMs = ours ? clock.intervalMs : durationMs(text)
  // No interval at all: `parseQuery` says what one looks like.
  if (leastMs === null) return { asked: given, zone, choices: [] }
  const choices = fittingIntervals(range, { leastMs, mostPoints: maxDataPoints, zoneOf })
  const [first] = choices
  const asked = first === undefined ? given : describeInterval(first)
  return { asked, zone, choices: (ours ? choices : choices.slice(0, 1)).map(whole) }

  function intervalIn(given: unknown): unknown {
    const name = typeof given === 'string' ? referenceIn(given) : null
    if (name === null) return given
    // Grafana's own, and the `auto` of a variable of intervals.
    if (OWN.test(name)) return AUTO
    const held = heldBy(name, 'interval') ?? AUTO
    return OWN.test(referenceIn(held) ?? '') ? AUTO : held
  }

  function zoneIn(given: unknown): unknown {
    const name = typeof given === 'string' ? referenceIn(given) : null
    const text = name === null ? given : name === '__timezone' ? 'browser' : heldBy(name, 'timeZone')
    return text === 'browser' ? undefined : text
  }

  function heldBy(name: string, place: string): string | undefined {
    const held = variables.get(name)
    const [only] = held ?? []
    if (held?.length === 1) return only
    const why = held === undefined ? `The dashboard has no variable ${quote(name)}` : `${quote(name)} is not one value`
    faults.report(at(path, place), 'VALIDATION_FAILED', `${why}: name one that holds what ${place} takes.`)
    return undefined
  }
}

const AUTO = 'auto'
const HOUR = 3_600_000
const OWN = /^__(?:interval|interval_ms|auto|auto_interval_\w+)$/

/** A window as a body says it. */
export function stamps({ start, end }: Window) {
  return { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
}
