import type { Draft } from './question.js'

/** The clock that an answer's times are shown by. */
export type Zone = {
  /** IANA name, one that this browser knows. */
  readonly name: string
  /** For people. */
  readonly label: string
}

/** The zone of a tidy draft. One that this browser does not know is UTC, and says so: the service may know more zones than it does. */
export const zoneOf = ({ timeZone }: Draft): Zone => {
  if (timeZone === '') return UTC
  try {
    const { timeZone: name } = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions()
    return name === 'UTC' ? UTC : { name, label: timeZone }
  } catch {
    return { ...UTC, label: `UTC; this browser does not know ${timeZone}` }
  }
}

/** Writes instants as a zone's clock shows them, with its offset: `2026-06-09 04:00 +02:00`; what is no instant stays as it is. */
export const stampIn = ({ name }: Zone): ((instant: string) => string) => {
  const format = new Intl.DateTimeFormat('en-US', { ...PARTS, timeZone: name })
  return (instant) => {
    const at = Date.parse(instant)
    if (Number.isNaN(at)) return instant
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
    const seconds = at % 60_000 === 0 ? '' : `:${of('second')}${at % 1000 === 0 ? '' : `.${of('fractionalSecond')}`}`
    const offset = name === 'UTC' ? 'Z' : ` ${of('timeZoneName').replace('GMT', '') || '+00:00'}`
    return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}${seconds}${offset}`
  }
}

const UTC: Zone = { name: 'UTC', label: 'UTC' }

const PARTS: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
}
