import type { Catalog } from '../catalog/catalog.js'
import type { FieldEntry } from '../catalog/types.js'
import { DATASOURCES, type Datasource } from '../catalog/vocabulary.js'
import { ServiceError } from '../errors.js'
import { newFaults } from '../query/faults.js'
import { resolveName } from '../query/fields.js'
import { quote } from '../query/wording.js'
import { filterableFields } from './fields.js'
import { readDatasource } from './payload.js'
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

/** Answers `/tag-values`: the live values of the key's field. Throws a 400 where the request cannot be read. */
export async function answerTagValues(body: unknown, desk: Desk): Promise<readonly TagValue[]> {
  const request = fieldsOf(body) ?? new Map<string, unknown>()
  const faults = newFaults()
  const key = request.get('key')
  const given = request.get('timeRange') ?? request.get('range')
  const range = given === undefined ? lastDay(desk.now) : readRange(given, '/timeRange', desk.now, faults)
  const datasource = typeof key === 'string' ? datasourceOf(key, request, desk.catalog) : undefined
  if (typeof key !== 'string' || key === '') {
    faults.report('/key', 'VALIDATION_FAILED', `key is the name of a field; found ${quote(key)}.`)
  } else if (datasource === undefined) {
    const keys = answerTagKeys(body, desk.catalog).map(({ text }) => text)
    const message = `There is no field ${quote(key)}: use ${keys.join(', ')} or metadata.<key>.`
    faults.report('/key', 'UNSUPPORTED_FIELD', message)
  }
  if (faults.count() > 0 || range === undefined || typeof key !== 'string' || datasource === undefined) {
    throw faults.toError()
  }
  try {
    const values = await liveValues({ datasource, field: key, range, filters: [] }, desk)
    return values.map((value) => ({ text: value, value }))
  } catch (error) {
    // A number to compare with, say, has no values to list: it is typed.
    if (error instanceof ServiceError && LISTS_NOTHING.has(error.code)) return []
    throw error
  }
}

const LISTS_NOTHING: ReadonlySet<string> = new Set(['UNSUPPORTED_FIELD', 'UNSUPPORTED_BY_UPSTREAM'])

/** The first datasource that has the field, those of the dashboard's questions before others. */
function datasourceOf(key: string, request: Fields, catalog: Catalog): Datasource | undefined {
  const candidates = [...datasourcesIn(request, catalog), ...DATASOURCES]
  return candidates.find((datasource) => resolveName({ datasource, catalog }, key).kind !== 'unknown')
}

/** What the dashboard's questions are about, as far as the request says. */
function datasourcesIn(request: Fields | null, catalog: Catalog): readonly Datasource[] {
  const queries = itemsOf(request?.get('queries')) ?? []
  const named = queries.flatMap((query) => readDatasource(fieldsOf(query)?.get('target'), catalog) ?? [])
  return [...new Set(named)]
}
