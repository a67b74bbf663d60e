import type { Catalog } from '../catalog/catalog.js'
import type { Datasource } from '../catalog/vocabulary.js'
import { at, type Faults } from '../query/faults.js'
import { oneOf, quote } from '../query/wording.js'
import { withoutEscapes } from './filled-in.js'
import { filterableOf, isNoneOf, isOneOf, type LanguageFilter, scalarFor } from './filter.js'
import { fieldsOf, itemsOf } from './record.js'

/** A filter of the dashboard's ad hoc variable; it holds for every target. */
export type AdHoc = {
  readonly key: string
  readonly operator: AdHocOperator
  /** More than one with `=|` and `!=|` alone. */
  readonly values: readonly string[]
  readonly path: string
}

const OPERATORS = ['=', '!=', '=|', '!=|', '<', '>', '=~', '!~'] as const
type AdHocOperator = (typeof OPERATORS)[number]

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
  const operator = OPERATORS.find((one) => one === (fields?.get('operator') ?? '='))
  if (fields === null || typeof key !== 'string' || operator === undefined) {
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

/** The filter in the language's words; `undefined` where it keeps every row, or, with a fault, where there are no words for it. */
export function inLanguage(
  { key, operator, values, path }: AdHoc,
  catalog: Catalog,
  datasource: Datasource,
  faults: Faults,
): LanguageFilter | undefined {
  const field = filterableOf(catalog, datasource, key)
  const value = values[0] ?? ''
  switch (operator) {
    case '=':
    case '=|':
      return isOneOf(field, key, values)
    case '!=':
    case '!=|':
      return isNoneOf(field, key, values)
    case '<':
      return { fieldName: key, operator: 'LESS_THAN', value: scalarFor(field, value) }
    case '>':
      return { fieldName: key, operator: 'GREATER_THAN', value: scalarFor(field, value) }
    case '=~':
    case '!~': {
      if (operator === '=~' && value === '.*') return undefined
      const pattern = readPattern(value)
      if (pattern === null) {
        const way = 'Write whole values, parted by |, or one text with .* before it, after it or both.'
        const message = `The pattern ${quote(value)} is more than Portkey can be asked for. ${way}`
        faults.report(at(path, 'value'), 'UNSUPPORTED_OPERATOR', message)
        return undefined
      }
      const negated = operator === '!~'
      if (pattern.how === 'whole') {
        return negated ? isNoneOf(field, key, pattern.texts) : isOneOf(field, key, pattern.texts)
      }
      return { fieldName: key, operator: `STRING_${negated ? 'NOT_' : ''}${pattern.how}`, value: pattern.text }
    }
  }
}

type Pattern =
  | { readonly how: 'whole'; readonly texts: readonly string[] }
  | { readonly how: 'CONTAINS' | 'STARTS_WITH' | 'ENDS_WITH'; readonly text: string }

/** The patterns that the language has words for. They match whole values, as Grafana's own do. */
function readPattern(pattern: string): Pattern | null {
  const bare = pattern
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/^\(([^()]*)\)$/, '$1')
  const [, before = '', middle = '', after = ''] = /^(\.\*)?(.*?)(\.\*)?$/s.exec(bare) ?? []
  const texts = middle.split('|')
  if (middle === '' || texts.some((text) => !LITERAL.test(text) || text === '')) return null
  const text = withoutEscapes(middle)
  if (before === '' && after === '') return { how: 'whole', texts: texts.map(withoutEscapes) }
  if (texts.length > 1) return null
  if (before !== '' && after !== '') return { how: 'CONTAINS', text }
  return { how: before === '' ? 'STARTS_WITH' : 'ENDS_WITH', text }
}

/** Nothing but plain signs and escaped ones; a plain dot, which everybody writes in names, stands for itself. */
const LITERAL = /^(?:[^\\^$*+?()[\]{}|]|\\[\\^$*+?.()|[\]{}/-])*$/
