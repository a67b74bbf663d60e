import type { Catalog } from '../catalog/catalog.js'
import { ServiceError } from '../errors.js'
import { at, newFaults } from '../query/faults.js'
import { describeInterval, parseInterval } from '../query/interval.js'
import { parseQuery } from '../query/parse.js'
import type { Interval, Query, Window } from '../query/query.js'
import { parseTimeZone } from '../query/time-zone.js'
import { didYouMean, oneOf, quote } from '../query/wording.js'
import { type AdHoc, inLanguage } from './ad-hoc.js'
import type { Variables } from './filled-in.js'
import { type Placed, readFilters } from './filters.js'
import { alignedTo, durationMs, fittingIntervals, namedInterval, steadied } from './interval.js'
import { readAggregations, readDatasource, readFormat, readList, readNumber, readPayload, readType } from './payload.js'
import type { Range } from './range.js'
import { type Fields, fieldsOf } from './record.js'

/** What all targets of a request have in common. */
export type Dashboard = {
  readonly range: Range
  /** Grafana's own idea of the shortest bucket worth drawing, ms; and how it writes that. */
  readonly intervalMs: number
  readonly intervalText: string
  readonly maxDataPoints: number
  readonly adHoc: readonly AdHoc[]
  readonly variables: Variables
  readonly catalog: Catalog
}

/** One line of a panel's query editor, read. */
export type Target = {
  readonly refId: string
  readonly query: Query
  /** The same question with every interval that would do, smallest first, where the interval is ours to choose. */
  readonly choices: readonly Query[]
  readonly format: 'series' | 'table'
  /** Whether the number of rows is shown. */
  readonly total: boolean
}

/**
 * Reads a target as a question: its `target` names the datasource, its `payload` says the rest. Throws a 400 that lists every fault, each at
 * its place in the request; `path` is the target's.
 */
export function readTarget(target: Fields, refId: string, path: string, dashboard: Dashboard): Target {
  const faults = newFaults()
  const { catalog, variables, adHoc } = dashboard
  const datasource = readDatasource(target.get('target'), catalog)
  const inPayload = at(path, 'payload')
  const payload = readPayload(target.get('payload') ?? target.get('data'), inPayload, faults)
  if (datasource === undefined) faults.report(at(path, 'target'), 'VALIDATION_FAILED', unknownTarget(target, catalog))
  if (payload === undefined || datasource === undefined) throw faults.toError()
  const type = readType(payload, target.get('type'), inPayload, faults)
  const format = readFormat(payload, inPayload, faults)
  const filters: readonly Placed[] = [
    ...readFilters(payload, inPayload, { catalog, datasource, variables }, faults),
    ...adHoc.flatMap((filter) => {
      const read = inLanguage(filter, catalog, datasource, faults)
      return read === undefined ? [] : [{ filter: read, path: filter.path }]
    }),
  ]
  const aggregations = readAggregations(payload.get('aggregations'))
  if (faults.count() > 0) throw faults.toError()
  const { asked, windows } = timing(payload, type, dashboard)
  const body = {
    datasource,
    type,
    ...stamps(windows[0] ?? dashboard.range),
    interval: asked,
    aggregations: aggregations?.asked ?? payload.get('aggregations'),
    groupBy: readList(payload.get('groupBy')) ?? payload.get('groupBy'),
    filters: filters.map(({ filter }) => filter),
    ...(payload.has('limit') && { limit: readNumber(payload.get('limit')) }),
    ...(payload.has('timeZone') && { timeZone: payload.get('timeZone') }),
  }
  const query = placing(path, filters, () => parseQuery(body, { catalog }))
  return {
    refId,
    query,
    choices: windows.map(({ interval, ...window }) => ({ ...query, window, interval })),
    format: type === 'timeseries' ? format : 'table',
    total: aggregations?.total ?? true,
  }
}

type Buckets = Window & { readonly interval: Interval }

/**
 * Window and interval of a question: whole buckets for a timeseries, the range itself for totals unless it moves. `windows` are those of
 * every interval that would do, where it is ours to choose; `asked` is the interval as the language writes it.
 */
function timing(
  payload: Fields,
  type: Query['type'],
  { range, intervalMs, intervalText, maxDataPoints }: Dashboard,
): { readonly asked: unknown; readonly windows: readonly (Window & { readonly interval: Interval | null })[] } {
  if (type === 'distribution') {
    const { start, end } = range.moves ? steadied(range) : range
    return { asked: undefined, windows: [{ start, end, interval: null }] }
  }
  const zone = parseTimeZone(payload.get('timeZone'))
  const timeZone = zone.ok ? zone.name : 'UTC'
  const given = payload.get('interval') ?? 'auto'
  const text = typeof given === 'string' ? given.trim() : ''
  const inWords = parseInterval(given)
  const whole = (interval: Interval): Buckets => ({ ...alignedTo(range, interval, timeZone), interval })
  const one = (interval: Interval) => ({ asked: describeInterval(interval), windows: [whole(interval)] })
  if (inWords.ok) return one(inWords.interval)
  // A variable that Grafana filled in is text like any other; what it holds is known, though.
  const ours = text === 'auto' || text.startsWith('$') || text === intervalText
  const named = ours ? null : namedInterval(text, range, maxDataPoints, timeZone)
  if (named !== null) return one(named)
  const leastMs = ours ? intervalMs : durationMs(text)
  // No interval at all: `parseQuery` says what one looks like.
  if (leastMs === null) return { asked: given, windows: [] }
  const choices = fittingIntervals(range, { leastMs, mostPoints: maxDataPoints, timeZone })
  const [first] = choices
  const asked = first === undefined ? given : describeInterval(first)
  return { asked, windows: (ours ? choices : choices.slice(0, 1)).map(whole) }
}

function stamps({ start, end }: Window) {
  return { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
}

/** The faults of a question, each at its place in the request instead of the question. */
function placing<Value>(path: string, filters: readonly Placed[], parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const details = error.details.map((detail) => {
      const [, index, rest = ''] = /^\/filters\/(\d+)(\/.*)?$/.exec(detail.path) ?? []
      const filter = index === undefined ? undefined : filters[Number(index)]
      return {
        ...detail,
        path: filter === undefined ? `${at(path, 'payload')}${detail.path}` : `${filter.path}${rest}`,
      }
    })
    throw new ServiceError(error.code, error.message, { details, cause: error })
  }
}

function unknownTarget(target: Fields, catalog: Catalog): string {
  const names = Object.keys(catalog)
  const given = target.get('target')
  const near = typeof given === 'string' ? didYouMean(given, names) : ''
  return `A target is a datasource: ${oneOf(names)}. Found ${quote(given)}.${near}`
}

/** The targets that are to be answered, each with its place; hidden ones and those nobody has filled in yet are not. */
export function liveTargets(
  targets: readonly unknown[],
): readonly { readonly fields: Fields; readonly index: number }[] {
  return targets.flatMap((target, index) => {
    const fields = fieldsOf(target) ?? new Map<string, unknown>()
    const isBlank = fieldsOf(target) !== null && (fields.get('target') ?? '') === ''
    return isBlank || fields.get('hide') === true ? [] : [{ fields, index }]
  })
}
