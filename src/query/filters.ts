import { fieldOperators, metadataOperators } from '../catalog/catalog.js'
import type { FieldEntry } from '../catalog/types.js'
import { OPERATORS, type Operator } from '../catalog/vocabulary.js'
import { canonicalFilters } from './canonical.js'
import { at, type Faults } from './faults.js'
import { metadataKeyFault, type Named, refOf, resolveName, type Tables, unknownName } from './fields.js'
import { parseValue, type ValueRules } from './filter-value.js'
import { LIMITS } from './limits.js'
import { type Properties, readArray, readObject } from './object.js'
import type { Filter } from './query.js'
import { didYouMean, quote } from './wording.js'

/** `filters` of a body in canonical form. Without tables only the shape is checked. */
export function parseFilters(value: unknown, tables: Tables | undefined, faults: Faults): readonly Filter[] {
  const path = at('', 'filters')
  const items = readArray(value, LIMITS.filters, path, faults) ?? []
  const filters = items.map((item, index) => parseFilter(item, tables, at(path, index), faults))
  return canonicalFilters(filters.filter((filter) => filter !== undefined))
}

function parseFilter(item: unknown, tables: Tables | undefined, path: string, faults: Faults): Filter | undefined {
  const known = ['fieldName', 'metadataKey', 'operator', 'value']
  const properties = readObject(item, known, 'filter', path, faults)
  if (properties === undefined) return undefined
  const named = readName(properties, tables, path, faults)
  const operator = readOperator(properties.get('operator'), named, tables, at(path, 'operator'), faults)
  if (operator === undefined) return undefined
  const rules: ValueRules = named === undefined ? { type: 'any' } : rulesOf(named.named)
  const predicate = parseValue(operator, properties.get('value'), rules, at(path, 'value'), faults)
  return named === undefined || predicate === undefined ? undefined : { field: refOf(named.named), predicate }
}

/** What a filter is on, and how it was spelled. */
type Target = { readonly named: Exclude<Named, { kind: 'unknown' }>; readonly asked: string }

function readName(
  properties: Properties,
  tables: Tables | undefined,
  path: string,
  faults: Faults,
): Target | undefined {
  const fieldName = properties.get('fieldName')
  const metadataKey = properties.get('metadataKey')
  if ((fieldName === undefined) === (metadataKey === undefined)) {
    const found = fieldName === undefined ? 'neither' : 'both'
    faults.report(path, 'VALIDATION_FAILED', `A filter has either fieldName or metadataKey; found ${found}.`)
    return undefined
  }
  if (fieldName === undefined) return readMetadataKey(metadataKey, at(path, 'metadataKey'), faults)
  if (typeof fieldName !== 'string') {
    faults.report(at(path, 'fieldName'), 'VALIDATION_FAILED', `fieldName is a string; found ${quote(fieldName)}.`)
    return undefined
  }
  return tables === undefined ? undefined : readField(fieldName, tables, at(path, 'fieldName'), faults)
}

function readMetadataKey(key: unknown, path: string, faults: Faults): Target | undefined {
  if (typeof key !== 'string') {
    faults.report(path, 'VALIDATION_FAILED', `metadataKey is a string; found ${quote(key)}.`)
    return undefined
  }
  const fault = metadataKeyFault(key)
  if (fault !== null) faults.report(path, 'VALIDATION_FAILED', fault)
  return fault === null ? { named: { kind: 'metadata', key }, asked: `metadata.${key}` } : undefined
}

function readField(name: string, tables: Tables, path: string, faults: Faults): Target | undefined {
  const named = resolveName(tables, name)
  if (named.kind === 'metadata') return readMetadataKey(named.key, path, faults)
  if (named.kind === 'field' && fieldOperators(named.entry).length > 0) return { named, asked: name }
  // The vendor's own sentence, known for this datasource alone.
  const vendors =
    tables.datasource === 'configMetrics' ? `Unsupported gateway config filter name: ${bounded(name)}. ` : ''
  faults.report(path, 'UNSUPPORTED_FIELD', `${vendors}${unknownName(tables, name, 'filter')}`)
  return undefined
}

function readOperator(
  value: unknown,
  target: Target | undefined,
  tables: Tables | undefined,
  path: string,
  faults: Faults,
): Operator | undefined {
  if (typeof value !== 'string') {
    faults.report(path, 'VALIDATION_FAILED', `A filter needs an operator such as "IN"; found ${quote(value)}.`)
    return undefined
  }
  const operator = OPERATORS.find((candidate) => candidate === value)
  if (target === undefined || tables === undefined) {
    if (operator === undefined) {
      const message = `There is no operator ${quote(value)}.${didYouMean(value, OPERATORS)}`
      faults.report(path, 'UNSUPPORTED_OPERATOR', message)
    }
    return operator
  }
  const allowed = operatorsOf(target, tables)
  if (operator !== undefined && allowed.includes(operator)) return operator
  const near = operator === undefined ? didYouMean(value, allowed) : ''
  // The vendor's own sentence, then what would work.
  const vendors = `Field ${quote(target.asked)} does not support operator ${quote(value)}`
  faults.report(path, 'UNSUPPORTED_OPERATOR', `${vendors}.${near} It takes ${allowed.join(', ')}.`)
  return undefined
}

function operatorsOf(target: Target, { datasource, catalog }: Tables): readonly Operator[] {
  return target.named.kind === 'field' ? fieldOperators(target.named.entry) : metadataOperators(datasource, catalog)
}

function rulesOf(named: Target['named']): ValueRules {
  return named.kind === 'metadata' ? { type: 'string' } : fieldRules(named.entry)
}

function fieldRules(entry: FieldEntry): ValueRules {
  const type = entry.type === 'array' ? 'string' : entry.type
  return entry.values === undefined ? { type } : { type, values: entry.values }
}

function bounded(name: string): string {
  return name.length > LIMITS.metadataKeyLength ? `${name.slice(0, LIMITS.metadataKeyLength)}…` : name
}
