import { fieldOperators, metadataOperators } from '../catalog/catalog.js'
import { OPERATORS, type Operator } from '../catalog/vocabulary.js'
import { resolveName, type Tables } from '../query/fields.js'
import { oneOf } from '../query/wording.js'

/**
 * What is wrong with an enforced filter, by the pointer of a fault: the place and what is allowed there. Never what stands there: a log
 * that says why a file was not taken is read by more people than the file, which may name a team's values, or hold a secret by mistake.
 */
export function filterFault(tables: Tables, filters: readonly unknown[], pointer: string): string {
  const [, , index = '', property] = pointer.split('/')
  const place = `/filters${/^\d+$/.test(index) ? `/${index}` : ''}`
  const filter = filters[Number(index)]
  switch (property) {
    case 'fieldName':
      return `${place}/fieldName must be ${oneOf(filterable(tables))}, or metadata. and a key`
    case 'metadataKey':
      return `${place}/metadataKey must be a key of metadata: a text that can travel in a URL`
    case 'operator':
      return `${place}/operator must be ${oneOf(operatorsOf(tables, filter))}`
    case 'value':
      return `${place}/value must be ${valueIn(tables, filter)}`
    default:
      return `${place} must be an object of fieldName or metadataKey, operator and value, and nothing else`
  }
}

function filterable({ datasource, catalog }: Tables): readonly string[] {
  return catalog[datasource].fields.filter((field) => fieldOperators(field).length > 0).map(({ name }) => name)
}

function operatorsOf(tables: Tables, filter: unknown): readonly Operator[] {
  const named = namedIn(tables, filter)
  if (named.kind === 'unknown') return OPERATORS
  return named.kind === 'field' ? fieldOperators(named.entry) : metadataOperators(tables.datasource, tables.catalog)
}

function valueIn(tables: Tables, filter: unknown): string {
  const named = namedIn(tables, filter)
  const entry = named.kind === 'field' ? named.entry : null
  const several = 'alone or in a list, as the operator wants it'
  if (entry?.values !== undefined)
    return `${entry.values.map((value) => JSON.stringify(value)).join(' or ')}, ${several}`
  const kind = entry === null || entry.type === 'array' || entry.type === 'string' ? 'text' : entry.type
  return `a ${kind}, ${several}; true or false where it is IS_NULL`
}

function namedIn(tables: Tables, filter: unknown): ReturnType<typeof resolveName> {
  const name = typeof filter === 'object' && filter !== null && 'fieldName' in filter ? filter.fieldName : undefined
  if (typeof name !== 'string') return { kind: 'metadata', key: '' }
  return resolveName(tables, name)
}
