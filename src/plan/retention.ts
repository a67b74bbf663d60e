import { ServiceError } from '../errors.js'
import type { Window } from '../query/query.js'

const DAY = 86_400_000

/** Throws when the window starts before what the upstream keeps; `days` null = no limit is known. */
export function checkRetention(window: Window, now: number, days: number | null): void {
  if (days === null) return
  const first = Math.ceil((now - days * DAY) / 1000) * 1000
  if (window.start >= first) return
  throw new ServiceError(
    'OUTSIDE_RETENTION',
    `Portkey keeps ${days} days here, and older data is gone: startTs can be ${new Date(first).toISOString()} at the earliest.`,
  )
}
