import { at, type Faults } from '../query/faults.js'
import type { Window } from '../query/query.js'
import { parseInstant } from '../query/times.js'
import { quote } from '../query/wording.js'
import { fieldsOf } from './record.js'

/** A dashboard's time range. */
export type Range = Window & {
  /** It ends now, so the next refresh moves it on. */
  readonly moves: boolean
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** The last 24 hours, for pickers that say nothing of time. */
export function lastDay(now: number): Range {
  return { start: now - DAY, end: now, moves: true }
}

/**
 * Reads `{ from, to, raw: { from, to } }`; the ends are RFC 3339 texts or epoch milliseconds. A range moves when its raw end is written
 * from `now`, or when it reaches to the present anyway. `undefined`, with faults, where it cannot be read.
 */
export function readRange(value: unknown, path: string, now: number, faults: Faults): Range | undefined {
  const range = fieldsOf(value)
  if (range === null) {
    faults.report(path, 'WINDOW_INVALID', `A range is an object with from and to; found ${quote(value)}.`)
    return undefined
  }
  const start = readEnd(range.get('from'), at(path, 'from'), faults)
  const end = readEnd(range.get('to'), at(path, 'to'), faults)
  if (start === undefined || end === undefined) return undefined
  if (start >= end) {
    faults.report(at(path, 'to'), 'WINDOW_INVALID', 'The range is empty: to must be later than from.')
    return undefined
  }
  const raw = fieldsOf(range.get('raw'))?.get('to')
  return { start, end, moves: (typeof raw === 'string' && raw.startsWith('now')) || end > now - MINUTE }
}

function readEnd(value: unknown, path: string, faults: Faults): number | undefined {
  const stamp =
    typeof value === 'number' && Math.abs(value) <= LATEST ? new Date(Math.trunc(value)).toISOString() : value
  const instant = parseInstant(stamp)
  if (instant.ok) return instant.ms
  faults.report(path, 'WINDOW_INVALID', instant.fault)
  return undefined
}

/** The latest instant that a date can hold, epoch ms. */
const LATEST = 8.64e15
