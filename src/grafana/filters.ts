import type { Catalog } from '../catalog/catalog.js'
import { type Datasource, OPERATORS } from '../catalog/vocabulary.js'
import { at, type Faults } from '../query/faults.js'
import { quote } from '../query/wording.js'
import { type FilledIn, readFilledIn } from './filled-in.js'
import { type Filterable, filterableOf, isNoneOf, isOneOf, type Kept, scalarFor } from './filter.js'
import { type Fields, fieldsOf } from './record.js'
import type { Variables } from './variables.js'

/** A filter and where in the request it stands, for faults: the whole of it, and its parts by their names in the language. */
export type Placed = {
  readonly filter: unknown
  readonly path: string
  readonly parts?: Readonly<Record<string, string>>
}

/** What filters are read with. */
export type Reading = {
  readonly catalog: Catalog
  readonly datasource: Datasource
  readonly variables: Variables
  /** The plugin's mode of editing the target, where it says so. In `builder` variables are filled into the items of lists, too. */
  readonly editor: unknown
}

/**
 * The filters of a payload: its `filters` (objects of the language, their JSON text, or lines of `field OPERATOR value`), and the one that
 * `field`, `operator` (EQUAL or IN unless told) and `value` make up. One whose value stands for all values is left out.
 */
export function readFilters(payload: Fields, path: string, reading: Reading, faults: Faults): readonly Placed[] {
  const filters = payload.get('filters')
  // An array that is no text was written in the code editor, or by no editor at all: its values are what they are.
  const picked = typeof filters === 'string' && reading.editor === 'builder'
  const own = payload.has('field') ? [byHand(payload, path)] : []
  return [
    ...listed(filters, at(path, 'filters'), faults).flatMap((placed) => read(placed, picked)),
    ...own.flatMap((placed) => read(placed, reading.editor !== 'code')),
  ]

  function read(placed: Placed, picked: boolean): readonly Placed[] {
    const fields = fieldsOf(placed.filter)
    // What is no filter at all is for `parseQuery` to refuse, with its own words.
    if (fields === null) return [placed]
    const filter = fillIn(fields, placed.path, { ...reading, picked }, faults)
    return filter === null ? [] : [{ ...placed, filter }]
  }
}

function byHand(payload: Fields, path: string): Placed {
  const fieldName = payload.get('field')
  const operator = payload.get('operator')
  return {
    filter: { fieldName, ...(operator !== undefined && { operator }), value: payload.get('value') ?? '' },
    path: at(path, 'value'),
    parts: { fieldName: at(path, 'field'), operator: at(path, 'operator'), value: at(path, 'value') },
  }
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

/** The filter with its value as the language takes it; `null` where it leaves nothing out, or, with a fault, where it cannot be read. */
function fillIn(filter: Fields, path: string, reading: Reading & { picked: boolean }, faults: Faults): unknown {
  const name = filter.get('fieldName') ?? metadataName(filter.get('metadataKey'))
  const operator = filter.get('operator')
  const asItIs = Object.fromEntries(filter)
  if (typeof name !== 'string' || (filter.has('fieldName') && filter.has('metadataKey'))) return asItIs
  const field = filterableOf(reading.catalog, reading.datasource, name)
  const known = OPERATORS.find((word) => word === operator)
  if (operator !== undefined && known === undefined) return asItIs
  const list = known === undefined || TAKES_LIST.has(known)
  const filled = readFilledIn(filter.get('value'), { list, picked: reading.picked, variables: reading.variables })
  if (filled.kind === 'all') return null
  if (filled.kind !== 'values') {
    faults.report(path, 'VALIDATION_FAILED', unreadable(filled))
    return null
  }
  const kept = known === undefined ? isOneOf(field, name, filled.values) : spelled(known, field, name, filled.values)
  if (kept === 'none') faults.report(path, 'VALIDATION_FAILED', keepsNothing(name))
  return kept === 'none' || kept === 'every' ? null : kept
}

/** Why a filter that keeps no row at all is refused: the language has none, and nobody wants an empty panel. */
export function keepsNothing(fieldName: string): string {
  return `This filter on ${quote(fieldName)} keeps no row at all. Leave a value out.`
}

function unreadable(filled: Exclude<FilledIn, { kind: 'all' | 'values' }>): string {
  switch (filled.kind) {
    case 'unknown':
      return `The dashboard has no variable ${quote(filled.name)}: add one, or write the value itself.`
    case 'odd':
      return `A filter's value is a text, a number, a boolean or an array of them; found ${quote(filled.found)}.`
    case 'unclear': {
      const forms =
        'Write ["…"] for one value, ["…", "…"] for several, as a variable of several values without quotes does'
      return `The value ${quote(filled.text)} may be one value or several. ${forms}; or (…|…).`
    }
  }
}

/** The operator as asked; several values for one that takes one ask for any, or none, of them. */
function spelled(operator: string, field: Filterable, fieldName: string, values: readonly string[]): Kept {
  const scalars = values.map((value) => scalarFor(field, value))
  const many = values.length > 1
  if (operator === 'EQUAL' ? many : operator === 'IN' && field.type === 'boolean') {
    return isOneOf(field, fieldName, values)
  }
  if (operator === 'NOT_EQUAL' ? many : operator === 'NOT_IN' && field.type === 'boolean') {
    return isNoneOf(field, fieldName, values)
  }
  if (TAKES_LIST.has(operator)) return { fieldName, operator, value: scalars }
  if (operator === 'IS_NULL') {
    const [flag = ''] = values
    return { fieldName, operator, value: flag === 'true' || (flag === 'false' ? false : flag) }
  }
  return { fieldName, operator, value: scalars.length === 1 ? scalars[0] : scalars }
}

function metadataName(key: unknown): string | undefined {
  return typeof key === 'string' ? `metadata.${key}` : undefined
}

/** Operators whose value is a list. */
const TAKES_LIST: ReadonlySet<string> = new Set(['IN', 'NOT_IN', 'ARRAY_HAS_ANY', 'ARRAY_HAS_NONE', 'BETWEEN'])
