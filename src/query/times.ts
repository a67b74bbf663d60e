import { at, type Faults } from './faults.js'
import { LIMITS } from './limits.js'
import type { Properties } from './object.js'
import type { Window } from './query.js'
import { quote } from './wording.js'

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|([+-])(\d\d):(\d\d))$/
const NO_OFFSET = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?$/
const BARE_DATE = /^\d{4}-\d\d-\d\d$/
const LONGEST = 64
const EXAMPLE = '"2026-04-21T00:00:00.000Z"'

/** An instant in epoch milliseconds, or what is wrong with the value. */
export type Instant = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly fault: string }

/** `[startTs, endTs)` of a body; `undefined`, with faults, when a stamp is bad or the window is empty. */
export function parseWindow(body: Properties, faults: Faults): Window | undefined {
  const start = readStamp(body, 'startTs', faults)
  const end = readStamp(body, 'endTs', faults)
  if (start === undefined || end === undefined) return undefined
  if (start < end) return { start, end }
  const found = `startTs is ${new Date(start).toISOString()}, endTs ${new Date(end).toISOString()}`
  faults.report(at('', 'endTs'), 'WINDOW_INVALID', `The window is empty: endTs must be later than startTs. ${found}.`)
  return undefined
}

/** An RFC 3339 timestamp with any offset, to the millisecond; years 1970–9999 in UTC. */
export function parseInstant(value: unknown): Instant {
  if (typeof value !== 'string' || value.length > LONGEST) return bad(`Expected a timestamp such as ${EXAMPLE}`, value)
  const match = RFC_3339.exec(value)
  if (match === null) return bad(formFault(value), value)
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHour = '0', offsetMinute = '0'] = match
  if (second === '60') return bad('A leap second cannot be asked for: use second 59 or the next minute', value)
  const local = new Date(0)
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  // The clock carries what a month does not have over to another.
  if (local.getUTCMonth() !== Number(month) - 1 || local.getUTCDate() !== Number(day)) {
    return bad('There is no such date', value)
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return bad('There is no such time of day', value)
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return bad('There is no such offset from UTC', value)
  if (/[1-9]/.test(fraction.slice(3))) return bad('Times go to the millisecond: drop the digits below it', value)
  const away = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1)
  local.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')))
  const ms = local.getTime() - away
  const utcYear = new Date(ms).getUTCFullYear()
  if (utcYear >= LIMITS.firstYear && utcYear <= LIMITS.lastYear) return { ok: true, ms }
  return bad(`The year must lie between ${LIMITS.firstYear} and ${LIMITS.lastYear} in UTC`, value)
}

function readStamp(body: Properties, name: string, faults: Faults): number | undefined {
  const instant = parseInstant(body.get(name))
  if (instant.ok) return instant.ms
  faults.report(at('', name), 'WINDOW_INVALID', instant.fault)
  return undefined
}

function bad(fault: string, value: unknown): Instant {
  return { ok: false, fault: `${fault}; ${value === undefined ? 'it is missing' : `found ${quote(value)}`}.` }
}

function formFault(text: string): string {
  if (BARE_DATE.test(text)) return 'A date alone is not an instant: add the time and the offset from UTC, "T00:00:00Z"'
  if (NO_OFFSET.test(text))
    return 'The offset from UTC is missing or the form is not RFC 3339: end with "Z" or "+01:00"'
  return `Expected an RFC 3339 timestamp with an offset, such as ${EXAMPLE}`
}
