import type { AggregationType, Operator } from './vocabulary.js'

/** FULL-STRING: the names here are the language's own for its sets of operators (its section 6). */
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
/** NARROW-STRING: lists, and the text matches that are not negated. */
export const NARROW_STRING: readonly Operator[] = [
  'IN',
  'NOT_IN',
  'STRING_CONTAINS',
  'STRING_STARTS_WITH',
  'STRING_ENDS_WITH',
]
/** LIST: one of some values, or none of them. */
export const LIST: readonly Operator[] = ['IN', 'NOT_IN']
/** COMPARE: one value or a list, and their negations. */
export const COMPARE: readonly Operator[] = ['EQUAL', 'NOT_EQUAL', 'IN', 'NOT_IN']
/** RANGE, of numbers: bounds alone, no equality. */
export const RANGE: readonly Operator[] = [
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_EQUAL',
  'LESS_THAN_EQUAL',
  'BETWEEN',
]
/** STATUS, of status codes: all of COMPARE and RANGE but BETWEEN. */
export const STATUS: readonly Operator[] = [...COMPARE, ...RANGE.filter((operator) => operator !== 'BETWEEN')]
/** ARRAY, of a field that the language keeps as a list: it shares a value with these, or none. */
export const ARRAY: readonly Operator[] = ['ARRAY_HAS_ANY', 'ARRAY_HAS_NONE']

/** What this service adds to the language's sets, here and below: a test for null. */
export const NULL_TEST: readonly Operator[] = ['IS_NULL']
/** Of numbers, on which the language has RANGE alone. */
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
