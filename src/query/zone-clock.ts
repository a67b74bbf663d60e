import { Temporal } from 'temporal-polyfill'

/** A stretch of time, from `start` (epoch ms) to the next stretch, in which the wall clock is UTC + `offset` ms. */
export type Stretch = { readonly start: number; readonly offset: number }

/** What a zone's wall clock is ahead of UTC at an instant, in ms. */
export function offsetAt(timeZone: string, ms: number): number {
  return timeZone === 'UTC' ? 0 : zoned(timeZone, ms).offsetNanoseconds / 1e6
}

/** The stretches of a zone from `from` to `to`; one for each change of its clock, so the span must not be centuries. */
export function stretchesOf(timeZone: string, from: number, to: number): readonly Stretch[] {
  const stretches: Stretch[] = [{ start: from, offset: offsetAt(timeZone, from) }]
  if (timeZone === 'UTC') return stretches
  let change = zoned(timeZone, from).getTimeZoneTransition('next')
  while (change !== null && change.epochMilliseconds < to) {
    stretches.push({ start: change.epochMilliseconds, offset: change.offsetNanoseconds / 1e6 })
    change = change.getTimeZoneTransition('next')
  }
  return stretches
}

/** The first instant at which a zone's wall clock reads a local time or a later one (it may be set forward over it). */
export function firstInstantOf(timeZone: string, local: number): number {
  if (timeZone === 'UTC') return local
  const wanted = zoned('UTC', local).toPlainDateTime()
  const earliest = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earliest.toPlainDateTime().equals(wanted)) return earliest.epochMilliseconds
  // The reading does not exist, and `earliest` lies just before the change that skips it.
  return earliest.getTimeZoneTransition('next')?.epochMilliseconds ?? earliest.epochMilliseconds
}

function zoned(timeZone: string, ms: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
}
