import type { Catalog } from '../catalog/catalog.js'
import { at, newFaults } from '../query/faults.js'
import { parseQuery } from '../query/parse.js'
import type { Filter, Query } from '../query/query.js'
import { didYouMean, oneOf, quote } from '../query/wording.js'
import { type AdHoc, inLanguage } from './ad-hoc.js'
import { type Placed, readFilters } from './filters.js'
import {
  readAggregations,
  readDatasource,
  readFormat,
  readGroups,
  readNumber,
  readPayload,
  readType,
} from './payload.js'
import { type Places, placed } from './places.js'
import { type Fields, fieldsOf } from './record.js'
import { type Clock, stamps, timing } from './timing.js'

/** What all targets of a request have in common. */
export type Dashboard = Clock & { readonly adHoc: readonly AdHoc[]; readonly catalog: Catalog }

/** One line of a panel's query editor, read. */
export type Target = {
  readonly refId: string
  readonly query: Query
  /** The same question with every interval that would do, smallest first, where the interval is ours to choose. */
  readonly choices: readonly Query[]
  readonly format: 'series' | 'table'
  /** Whether the number of rows is shown. */
  readonly total: boolean
  /** Where the parts of `query` stand in the request. */
  readonly places: Places
  /** What whoever looks at the panel should know. */
  readonly notice: string | null
}

/**
 * Reads a target as a question: its `target` names the datasource, its `payload` says the rest. Throws a 400 that lists every fault, each at
 * its place in the request; `path` is the target's.
 */
export function readTarget(target: Fields, refId: string, path: string, dashboard: Dashboard): Target {
  const faults = newFaults()
  const { catalog, variables, adHoc, range } = dashboard
  const datasource = readDatasource(target.get('target'), catalog)
  const inPayload = at(path, 'payload')
  const given = target.get('payload') ?? target.get('data')
  const payload = readPayload(given, inPayload, faults)
  if (datasource === undefined) faults.report(at(path, 'target'), 'VALIDATION_FAILED', unknownTarget(target, catalog))
  if (payload === undefined || datasource === undefined) throw faults.toError()
  const editor = target.get('editorMode')
  const type = readType(payload, target.get('type'), inPayload, faults)
  const format = readFormat(payload, inPayload, faults)
  const filters = [
    ...readFilters(payload, inPayload, { catalog, datasource, variables, editor }, faults),
    ...inLanguage(adHoc, catalog, datasource, faults),
  ]
  const { asked, zone, choices } = timing(payload, type, dashboard, inPayload, faults)
  if (faults.count() > 0) throw faults.toError()
  const aggregations = readAggregations(payload.get('aggregations'))
  const groupBy = readGroups(payload.get('groupBy'))
  const body = {
    datasource,
    type,
    ...stamps(choices[0]?.window ?? range),
    interval: asked,
    aggregations: aggregations?.items ?? payload.get('aggregations'),
    groupBy: groupBy?.items ?? payload.get('groupBy'),
    ...(payload.has('limit') && { limit: readNumber(payload.get('limit')) }),
    ...(zone !== undefined && { timeZone: zone }),
  }
  const parse = (filters: readonly Placed[]) =>
    parseQuery({ ...body, filters: filters.map(({ filter }) => filter) }, catalog)
  const places = {
    payload: inPayload,
    filters,
    aggregations: aggregations?.positions ?? [],
    groupBy: groupBy?.positions ?? [],
  }
  try {
    const query = parse(filters)
    const read = filters.map((one) => ({ one, read: parse([one]).filters }))
    return {
      refId,
      query: { ...query, ...choices[0] },
      choices: choices.map((choice) => ({ ...query, ...choice })),
      format: type === 'timeseries' ? format : 'table',
      total: aggregations?.total ?? true,
      places: { ...places, filters: query.filters.flatMap((filter) => origin(filter, read) ?? []) },
      notice: editor !== 'builder' && fieldsOf(given)?.size === 0 ? NOTHING_WRITTEN : null,
    }
  } catch (error) {
    throw placed(error, places)
  }
}

/** The plugin says nothing about a payload whose JSON it cannot read: it sends an empty one. */
const NOTHING_WRITTEN =
  'The payload is empty, so all requests are counted. If there is one, its JSON cannot be read: is there a quote or a backslash in a variable within quotes?'

/** The filter of the request that a filter of the question comes from: these are sorted, and ranges on one field are one. */
function origin(
  { field, predicate }: Filter,
  read: readonly { readonly one: Placed; readonly read: readonly Filter[] }[],
): Placed | undefined {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const onField = read.filter(({ read }) => read.some((own) => same(own.field, field)))
  return (onField.find(({ read }) => read.some((own) => same(own.predicate, predicate))) ?? onField[0])?.one
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
    const fields = fieldsOf(target)
    const isBlank = (fields?.get('target') ?? '') === ''
    return fields === null || isBlank || fields.get('hide') === true ? [] : [{ fields, index }]
  })
}
