import type { Catalog } from '../catalog/catalog.js'
import { type ErrorDetail, ServiceError } from '../errors.js'
import { parseAggregations } from './aggregations.js'
import { at, newFaults } from './faults.js'
import type { Tables } from './fields.js'
import { parseFilters } from './filters.js'
import { parseGroupBy } from './group-by.js'
import type { Query } from './query.js'

/** The error with every pointer of its faults, in the message too, made another. */
export function moved(error: unknown, placeOf: (path: string) => string): unknown {
  if (!(error instanceof ServiceError) || error.details.length === 0) return error
  const details: ErrorDetail[] = []
  let { message } = error
  for (const detail of error.details) {
    const path = placeOf(detail.path)
    details.push({ ...detail, path })
    message = message.replace(`[${detail.path}] `, () => `[${path}] `)
  }
  const { retryAfterSeconds } = error
  return new ServiceError(error.code, message, {
    details,
    cause: error,
    ...(retryAfterSeconds !== null && { retryAfterSeconds }),
  })
}

/** The pointer of a group, told as one of what asks for that group alone. */
export function groupAs(path: string, name: string): string {
  return path.replace(/^\/groupBy(\/0)?$/, `/${name}`)
}

/**
 * From a pointer into a question in canonical form to the place in the body that it was read from: filters are sorted there, ranges on
 * one field are one, doubles are gone. What comes from no part of the body alone is the body's, `''`.
 */
export function placesIn(body: unknown, query: Query, catalog: Catalog): (path: string) => string {
  return (path) => {
    const [, list = '', index = '', rest = ''] = /^\/(filters|aggregations|groupBy)\/(\d+)(\/.*)?$/.exec(path) ?? []
    if (list !== 'filters' && list !== 'aggregations' && list !== 'groupBy') return path
    const items: unknown = Object.entries(Object(body)).find(([name]) => name === list)?.[1]
    const wanted = query[list][Number(index)]
    const place =
      wanted === undefined || !Array.isArray(items)
        ? -1
        : placeOf(list, items, wanted, { datasource: query.datasource, catalog })
    return place < 0 ? '' : `${at(at('', list), place)}${rest}`
  }
}

type List = 'filters' | 'aggregations' | 'groupBy'

function placeOf(list: List, items: readonly unknown[], wanted: object, tables: Tables): number {
  const parse = { filters: parseFilters, aggregations: parseAggregations, groupBy: parseGroupBy }[list]
  const read = items.map((item) => parse([item], tables, newFaults()).map((one) => JSON.stringify(one)))
  const exact = read.findIndex((own) => own.includes(JSON.stringify(wanted)))
  if (exact >= 0 || !('field' in wanted)) return exact
  // A range that is what several of them have in common.
  const field = JSON.stringify({ field: wanted.field }).slice(0, -1)
  return read.findIndex((own) => own.some((text) => text.startsWith(field)))
}
