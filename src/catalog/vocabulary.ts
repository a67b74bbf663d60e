/** The closed sets of words that the query language is made of. */
export const DATASOURCES = [
  'modelMetrics',
  'mcpMetrics',
  'guardrailMetrics',
  'cacheMetrics',
  'configMetrics',
  'agentMetrics',
] as const
export type Datasource = (typeof DATASOURCES)[number]

/** An aggregation as the language spells it; which column takes which is in the catalogue. */
export const AGGREGATION_TYPES = [
  'count',
  'countDistinct',
  'sum',
  'avg',
  'min',
  'max',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
] as const
export type AggregationType = (typeof AGGREGATION_TYPES)[number]

/** An operator as the language spells it. */
export const OPERATORS = [
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
  'GREATER_THAN',
  'LESS_THAN',
  'GREATER_THAN_EQUAL',
  'LESS_THAN_EQUAL',
  'BETWEEN',
  'ARRAY_HAS_ANY',
  'ARRAY_HAS_NONE',
  'IS_NULL',
] as const
export type Operator = (typeof OPERATORS)[number]

/** One filter value. */
export type Scalar = string | number | boolean

/** The value of a group or a field in a row of a table and of a reply; `null` = the row has none. */
export type GroupValue = Scalar | null
