import { at, type Faults } from '../query/faults.js'
import type { Window } from '../query/query.js'
import { parseInstant } from '../query/times.js'
import { quote } from '../query/wording.js'
import { fieldsOf } from './record.js'

/** A dashboard's time range. */
export type Range = Window & {
  /** The end is the present moment, so the next refresh moves it on. */
  readonly endMoves: boolean
  /** So does the start: it lies a fixed time before the end. Never without the end. */
  readonly startMoves: boolean
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** The last 24 hours, for pickers that say nothing of time. */
export function lastDay(now: number): Range {
  return { start: now - DAY, end: now, startMoves: true, endMoves: true }
}

/**
 * Reads `{ from, to, raw: { from, to } }`; the ends are RFC 3339 texts or epoch milliseconds. The end moves when its raw form is `now` and
 * nothing else (`now/d` and `now-1w/w` stand still for a day or a week) and it is as good as the present; the start, when it is counted
 * from there and not rounded. `undefined`, with faults, where the range cannot be read.
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
  const raw = fieldsOf(range.get('raw'))
  // A range that was fetched a while ago and is sent again ends in the past: it is closed, whatever it was called.
  const endMoves = raw?.get('to') === 'now' && Math.abs(end - now) <= MINUTE
  const from = raw?.get('from')
  return { start, end, endMoves, startMoves: endMoves && typeof from === 'string' && /^now-[^/]*$/.test(from) }
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
