const STAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?)?$/

/**
 * Epoch ms of an ISO 8601 stamp, `T` or a space between date and time; without an offset it is UTC, as the upstream's grid is.
 * `undefined` when it is not one, or names a day or an hour that does not exist. Digits below the millisecond are dropped.
 */
export function readStamp(value: unknown): number | undefined {
  const match = typeof value === 'string' ? STAMP.exec(value) : null
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)))
  const exists =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second)
  return exists ? date.getTime() - offsetMs(zone) : undefined
}

/**
 * Epoch ms of a stamp, or of an epoch number: below 1e11 seconds (until the year 5138), from there on milliseconds (since 1973).
 */
export function readInstant(value: unknown): number | undefined {
  if (typeof value !== 'number') return readStamp(value)
  if (!Number.isSafeInteger(value) || value < 0) return undefined
  return value < 1e11 ? value * 1000 : value
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
