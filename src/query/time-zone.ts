import { quote } from './wording.js'

/** A canonical IANA name, or what is wrong with the one given, as a sentence for the caller. */
export type TimeZone = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly fault: string }

const LONGEST = 64

/**
 * An IANA time zone, any letter case, as its canonical name: zones that are one by the time zone database get one name,
 * and every name of UTC becomes `UTC`.
 */
export function parseTimeZone(value: unknown): TimeZone {
  const expected = 'Expected an IANA time zone such as "Europe/Berlin" or "UTC"'
  // Offsets such as "+01:00" pass as zones in some runtimes; they are no IANA names.
  if (typeof value !== 'string' || value.length > LONGEST || !/^[A-Za-z]/.test(value)) {
    return { ok: false, fault: `${expected}; found ${quote(value)}.` }
  }
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: value }).resolvedOptions()
    return { ok: true, name: UTC_NAMES.has(timeZone) ? 'UTC' : timeZone }
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, fault: `${expected}; found ${quote(value)}.` }
    throw error
  }
}

/** Runtimes differ in which of these they call canonical; all are UTC for all time. */
const UTC_NAMES: ReadonlySet<string> = new Set(['UTC', 'GMT', 'Etc/UTC', 'Etc/GMT', 'Etc/UCT', 'Etc/GMT0'])
