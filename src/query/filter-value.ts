import type { Operator, Scalar } from '../catalog/vocabulary.js'
import { inValues, matchOf, rangeOf } from './canonical.js'
import { at, type Faults } from './faults.js'
import { LIMITS } from './limits.js'
import type { Predicate } from './query.js'
import { textFault } from './text.js'
import { oneOf, quote } from './wording.js'

/** What a field's values are: `any` where the field is not known. `values` is a closed set. */
export type ValueRules = { readonly type: 'string' | 'number' | 'boolean' | 'any'; readonly values?: readonly Scalar[] }

type Where = { readonly path: string; readonly faults: Faults }

/** Reads a filter's value as its operator and field want it; `undefined`, with a fault, when it does not fit. */
export function parseValue(
  operator: Operator,
  value: unknown,
  rules: ValueRules,
  path: string,
  faults: Faults,
): Predicate | undefined {
  const where = { path, faults }
  switch (operator) {
    case 'EQUAL':
    case 'NOT_EQUAL':
      return members(operator === 'EQUAL' ? 'in' : 'notIn', one(value, rules, where))
    case 'IN':
    case 'ARRAY_HAS_ANY':
      return members('in', many(operator, value, rules, where))
    case 'NOT_IN':
    case 'ARRAY_HAS_NONE':
      return members('notIn', many(operator, value, rules, where))
    case 'STRING_CONTAINS':
    case 'STRING_NOT_CONTAINS':
    case 'STRING_STARTS_WITH':
    case 'STRING_NOT_STARTS_WITH':
    case 'STRING_ENDS_WITH':
    case 'STRING_NOT_ENDS_WITH':
      return match(operator, value, rules, where)
    case 'GREATER_THAN':
    case 'GREATER_THAN_EQUAL':
    case 'LESS_THAN':
    case 'LESS_THAN_EQUAL':
      return comparison(operator, value, where)
    case 'BETWEEN':
      return between(value, where)
    case 'IS_NULL':
      if (typeof value === 'boolean') return { kind: 'null', isNull: value }
      return wrong(where, `IS_NULL takes true or false; found ${quote(value)}.`)
  }
}

function members(kind: 'in' | 'notIn', values: readonly Scalar[] | undefined): Predicate | undefined {
  return values === undefined ? undefined : inValues(kind, values)
}

function one(value: unknown, rules: ValueRules, where: Where): readonly Scalar[] | undefined {
  const scalar = readScalar(value, rules, where)
  return scalar === undefined ? undefined : [scalar]
}

function many(operator: Operator, value: unknown, rules: ValueRules, where: Where): readonly Scalar[] | undefined {
  if (!Array.isArray(value)) return wrong(where, `${operator} takes an array of values; found ${quote(value)}.`)
  if (value.length === 0) return wrong(where, `${operator} takes at least one value; found an empty array.`)
  if (value.length > LIMITS.valuesPerFilter) {
    return wrong(where, `A filter takes at most ${LIMITS.valuesPerFilter} values; found ${value.length}.`)
  }
  const scalars = value.map((item: unknown, index) =>
    readScalar(item, rules, { path: at(where.path, index), faults: where.faults }),
  )
  const read = scalars.filter((scalar) => scalar !== undefined)
  return read.length === scalars.length ? read : undefined
}

function match(operator: MatchOperator, value: unknown, rules: ValueRules, where: Where): Predicate | undefined {
  if (typeof value !== 'string') return wrong(where, `${operator} takes one string; found ${quote(value)}.`)
  const fault = textFault(value, LIMITS.valueLength)
  if (fault !== null) return wrong(where, fault)
  const { how, negated, test } = MATCHES[operator]
  // Of a closed set: a pattern that none of it fits would always match nothing.
  if (rules.values !== undefined && !rules.values.some((known) => test(String(known), value))) {
    return wrong(where, `No value of this field fits ${quote(value)}. Its values: ${setOf(rules.values)}.`)
  }
  return matchOf(how, value, negated)
}

type MatchOperator = Extract<Operator, `STRING_${string}`>
type Match = {
  readonly how: 'contains' | 'startsWith' | 'endsWith'
  readonly negated: boolean
  readonly test: (text: string, part: string) => boolean
}

const contains = (text: string, part: string): boolean => text.includes(part)
const startsWith = (text: string, part: string): boolean => text.startsWith(part)
const endsWith = (text: string, part: string): boolean => text.endsWith(part)
const MATCHES: Readonly<Record<MatchOperator, Match>> = {
  STRING_CONTAINS: { how: 'contains', negated: false, test: contains },
  STRING_NOT_CONTAINS: { how: 'contains', negated: true, test: contains },
  STRING_STARTS_WITH: { how: 'startsWith', negated: false, test: startsWith },
  STRING_NOT_STARTS_WITH: { how: 'startsWith', negated: true, test: startsWith },
  STRING_ENDS_WITH: { how: 'endsWith', negated: false, test: endsWith },
  STRING_NOT_ENDS_WITH: { how: 'endsWith', negated: true, test: endsWith },
}

function comparison(
  operator: 'GREATER_THAN' | 'GREATER_THAN_EQUAL' | 'LESS_THAN' | 'LESS_THAN_EQUAL',
  value: unknown,
  where: Where,
): Predicate | undefined {
  if (!isFiniteNumber(value)) return wrong(where, `${operator} takes one number; found ${quote(value)}.`)
  const bound = { value, inclusive: operator.endsWith('_EQUAL') }
  return operator.startsWith('GREATER') ? rangeOf(bound, null) : rangeOf(null, bound)
}

function between(value: unknown, where: Where): Predicate | undefined {
  const [low, high, ...more] = Array.isArray(value) ? value : []
  if (!isFiniteNumber(low) || !isFiniteNumber(high) || more.length > 0) {
    return wrong(where, `BETWEEN takes an array of two numbers, low and high; found ${quote(value)}.`)
  }
  if (low > high) return wrong(where, `BETWEEN takes the lower number first; found ${low} and ${high}.`)
  return rangeOf({ value: low, inclusive: true }, { value: high, inclusive: true })
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function readScalar(value: unknown, rules: ValueRules, where: Where): Scalar | undefined {
  if (!isScalar(value) || (rules.type !== 'any' && typeof value !== rules.type)) {
    return wrong(where, `Expected ${KINDS[rules.type]}; found ${quote(value)}.`)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return wrong(where, 'Expected a finite number; this one is beyond what a double can hold.')
  }
  const fault = typeof value === 'string' ? textFault(value, LIMITS.valueLength) : null
  if (fault !== null) return wrong(where, fault)
  if (rules.values !== undefined && !rules.values.includes(value)) {
    return wrong(where, `There is no such value here: ${quote(value)}. The field's values: ${setOf(rules.values)}.`)
  }
  return value
}

const KINDS: Readonly<Record<ValueRules['type'], string>> = {
  string: 'a string',
  number: 'a number (not as text)',
  boolean: 'true or false',
  any: 'a string, a number, true or false',
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function setOf(values: readonly Scalar[]): string {
  return oneOf(values.map((value) => String(value)))
}

function wrong(where: Where, message: string): undefined {
  where.faults.report(where.path, 'VALIDATION_FAILED', message)
  return undefined
}
