import { type FieldMeaning, textSql } from './language.js'
import type { FilterValue } from './question.js'

/** One filter as a SQL condition that is never null. Negations keep requests without a value, all else drops them. */
export function conditionOf(field: FieldMeaning, operator: string, value: FilterValue): string {
  if (field.nullMeansAll && operator === 'IS_NULL' && value === true) return 'true'
  const { sql } = field
  if (sql === null) throw new Error(`nothing is known of ${field.key}`)
  const literal = (one: FilterValue): string => literalOf(one, field)
  const list = (Array.isArray(value) ? value : [value]).map(literal)
  const drop = (test: string): string => `coalesce(${test}, false)`
  const keep = (test: string): string => `coalesce(${test}, true)`
  switch (operator) {
    case 'EQUAL':
    case 'IN':
    case 'ARRAY_HAS_ANY':
      return drop(`(${sql}) IN (${list})`)
    case 'NOT_EQUAL':
    case 'NOT_IN':
    case 'ARRAY_HAS_NONE':
      return keep(`(${sql}) NOT IN (${list})`)
    case 'STRING_CONTAINS':
      return drop(`contains(${sql}, ${list})`)
    case 'STRING_NOT_CONTAINS':
      return keep(`NOT contains(${sql}, ${list})`)
    case 'STRING_STARTS_WITH':
      return drop(`starts_with(${sql}, ${list})`)
    case 'STRING_NOT_STARTS_WITH':
      return keep(`NOT starts_with(${sql}, ${list})`)
    case 'STRING_ENDS_WITH':
      return drop(`suffix(${sql}, ${list})`)
    case 'STRING_NOT_ENDS_WITH':
      return keep(`NOT suffix(${sql}, ${list})`)
    case 'GREATER_THAN':
      return drop(`(${sql}) > ${list}`)
    case 'GREATER_THAN_EQUAL':
      return drop(`(${sql}) >= ${list}`)
    case 'LESS_THAN':
      return drop(`(${sql}) < ${list}`)
    case 'LESS_THAN_EQUAL':
      return drop(`(${sql}) <= ${list}`)
    case 'BETWEEN':
      return drop(`(${sql}) BETWEEN ${list[0]} AND ${list[1]}`)
    case 'IS_NULL':
      return value === true ? `(${sql}) IS NULL` : `(${sql}) IS NOT NULL`
    default:
      throw new Error(`the oracle knows no operator ${operator}`)
  }
}

function literalOf(value: FilterValue, field: FieldMeaning): string {
  if (typeof value === 'string') return textSql(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'number') throw new Error('a list within a list')
  return `CAST('${field.usd ? cents(value) : value}' AS DOUBLE)`
}

/** USD as cents: the decimal text with its point moved, so that 0.07 is 7. */
function cents(usd: number): string {
  const [digits, exponent = '0'] = String(usd).split('e')
  return `${digits}e${Number(exponent) + 2}`
}
