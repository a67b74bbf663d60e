import { ServiceError } from '../errors.js'
import { isAdditive } from '../plan/measures.js'
import type { CallNode, Read, Take } from '../plan/plan.js'
import type { SeriesAnswer, SummaryAnswer } from '../portkey/answer.js'
import { STEPS } from '../portkey/graphs.js'
import type { Window } from '../query/query.js'
import type { Clock } from './context.js'
import { Found } from './findings.js'
import { pointsOf } from './per-point.js'
import { type Cell, type Row, type Table, tableOf } from './table.js'

/** A graph's whole window as one cell. A missing summary is made up from the points where they add up. */
export function readWindow(answer: SeriesAnswer, call: CallNode, read: Extract<Read, { kind: 'window' }>): Table {
  const cells = read.takes.map((take) => [take.measure, windowCell(answer, call, take)] as const)
  return tableOf(
    [],
    read.takes.map((take) => take.measure),
    [{ start: null, keys: [], cells: new Map(cells) }],
  )
}

/**
 * A graph's points inside `read.keep`, a cell each. Throws a finding when the step is not what the plan assumed, unless it is
 * finer and everything taken adds up.
 */
export function readPoints(
  answer: SeriesAnswer,
  call: CallNode,
  read: Extract<Read, { kind: 'points' }>,
  clock: Clock,
): Table {
  checkPoints(answer, call, read, clock)
  const columns = read.takes.map((take) => ({ take, values: fieldOf(answer, call, take) }))
  const rows = answer.starts.flatMap((start, index): Row[] => {
    if (!isInside(start, answer, read)) return []
    const cells = columns.map(({ take, values }) => [take.measure, cellOf(take, values[index])] as const)
    return [{ start, keys: [], cells: new Map(cells) }]
  })
  return tableOf(
    [],
    read.takes.map((take) => take.measure),
    rows,
  )
}

/** The figures of a summary as one cell. */
export function readSummary(answer: SummaryAnswer, call: CallNode, read: Extract<Read, { kind: 'window' }>): Table {
  const measures = read.takes.map((take) => take.measure)
  const cells = read.takes.map((take) => {
    if (take.from !== 'field') throw new TypeError(`a summary has no ${take.from}`)
    const value = answer.summary[take.field]
    if (value === undefined) throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: [take.field] }])
    return [take.measure, cellOf(take, value)] as const
  })
  return tableOf([], measures, [{ start: null, keys: [], cells: new Map(cells) }])
}

function windowCell(answer: SeriesAnswer, call: CallNode, take: Take): Cell {
  if (take.from !== 'field') throw new TypeError(`a graph has no ${take.from}`)
  const value = answer.summary[take.field]
  if (value !== undefined) return cellOf(take, value)
  const points = partsOf(answer, call, take)
  if (isAdditive(take.measure) && points) return points.reduce((sum: number, point) => sum + (point ?? 0), 0)
  if (isBlank(answer)) return cellOf(take, null)
  const noSummary = points && Object.keys(answer.summary).length === 0
  throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: [noSummary ? 'summary' : take.field] }])
}

/** An answer over no requests shows nothing of what the deployment has. */
function isBlank(answer: SeriesAnswer): boolean {
  const figures = [...Object.values(answer.summary), ...Object.values(answer.fields).flat()]
  return figures.every((figure) => figure === null || figure === 0)
}

function fieldOf(answer: SeriesAnswer, call: CallNode, take: Take): readonly (number | null)[] {
  if (take.from !== 'field') throw new TypeError(`a graph has no ${take.from}`)
  const values = partsOf(answer, call, take)
  if (values) return values
  if (isBlank(answer)) return answer.starts.map(() => null)
  const lacking = (take.points ?? [take.field]).filter((field) => !answer.fields[field])
  throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: lacking }])
}

/** The points of what is taken; where it has several fields in a point, their sum. `undefined`: one of them is not there. */
function partsOf(
  answer: SeriesAnswer,
  { endpoint }: CallNode,
  take: Extract<Take, { from: 'field' }>,
): readonly (number | null)[] | undefined {
  if (!take.points) return pointsOf(answer, endpoint, take.field)
  const parts: (readonly (number | null)[])[] = []
  for (const field of take.points) {
    const points = pointsOf(answer, endpoint, field)
    if (!points) return undefined
    parts.push(points)
  }
  return answer.starts.map((_, index) => parts.reduce((sum: number, points) => sum + (points[index] ?? 0), 0))
}

/** A sum of nothing is 0, whether the upstream writes 0 or null. */
export function cellOf(take: Take, value: number | null | undefined): Cell {
  return value ?? (isAdditive(take.measure) ? 0 : null)
}

/** How a plan reads points: the step it assumes, ms, and the window outside of which they are left. */
export type Reading = { readonly takes: readonly Take[]; readonly step: number; readonly keep: Window }

/** Whether a point that begins at `start` lies in the window that is read, be it in part. */
export function isInside(start: number, answer: SeriesAnswer, { step, keep }: Reading): boolean {
  return start + (answer.step ?? step) > keep.start && start < keep.end
}

/** Throws when the points are not what the plan assumed, or not all. */
export function checkPoints(answer: SeriesAnswer, call: CallNode, read: Reading, clock: Clock): void {
  checkStep(answer, call, read, clock)
  checkCoverage(answer, call, clock)
}

function checkStep(answer: SeriesAnswer, call: CallNode, read: Reading, { now }: Clock): void {
  const observed = answer.step ?? impliedStep(answer, call, read, now)
  if (observed === read.step) return
  const finer = observed < read.step && read.step % observed === 0
  if (finer && read.takes.every((take) => isAdditive(take.measure))) return
  const length = call.window.end - call.window.start
  throw new Found([{ kind: 'step', length, step: observed, future: call.window.end > now }])
}

/** With one point or none the step shows only in what that point has to hold: everything up to now, so the next step of the ladder. */
function impliedStep(answer: SeriesAnswer, call: CallNode, read: Reading, now: number): number {
  const [only] = answer.starts
  const reached = Math.min(call.window.end, now)
  if (only === undefined || only + read.step >= reached) return read.step
  return STEPS.find((step) => only + step >= reached) ?? reached - only
}

/** Empty buckets are present upstream, so points that stop short of the window are not a whole answer. */
function checkCoverage(answer: SeriesAnswer, call: CallNode, { settledUntil }: Clock): void {
  const [first] = answer.starts
  const last = answer.starts.at(-1)
  if (first === undefined || last === undefined || answer.step === null) return
  const begins = first <= call.window.start
  const ends = last + answer.step >= Math.min(call.window.end, settledUntil)
  if (begins && ends) return
  throw new ServiceError(
    'UPSTREAM_MALFORMED',
    'Portkey answered a graph whose points do not cover the window that was asked for. Try again; if it stays, report it.',
  )
}
