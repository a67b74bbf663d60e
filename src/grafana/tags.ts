import type { Catalog } from '../catalog/catalog.js'
import type { FieldEntry } from '../catalog/types.js'
import { DATASOURCES, type Datasource } from '../catalog/vocabulary.js'
import { ServiceError } from '../errors.js'
import { newFaults } from '../query/faults.js'
import { resolveName } from '../query/fields.js'
import { groupAs, moved } from '../query/places.js'
import { quote } from '../query/wording.js'
import { type AdHoc, inLanguage, readAdHoc } from './ad-hoc.js'
import { filterableFields } from './fields.js'
import { readDatasource } from './payload.js'
import { placed } from './places.js'
import type { Desk } from './query.js'
import { lastDay, readRange } from './range.js'
import { type Fields, fieldsOf, itemsOf } from './record.js'
import { liveValues } from './values.js'

/** A key that an ad hoc filter may have. */
export type TagKey = { readonly type: string; readonly text: string; readonly value: string }

/** A value that an ad hoc filter may have. */
export type TagValue = { readonly text: string; readonly value: string }

/**
 * Answers `/tag-keys`: the fields to filter by. Where the request says which questions the dashboard asks (newer releases of Grafana do),
 * those that every one of them takes; else those of any datasource. Any `metadata.<key>` may be typed beside them.
 */
export function answerTagKeys(body: unknown, catalog: Catalog): readonly TagKey[] {
  const asked = datasourcesIn(fieldsOf(body), catalog)
  const keys = new Map<string, FieldEntry>()
  for (const datasource of asked.length > 0 ? asked : DATASOURCES) {
    for (const field of filterableFields(catalog, datasource)) if (!keys.has(field.name)) keys.set(field.name, field)
  }
  const shared = [...keys.values()].filter(({ name }) =>
    asked.every((datasource) => filterableFields(catalog, datasource).some((field) => field.name === name)),
  )
  return shared.map(({ name, type }) => ({ type: type === 'array' ? 'string' : type, text: name, value: name }))
}

/**
 * Answers `/tag-values`: the live values of the key's field among the rows that the dashboard's other ad hoc filters keep. Throws a 400
 * where the request cannot be read.
 */
export async function answerTagValues(body: unknown, desk: Desk): Promise<readonly TagValue[]> {
  const request = fieldsOf(body) ?? new Map<string, unknown>()
  const { catalog, now } = desk
  const faults = newFaults()
  const key = request.get('key')
  const given = request.get('timeRange') ?? request.get('range')
  const range = given === undefined ? lastDay(now) : readRange(given, '/timeRange', now, faults)
  const others = [
    ...readAdHoc(request.get('filters'), '/filters', faults),
    ...readAdHoc(request.get('adhocFilters'), '/adhocFilters', faults),
  ].filter((other) => other.key !== key)
  const datasource = typeof key === 'string' ? datasourceOf(key, others, request, catalog) : undefined
  if (typeof key !== 'string' || key === '') {
    faults.report('/key', 'VALIDATION_FAILED', `key is the name of a field; found ${quote(key)}.`)
  } else if (datasource === undefined) {
    const keys = answerTagKeys(body, catalog).map(({ text }) => text)
    const message = `There is no field ${quote(key)}: use ${keys.join(', ')} or metadata.<key>.`
    faults.report('/key', 'UNSUPPORTED_FIELD', message)
  }
  const filters = datasource === undefined ? [] : inLanguage(others, catalog, datasource, faults)
  if (faults.count() > 0 || range === undefined || typeof key !== 'string' || datasource === undefined) {
    throw faults.toError()
  }
  try {
    const wanted = { datasource, field: key, range, filters: filters.map(({ filter }) => filter) }
    const values = await liveValues(wanted, desk)
    return values.map((value) => ({ text: value, value }))
  } catch (error) {
    const isOfKey = error instanceof ServiceError && error.details.every(({ path }) => !path.startsWith('/filters'))
    // A number to compare with, say, has no values to list: it is typed.
    if (error instanceof ServiceError && LISTS_NOTHING.has(error.code) && isOfKey) return []
    const places = { payload: '', filters, aggregations: [], groupBy: [] }
    throw moved(placed(error, places), (path) => groupAs(path, 'key'))
  }
}

const LISTS_NOTHING: ReadonlySet<string> = new Set(['UNSUPPORTED_FIELD', 'UNSUPPORTED_BY_UPSTREAM'])

/**
 * The first datasource that has the field, those of the dashboard's questions before others, and those that have the fields of the other
 * filters before all.
 */
function datasourceOf(
  key: string,
  others: readonly AdHoc[],
  request: Fields,
  catalog: Catalog,
): Datasource | undefined {
  const has = (datasource: Datasource, name: string) => resolveName({ datasource, catalog }, name).kind !== 'unknown'
  const candidates = [...datasourcesIn(request, catalog), ...DATASOURCES].filter((datasource) => has(datasource, key))
  return candidates.find((datasource) => others.every((other) => has(datasource, other.key))) ?? candidates[0]
}

/** What the dashboard's questions are about, as far as the request says. */
function datasourcesIn(request: Fields | null, catalog: Catalog): readonly Datasource[] {
  const queries = itemsOf(request?.get('queries')) ?? []
  const named = queries.flatMap((query) => readDatasource(fieldsOf(query)?.get('target'), catalog) ?? [])
  return [...new Set(named)]
}
