import type { Filter, FilterValue, Scalar } from './question.js'

/** What an operator compares with. */
export type ValueShape = 'one' | 'list' | 'range' | 'flag'

/** The shape of an operator's value; operators not known here take one value. */
export const shapeOf = (operator: string): ValueShape => {
  switch (operator) {
    case 'IN':
    case 'NOT_IN':
    case 'ARRAY_HAS_ANY':
    case 'ARRAY_HAS_NONE':
      return 'list'
    case 'BETWEEN':
      return 'range'
    case 'IS_NULL':
      return 'flag'
    default:
      return 'one'
  }
}

/** An operator as people read it. */
export const operatorLabel = (operator: string): string => LABELS.get(operator) ?? operator

/** A filter with another operator; its value is kept as far as it fits. */
export const withOperator = (filter: Filter, operator: string): Filter => ({
  ...filter,
  operator,
  value: fitting(filter.value, shapeOf(filter.operator), shapeOf(operator)),
})

const fitting = (value: FilterValue, from: ValueShape, to: ValueShape): FilterValue => {
  if (from === to) return value
  if (to === 'flag') return true
  if (from === 'flag') return null
  const values: readonly Scalar[] = value === null || value === '' ? [] : [value].flat()
  return to === 'one' ? (values[0] ?? null) : values.slice(0, to === 'range' ? 2 : undefined)
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ['EQUAL', 'is'],
  ['NOT_EQUAL', 'is not'],
  ['IN', 'is one of'],
  ['NOT_IN', 'is none of'],
  ['STRING_CONTAINS', 'contains'],
  ['STRING_NOT_CONTAINS', 'does not contain'],
  ['STRING_STARTS_WITH', 'starts with'],
  ['STRING_NOT_STARTS_WITH', 'does not start with'],
  ['STRING_ENDS_WITH', 'ends with'],
  ['STRING_NOT_ENDS_WITH', 'does not end with'],
  ['GREATER_THAN', 'is over'],
  ['LESS_THAN', 'is under'],
  ['GREATER_THAN_EQUAL', 'is at least'],
  ['LESS_THAN_EQUAL', 'is at most'],
  ['BETWEEN', 'is between'],
  ['ARRAY_HAS_ANY', 'has any of'],
  ['ARRAY_HAS_NONE', 'has none of'],
  ['IS_NULL', 'null?'],
])
