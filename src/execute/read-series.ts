import { ServiceError } from '../errors.js'
import { isAdditive } from '../plan/context.js'
import type { CallNode, Read, Take } from '../plan/plan.js'
import type { SeriesAnswer } from '../portkey/answer.js'
import type { Clock } from './context.js'
import { Found } from './findings.js'
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
  checkStep(answer, call, read, clock)
  checkCoverage(answer, call, clock)
  const columns = read.takes.map((take) => ({ take, values: fieldOf(answer, call, take) }))
  const rows = answer.starts.flatMap((start, index): Row[] => {
    const inside = start + (answer.step ?? read.step) > read.keep.start && start < read.keep.end
    if (!inside) return []
    const cells = columns.map(({ take, values }) => [take.measure, cellOf(take, values[index])] as const)
    return [{ start, keys: [], cells: new Map(cells) }]
  })
  const table = tableOf(
    [],
    read.takes.map((take) => take.measure),
    rows,
  )
  return { ...table, starts: table.starts ?? [] }
}

function windowCell(answer: SeriesAnswer, call: CallNode, take: Take): Cell {
  if (take.from !== 'field') throw new TypeError(`a graph has no ${take.from}`)
  const value = answer.summary[take.field]
  if (value !== undefined) return cellOf(take, value)
  const points = answer.fields[take.field]
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
  const values = answer.fields[take.field]
  if (values) return values
  if (isBlank(answer)) return answer.starts.map(() => null)
  throw new Found([{ kind: 'lacking', endpoint: call.endpoint, fields: [take.field] }])
}

/** A sum of nothing is 0, whether the upstream writes 0 or null. */
export function cellOf(take: Take, value: number | null | undefined): Cell {
  return value ?? (isAdditive(take.measure) ? 0 : null)
}

function checkStep(
  answer: SeriesAnswer,
  call: CallNode,
  read: Extract<Read, { kind: 'points' }>,
  { now }: Clock,
): void {
  const observed = answer.step ?? impliedStep(answer, call, read, now)
  if (observed === read.step) return
  const finer = observed < read.step && read.step % observed === 0
  if (finer && read.takes.every((take) => isAdditive(take.measure))) return
  const length = call.window.end - call.window.start
  throw new Found([{ kind: 'step', length, step: observed, future: call.window.end > now }])
}

/** With one point or none the step shows only in what that point has to hold: everything up to now. */
function impliedStep(
  answer: SeriesAnswer,
  call: CallNode,
  read: Extract<Read, { kind: 'points' }>,
  now: number,
): number {
  const [only] = answer.starts
  const reached = Math.min(call.window.end, now)
  return only === undefined || only + read.step >= reached ? read.step : reached - only
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
