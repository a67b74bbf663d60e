import type { Catalog } from '../catalog/catalog.js'
import { ServiceError } from '../errors.js'
import { at, type Faults, newFaults } from '../query/faults.js'
import { resolveName, responseKeyOf } from '../query/fields.js'
import { LIMITS } from '../query/limits.js'
import { parseQuery } from '../query/parse.js'
import { groupAs, moved } from '../query/places.js'
import type { Query } from '../query/query.js'
import { textFault } from '../query/text.js'
import { parseInstant } from '../query/times.js'
import { readParameters, readWhole } from './parameters.js'

/** Parameters of the route; all others are refused. */
export const VALUES_PARAMETERS = ['datasource', 'field', 'startTs', 'endTs', 'search', 'limit'] as const

/** Values given unless told, and at most. */
export const VALUES_LIMIT = { usual: 100, most: 1_000 } as const

/** A field's values as they are asked for: a question, and what is picked from its rows. */
export type ValuesQuery = {
  readonly query: Query
  /** The key of the value in a row of the answer. */
  readonly key: string
  /** `null` = all values. */
  readonly search: string | null
  readonly limit: number
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/**
 * Reads the query string of the route as a distribution grouped by the field. Without a window: the last 24 hours up to the end of the
 * running minute, so that pickers opened within a minute ask the same. Throws a 400 that lists every fault, each at `/<parameter>`.
 */
export const parseValues = (parameters: unknown, catalog: Catalog, now: number, maxRows: number): ValuesQuery => {
  const faults = newFaults()
  const given = readParameters(parameters, VALUES_PARAMETERS, faults)
  const limit = readWhole(given, 'limit', [1, VALUES_LIMIT.most], faults) ?? VALUES_LIMIT.usual
  const search = readSearch(given, faults)
  const { datasource, field } = { datasource: given.get('datasource'), field: given.get('field') }
  // One that was sent twice is reported already.
  if (field === '' || !isSent(parameters, 'field')) {
    faults.report(
      at('', 'field'),
      'VALIDATION_FAILED',
      'Name the field whose values are wanted, as in field=modelName.',
    )
  }
  const body = {
    ...windowOf(given, now),
    ...(datasource !== undefined && { datasource }),
    type: 'distribution',
    groupBy: field === undefined || field === '' ? [] : [field],
    // One question for every limit. A search may find any value, so it needs them all.
    ...(search === null && field !== undefined && field !== '' && { limit: Math.min(VALUES_LIMIT.most, maxRows) }),
  }
  const query = parse(body, catalog, given, faults)
  if (faults.count() > 0 || query === undefined || field === undefined) throw faults.toError()
  const named = resolveName({ datasource: query.datasource, catalog }, field)
  return { query, key: named.kind === 'unknown' ? field : responseKeyOf(named), search, limit }
}

/** An error of the question, told as one of the query string. */
export const asParameterFault = (error: unknown): unknown => moved(error, parameterOf)

const isSent = (parameters: unknown, name: string): boolean =>
  typeof parameters === 'object' && parameters !== null && name in parameters

const parse = (
  body: unknown,
  catalog: Catalog,
  given: ReadonlyMap<string, string>,
  faults: Faults,
): Query | undefined => {
  try {
    return parseQuery(body, catalog)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    for (const { path, code, message } of error.details) faults.report(sentOf(parameterOf(path), given), code, message)
    return undefined
  }
}

/** A window that is wrong is wrong at the end that was sent: nobody can mend what they did not write. */
const sentOf = (path: string, given: ReadonlyMap<string, string>): string => {
  if (path === '/startTs' && !given.has('startTs') && given.has('endTs')) return '/endTs'
  if (path === '/endTs' && !given.has('endTs') && given.has('startTs')) return '/startTs'
  return path
}

/** The group of the question is the parameter `field`; all else has one name in both. */
const parameterOf = (path: string): string => groupAs(path, 'field')

const readSearch = (given: ReadonlyMap<string, string>, faults: Faults): string | null => {
  const search = given.get('search') ?? ''
  const fault = textFault(search, LIMITS.valueLength)
  if (fault !== null) faults.report(at('', 'search'), 'VALIDATION_FAILED', `search cannot be looked for. ${fault}`)
  return search === '' ? null : search
}

/** The window that was sent; where an end is missing, a day from the other one. */
const windowOf = (given: ReadonlyMap<string, string>, now: number) => {
  const [start, end] = [given.get('startTs'), given.get('endTs')].map(plusSign)
  const live = Math.floor(now / MINUTE) * MINUTE + MINUTE
  if (start !== undefined) return { startTs: start, endTs: end ?? new Date(live).toISOString() }
  const instant = end === undefined ? undefined : parseInstant(end)
  // An end that is no instant gets its own fault; the start beside it only has to be a good one.
  const until = instant?.ok ? instant.ms : live
  return {
    startTs: new Date(Math.max(0, until - DAY)).toISOString(),
    endTs: end ?? new Date(live).toISOString(),
  }
}

/** In a query string a plain `+`, as in `+02:00`, reads as a blank. */
const plusSign = (stamp: string | undefined): string | undefined => stamp?.replace(/ (\d\d:\d\d)$/, '+$1')
