import type { Catalog } from '../catalog/catalog.js'
import type { DataPoint } from '../engine.js'
import { type ErrorCode, ServiceError } from '../errors.js'
import { at, newFaults } from '../query/faults.js'
import type { Query } from '../query/query.js'
import { parseTimeZone } from '../query/time-zone.js'
import { quote } from '../query/wording.js'
import { readAdHoc } from './ad-hoc.js'
import { choosing, type Price } from './choosing.js'
import type { Frame, TableFrame } from './frames.js'
import { durationMs } from './interval.js'
import { placed } from './places.js'
import { readRange } from './range.js'
import { type Fields, fieldsOf } from './record.js'
import { seriesOf } from './series.js'
import { together } from './sharing.js'
import { tableOf } from './table.js'
import { type Dashboard, liveTargets, readTarget, type Target } from './target.js'
import { readVariables } from './variables.js'

/** The rows of an answered question, and how old they are where they stand in for what the upstream did not answer. */
export type Rows = { readonly rows: readonly DataPoint[]; readonly staleSeconds: number | null }

/** Asks one question. Throws a `ServiceError`. */
export type AskRows = (query: Query) => Promise<Rows>

/** What requests are answered with. */
export type Desk = {
  readonly ask: AskRows
  readonly price: Price
  /** Told of every target that cannot be read as a question, and so is not asked. */
  readonly onRefused: (error: ServiceError) => void
  readonly catalog: Catalog
  /** Epoch ms. */
  readonly now: number
  /** The most rows of a reply. */
  readonly maxRows: number
}

/** Targets of one request. */
const MOST_TARGETS = 100
/** Points of a panel that does not say how many it can draw. */
const USUAL_POINTS = 1_000

/**
 * Answers `/query`: the frames of every target, in their order. A target that fails does so alone: an empty table takes its place, whose
 * notice says why. (The plugin shows no error of a single target, and its releases differ in whether they show one of the whole request.)
 * Throws a 400 where the request itself cannot be read.
 */
export async function answerQuery(body: unknown, desk: Desk): Promise<readonly Frame[]> {
  const request = fieldsOf(body)
  if (request === null) throw new ServiceError('VALIDATION_FAILED', 'The body is a JSON object with range and targets.')
  const { dashboard, targets } = readRequest(request, desk)
  const read = targets.map(({ fields, index }) => {
    const refId = refIdOf(fields, index)
    try {
      return readTarget(fields, refId, at('/targets', index), dashboard)
    } catch (error) {
      if (error instanceof ServiceError) desk.onRefused(error)
      return failed(refId, error)
    }
  })
  const chosen = await choosing(
    read.flatMap((one) => ('query' in one ? [one] : [])),
    desk.price,
  )
  const good = [...chosen.values()]
  const answers = new Map<Target, readonly Frame[]>()
  await Promise.all(
    together(good.map(({ query }) => query)).map(async ({ query, members }) => {
      const own = members.flatMap((index) => good[index] ?? [])
      for (const [target, frames] of await answerTogether(query, own, desk)) answers.set(target, frames)
    }),
  )
  return read.flatMap((one) => ('query' in one ? (answers.get(chosen.get(one) ?? one) ?? []) : [one]))
}

/** The frames of targets that one question answers; where it fails, each is asked alone, so that none fails for another. */
async function answerTogether(
  query: Query,
  targets: readonly Target[],
  desk: Desk,
): Promise<readonly (readonly [Target, readonly Frame[]])[]> {
  try {
    const answer = await desk.ask(query)
    return targets.map((target) => [target, framesOf(target, answer, desk)])
  } catch (error) {
    // There is no time or room left to ask again, or nobody to ask for.
    const ends = error instanceof ServiceError && ENDINGS.has(error.code)
    if (targets.length > 1 && !ends) {
      return (await Promise.all(targets.map((target) => answerTogether(target.query, [target], desk)))).flat()
    }
    return targets.map((target) => [target, [failed(target.refId, placed(error, target.places))]])
  }
}

function framesOf(target: Target, { rows, staleSeconds }: Rows, desk: Desk): readonly Frame[] {
  const frames = target.format === 'table' ? [tableOf(target, rows, desk.catalog)] : seriesOf(target, rows, desk)
  const stale = staleSeconds === null ? [] : [`Portkey does not answer: this is what it said ${staleSeconds} s ago.`]
  const texts = target.notice === null ? stale : [...stale, target.notice]
  if (texts.length === 0) return frames
  const notices = texts.map((text) => ({ severity: 'warning', text }) as const)
  return frames.map((frame) => ({ ...frame, meta: { ...frame.meta, notices } }))
}

const ENDINGS: ReadonlySet<ErrorCode> = new Set(['REQUEST_TIMEOUT', 'RATE_LIMITED', 'UNAUTHENTICATED'])

/** What stands for a target that failed. A key that is refused, or a fault of ours, is an error of the whole request. */
function failed(refId: string, error: unknown): TableFrame {
  if (!(error instanceof ServiceError) || error.code === 'UNAUTHENTICATED') throw error
  const { code, details, message } = error
  const custom = { code, message, ...(details.length > 0 && { details }) }
  const meta = { notices: [{ severity: 'error', text: `${code}: ${message}` }], custom } as const
  return { type: 'table', name: refId, refId, columns: [], rows: [], meta }
}

function readRequest(request: Fields, { catalog, now }: Desk) {
  const faults = newFaults()
  const range = readRange(request.get('range'), '/range', now, faults)
  const given = request.get('targets')
  const targets: readonly unknown[] = Array.isArray(given) ? given : []
  if (!Array.isArray(given) || given.length > MOST_TARGETS) {
    faults.report('/targets', 'VALIDATION_FAILED', `Targets are an array of at most ${MOST_TARGETS}.`)
  }
  for (const [index, target] of targets.entries()) {
    if (fieldsOf(target) !== null) continue
    faults.report(at('/targets', index), 'VALIDATION_FAILED', `A target is an object; found ${quote(target)}.`)
  }
  const adHoc = [
    ...readAdHoc(request.get('adhocFilters'), '/adhocFilters', faults),
    // Where newer releases of Grafana put them.
    ...readAdHoc(request.get('filters'), '/filters', faults),
  ]
  const variables = readVariables(request.get('scopedVars'))
  if (faults.count() > 0 || range === undefined) throw faults.toError()
  const maxDataPoints = positive(request.get('maxDataPoints')) ?? USUAL_POINTS
  const intervalText = String(request.get('interval') ?? variables.get('__interval')?.[0] ?? '')
  const intervalMs = positive(request.get('intervalMs')) ?? durationMs(intervalText) ?? 0
  const zone = parseTimeZone(request.get('timezone'))
  const timeZone = zone.ok ? zone.name : 'UTC'
  const dashboard: Dashboard = { range, intervalMs, intervalText, maxDataPoints, timeZone, adHoc, variables, catalog }
  return { dashboard, targets: liveTargets(targets) }
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.max(1, Math.floor(value)) : null
}

/** A target's own letter, or the one that its place in the editor would have. */
function refIdOf(target: Fields, index: number): string {
  const refId = target.get('refId')
  return typeof refId === 'string' && refId !== '' ? refId : String.fromCharCode(65 + (index % 26))
}
