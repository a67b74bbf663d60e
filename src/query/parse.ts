import type { Catalog } from '../catalog/catalog.js'
import { DATASOURCES } from '../catalog/vocabulary.js'
import { parseAggregations } from './aggregations.js'
import { parseBucketing } from './bucketing.js'
import { at, type Faults, newFaults } from './faults.js'
import { parseFilters } from './filters.js'
import { parseGroupBy } from './group-by.js'
import { LIMITS } from './limits.js'
import { type Properties, readObject, readWord } from './object.js'
import { QUESTION_TYPES, type Query } from './query.js'
import { parseWindow } from './times.js'
import { quote } from './wording.js'

/** Fields of a body; all others are refused. */
export const BODY_FIELDS = [
  'startTs',
  'endTs',
  'datasource',
  'type',
  'aggregations',
  'groupBy',
  'filters',
  'interval',
  'intervalInSeconds',
  'limit',
  'timeZone',
] as const

/**
 * Reads a decoded JSON body as a question in canonical form, its names looked up in the catalogue. Throws a `ServiceError` (400) that
 * lists every fault at once in `details`, each with its JSON pointer; its code is the faults' own when they share one, else
 * `VALIDATION_FAILED`.
 * A field that the language knows and the upstream does not parses: refusing it is the planner's.
 */
export function parseQuery(body: unknown, catalog: Catalog): Query {
  const faults = newFaults()
  const fields = readObject(body, BODY_FIELDS, 'question', '', faults)
  if (fields === undefined) throw faults.toError()
  const window = parseWindow(fields, faults)
  const datasource = readWord(fields.get('datasource'), DATASOURCES, at('', 'datasource'), faults)
  const type = readWord(fields.get('type'), QUESTION_TYPES, at('', 'type'), faults)
  const bucketing = parseBucketing(fields, type, window, faults)
  const tables = datasource && { datasource, catalog }
  const groupBy = parseGroupBy(fields.get('groupBy'), tables, faults)
  const aggregations = parseAggregations(fields.get('aggregations'), tables, faults)
  const filters = parseFilters(fields.get('filters'), tables, faults)
  const limit = parseLimit(fields, faults)
  if (faults.count() > 0 || window === undefined || datasource === undefined || type === undefined) {
    throw faults.toError()
  }
  return { datasource, type, window, ...bucketing, groupBy, aggregations, filters, limit }
}

function parseLimit(body: Properties, faults: Faults): number | null {
  if (!body.has('limit')) return null
  const limit = body.get('limit')
  const path = at('', 'limit')
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > LIMITS.rows) {
    faults.report(path, 'VALIDATION_FAILED', `limit is an integer from 1 to ${LIMITS.rows}; found ${quote(limit)}.`)
    return null
  }
  const groups = body.get('groupBy')
  if (groups === undefined || (Array.isArray(groups) && groups.length === 0)) {
    faults.report(
      path,
      'VALIDATION_FAILED',
      'limit picks the top groups, so it needs a groupBy: add one or drop limit.',
    )
  }
  return limit
}
