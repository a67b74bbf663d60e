import type { AggregationType, Operator } from './vocabulary.js'

/** The language's own short names for sets of operators (its section 6). */
export const FULL_STRING: readonly Operator[] = [
  'EQUAL',
  'NOT_EQUAL',
  'IN',
  'NOT_IN',
  'STRING_CONTAINS',
  'STRING_NOT_CONTAINS',
  'STRING_STARTS_WITH',
  'STRING_NOT_STARTS_WITH',
  'STRING_ENDS_WITH',
  'STRING_NOT_ENDS_WITH',
]
export const NARROW_STRING: readonly Operator[] = [
  'IN',
  'NOT_IN',
  'STRING_CONTAINS',
  'STRING_STARTS_WITH',
  'STRING_ENDS_WITH',
]
export const LIST: readonly Operator[] = ['IN', 'NOT_IN']
export const COMPARE: readonly Operator[] = ['EQUAL', 'NOT_EQUAL', 'IN', 'NOT_IN']
export const RANGE: readonly Operator[] = [
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_EQUAL',
  'LESS_THAN_EQUAL',
  'BETWEEN',
]
export const STATUS: readonly Operator[] = [...COMPARE, ...RANGE.filter((operator) => operator !== 'BETWEEN')]
export const ARRAY: readonly Operator[] = ['ARRAY_HAS_ANY', 'ARRAY_HAS_NONE']

/** Operators this service adds to the language's. */
export const NULL_TEST: readonly Operator[] = ['IS_NULL']
export const EQUALITY: readonly Operator[] = ['EQUAL', 'NOT_EQUAL']

/** Aggregations the language lets on a numeric column. */
export const NUMERIC: readonly AggregationType[] = [
  'count',
  'countDistinct',
  'sum',
  'avg',
  'min',
  'p50',
  'p75',
  'p90',
  'p99',
]

/** Aggregations this service adds on a numeric column. */
export const NUMERIC_EXTENSIONS: readonly AggregationType[] = ['max', 'p95']

/** Aggregations on a field that can be grouped by. */
export const FIELD_AGGREGATIONS: readonly AggregationType[] = ['count', 'countDistinct']
