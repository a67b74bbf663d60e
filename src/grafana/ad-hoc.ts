import type { Catalog } from '../catalog/catalog.js'
import type { Datasource } from '../catalog/vocabulary.js'
import { at, type Faults } from '../query/faults.js'
import { oneOf, quote } from '../query/wording.js'
import { type Filterable, filterableOf, isNoneOf, isOneOf, type Kept, scalarFor } from './filter.js'
import { keepsNothing, type Placed } from './filters.js'
import { readPattern } from './pattern.js'
import { fieldsOf, itemsOf } from './record.js'

/** A filter of the dashboard's ad hoc variable; it holds for every target. */
export type AdHoc = {
  readonly key: string
  /** As Grafana writes it. */
  readonly operator: string
  /** More than one with `=|` and `!=|` alone. */
  readonly values: readonly string[]
  readonly path: string
}

const OPERATORS = ['=', '!=', '=|', '!=|', '<', '<=', '>', '>=', '=~', '!~'] as const

/** Reads `[{ key, operator, value, values? }]`. A filter whose value is not chosen yet is none. */
export function readAdHoc(value: unknown, path: string, faults: Faults): readonly AdHoc[] {
  const items = itemsOf(value)
  if (items === null) {
    faults.report(path, 'VALIDATION_FAILED', `Ad hoc filters are an array; found ${quote(value)}.`)
    return []
  }
  return items.flatMap((item, index) => readOne(item, at(path, index), faults))
}

function readOne(item: unknown, path: string, faults: Faults): readonly AdHoc[] {
  const fields = fieldsOf(item)
  const key = fields?.get('key')
  const operator = fields?.get('operator') ?? '='
  if (fields === null || typeof key !== 'string' || typeof operator !== 'string') {
    const form = `An ad hoc filter is { key, operator, value }, with an operator of ${oneOf(OPERATORS)}`
    faults.report(path, 'VALIDATION_FAILED', `${form}; found ${quote(item)}.`)
    return []
  }
  const many = operator.endsWith('|') ? (itemsOf(fields.get('values')) ?? []) : []
  const values = (many.length > 0 ? many : [fields.get('value')]).flatMap((value) =>
    value === undefined || value === '' ? [] : [String(value)],
  )
  return key === '' || values.length === 0 ? [] : [{ key, operator, values, path }]
}

/** The filters of a datasource that ad hoc ones stand for. One that keeps every row is left out, and so, with a fault, is one that nothing says. */
export function inLanguage(
  adHoc: readonly AdHoc[],
  catalog: Catalog,
  datasource: Datasource,
  faults: Faults,
): readonly Placed[] {
  return adHoc.flatMap((filter) => {
    const { key, path } = filter
    const kept = keptBy(filter, filterableOf(catalog, datasource, key), faults)
    if (kept === 'none') faults.report(at(path, 'value'), 'VALIDATION_FAILED', keepsNothing(key))
    if (kept === null || kept === 'none' || kept === 'every') return []
    const parts = { fieldName: at(path, 'key'), operator: at(path, 'operator'), value: at(path, 'value') }
    return [{ filter: kept, path, parts }]
  })
}

/** `null`, with a fault, where the language has no words for it. */
function keptBy({ key, operator, values, path }: AdHoc, field: Filterable, faults: Faults): Kept | null {
  const value = values[0] ?? ''
  const compared = (word: string) => ({ fieldName: key, operator: word, value: scalarFor(field, value) })
  const known = OPERATORS.find((one) => one === operator)
  switch (known) {
    case '=':
    case '=|':
      return isOneOf(field, key, values)
    case '!=':
    case '!=|':
      return isNoneOf(field, key, values)
    case '<':
      return compared('LESS_THAN')
    case '<=':
      return compared('LESS_THAN_EQUAL')
    case '>':
      return compared('GREATER_THAN')
    case '>=':
      return compared('GREATER_THAN_EQUAL')
    case '=~':
    case '!~':
      return matched(key, value, field, known === '!~') ?? refused(value)
    case undefined: {
      const message = `There is no ad hoc operator ${quote(operator)}: use ${oneOf(OPERATORS)}.`
      faults.report(at(path, 'operator'), 'UNSUPPORTED_OPERATOR', message)
      return null
    }
  }

  function refused(pattern: string): null {
    const way =
      'Write whole values, parted by |, or one text with .* before it, after it or both; a dot in a name is written \\.'
    const message = `The pattern ${quote(pattern)} is more than Portkey can be asked for. ${way}`
    faults.report(at(path, 'value'), 'UNSUPPORTED_OPERATOR', message)
    return null
  }
}

/** What a pattern keeps; `null` where it is more than the language can say. */
function matched(fieldName: string, text: string, field: Filterable, negated: boolean): Kept | null {
  const pattern = readPattern(text)
  switch (pattern?.how) {
    case undefined:
      return null
    case 'any':
      return negated ? 'none' : 'every'
    case 'some': {
      // Where no value can be told from others, nothing says this; an absent config is no constraint in the language.
      const told = field.operators.includes('IS_NULL') && !(negated && field.nullMeansAll)
      return told ? { fieldName, operator: 'IS_NULL', value: negated } : null
    }
    case 'whole':
      return negated ? isNoneOf(field, fieldName, pattern.texts) : isOneOf(field, fieldName, pattern.texts)
    case 'CONTAINS':
    case 'STARTS_WITH':
    case 'ENDS_WITH':
      return { fieldName, operator: `STRING_${negated ? 'NOT_' : ''}${pattern.how}`, value: pattern.text }
  }
}
