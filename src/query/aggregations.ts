import { columnAggregations, fieldAggregations, findColumn, findField } from '../catalog/catalog.js'
import { AGGREGATION_TYPES, type AggregationType } from '../catalog/vocabulary.js'
import { at, type Faults } from './faults.js'
import { type Tables, unknownName } from './fields.js'
import { LIMITS } from './limits.js'
import { readArray, readObject } from './object.js'
import type { Aggregation } from './query.js'
import { didYouMean, oneOf, quote } from './wording.js'

/**
 * `aggregations` of a body, in the order asked. The same type and column, spelled the same, counts once; spelled
 * differently both stay, as both keys were asked for.
 */
export function parseAggregations(value: unknown, tables: Tables | undefined, faults: Faults): readonly Aggregation[] {
  const path = at('', 'aggregations')
  const found = new Map<string, Aggregation>()
  for (const [index, item] of (readArray(value, LIMITS.aggregations, path, faults) ?? []).entries()) {
    const aggregation = parseAggregation(item, tables, at(path, index), faults)
    if (aggregation !== undefined && !found.has(aggregation.key)) found.set(aggregation.key, aggregation)
  }
  return [...found.values()]
}

/** The key in a reply of an aggregation, its column as asked: `sumCostInUSD`. */
export function aggregationKey(type: string, column: string): string {
  return `${type}${column.charAt(0).toUpperCase()}${column.slice(1)}`
}

function parseAggregation(
  item: unknown,
  tables: Tables | undefined,
  path: string,
  faults: Faults,
): Aggregation | undefined {
  const properties = readObject(item, ['type', 'column'], 'aggregation', path, faults)
  if (properties === undefined) return undefined
  const type = readType(properties.get('type'), at(path, 'type'), faults)
  const column = properties.get('column')
  if (typeof column !== 'string') {
    const missing = 'An aggregation needs the name of a column. (The number of rows is in every reply, as total.)'
    faults.report(at(path, 'column'), 'VALIDATION_FAILED', `${missing} Found ${quote(column)}.`)
    return undefined
  }
  if (tables === undefined) return undefined
  const name = checkColumn(tables, type, column, path, faults)
  if (name === undefined || type === undefined) return undefined
  return { type, column: name, key: aggregationKey(type, column) }
}

function readType(value: unknown, path: string, faults: Faults): AggregationType | undefined {
  const type = AGGREGATION_TYPES.find((candidate) => candidate === value)
  if (type !== undefined) return type
  const near = typeof value === 'string' ? didYouMean(value, AGGREGATION_TYPES) : ''
  const message = `There is no aggregation ${quote(value)}.${near} Types: ${oneOf(AGGREGATION_TYPES)}.`
  faults.report(path, typeof value === 'string' ? 'UNSUPPORTED_AGGREGATION' : 'VALIDATION_FAILED', message)
  return undefined
}

/** The catalogue name of the column, with a fault when it does not exist or does not take the type. */
function checkColumn(
  tables: Tables,
  type: AggregationType | undefined,
  asked: string,
  path: string,
  faults: Faults,
): string | undefined {
  const column = findColumn(tables.datasource, asked, tables.catalog)
  const field = findField(tables.datasource, asked, tables.catalog)
  const allowed =
    column !== undefined ? columnAggregations(column) : field !== undefined ? fieldAggregations(field) : []
  if (allowed.length === 0) {
    faults.report(at(path, 'column'), 'UNSUPPORTED_AGGREGATION', unknownName(tables, asked, 'column'))
    return undefined
  }
  if (type !== undefined && !allowed.includes(type)) {
    const message = `Column ${quote(asked)} does not take ${quote(type)}. It takes ${oneOf(allowed)}.`
    faults.report(at(path, 'type'), 'UNSUPPORTED_AGGREGATION', message)
  }
  return column?.name ?? field?.name
}
