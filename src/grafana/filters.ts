import type { Catalog } from '../catalog/catalog.js'
import { type Datasource, OPERATORS } from '../catalog/vocabulary.js'
import { at, type Faults } from '../query/faults.js'
import { quote } from '../query/wording.js'
import { readFilledIn, type Variables } from './filled-in.js'
import { type Filterable, filterableOf, isNoneOf, isOneOf, type LanguageFilter, scalarFor } from './filter.js'
import { type Fields, fieldsOf } from './record.js'

/** A filter and where in the request it stands, for faults. */
export type Placed = { readonly filter: unknown; readonly path: string }

/** What filters are read with. */
export type Reading = { readonly catalog: Catalog; readonly datasource: Datasource; readonly variables: Variables }

/**
 * The filters of a payload: its `filters` (objects of the language, their JSON text, or lines of `field OPERATOR value`), and the one that
 * `field`, `operator` (EQUAL or IN unless told) and `value` make up. One whose value stands for all values is left out.
 */
export function readFilters(payload: Fields, path: string, reading: Reading, faults: Faults): readonly Placed[] {
  const own = payload.has('field') ? [{ filter: byHand(payload), path: at(path, 'value') }] : []
  return [...listed(payload.get('filters'), at(path, 'filters'), faults), ...own].flatMap(({ filter, path }) => {
    const fields = fieldsOf(filter)
    // What is no filter at all is for `parseQuery` to refuse, with its own words.
    if (fields === null) return [{ filter, path }]
    const read = fillIn(fields, path, reading, faults)
    return read === null ? [] : [{ filter: read, path }]
  })
}

function byHand(payload: Fields): unknown {
  const fieldName = payload.get('field')
  const operator = payload.get('operator')
  return { fieldName, ...(operator !== undefined && { operator }), value: payload.get('value') ?? '' }
}

function listed(filters: unknown, path: string, faults: Faults): readonly Placed[] {
  if (filters === undefined) return []
  const items = typeof filters === 'string' ? fromText(filters) : filters
  if (Array.isArray(items)) return items.map((filter, index) => ({ filter, path: at(path, index) }))
  const form = 'Filters are an array of filters, or lines of: field OPERATOR value'
  faults.report(path, 'VALIDATION_FAILED', `${form}; found ${quote(filters)}.`)
  return []
}

/** JSON, or lines. */
function fromText(text: string): unknown {
  if (/^\s*\[/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      return null
    }
  }
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  const filters = lines.map((line) => {
    const [, fieldName, operator, value] = /^(\S+)\s+(\S+)(?:\s+(.*))?$/.exec(line) ?? []
    return fieldName === undefined ? null : { fieldName, operator, value: value ?? '' }
  })
  return filters.includes(null) ? null : filters
}

/** The filter with its value as the language takes it; `null` where it leaves nothing out. */
function fillIn(filter: Fields, path: string, reading: Reading, faults: Faults): unknown {
  const name = filter.get('fieldName') ?? metadataName(filter.get('metadataKey'))
  const operator = filter.get('operator')
  const asItIs = Object.fromEntries(filter)
  if (typeof name !== 'string' || (filter.has('fieldName') && filter.has('metadataKey'))) return asItIs
  const field = filterableOf(reading.catalog, reading.datasource, name)
  const known = OPERATORS.find((word) => word === operator)
  if (operator !== undefined && known === undefined) return asItIs
  const filled = readFilledIn(filter.get('value'), known === undefined || TAKES_LIST.has(known), reading.variables)
  switch (filled.kind) {
    case 'all':
      return null
    case 'unknown': {
      const message = `The dashboard has no variable ${quote(filled.name)}: add one, or write the value itself.`
      faults.report(path, 'VALIDATION_FAILED', message)
      return null
    }
    case 'values':
      return known === undefined ? isOneOf(field, name, filled.values) : spelled(known, field, name, filled.values)
  }
}

/** The operator as asked; several values for one that takes one ask for any, or none, of them. */
function spelled(operator: string, field: Filterable, fieldName: string, values: readonly string[]): LanguageFilter {
  const scalars = values.map((value) => scalarFor(field, value))
  if (TAKES_LIST.has(operator)) return { fieldName, operator, value: scalars }
  if (operator === 'IS_NULL') {
    const [flag = ''] = values
    return { fieldName, operator, value: flag === 'true' || (flag === 'false' ? false : flag) }
  }
  if (values.length > 1 && operator === 'EQUAL') return isOneOf(field, fieldName, values)
  if (values.length > 1 && operator === 'NOT_EQUAL') return isNoneOf(field, fieldName, values)
  return { fieldName, operator, value: scalars.length === 1 ? scalars[0] : scalars }
}

function metadataName(key: unknown): string | undefined {
  return typeof key === 'string' ? `metadata.${key}` : undefined
}

/** Operators whose value is a list. */
const TAKES_LIST: ReadonlySet<string> = new Set(['IN', 'NOT_IN', 'ARRAY_HAS_ANY', 'ARRAY_HAS_NONE', 'BETWEEN'])
