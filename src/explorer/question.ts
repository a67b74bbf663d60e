import type { Span, Window } from './span.js'

/** One value of a filter. */
export type Scalar = string | number | boolean

/** What a filter compares with; `null`: nothing was given yet. */
export type FilterValue = Scalar | readonly Scalar[] | null

/** A figure that is asked for: how it is computed, and of which column. */
export type Aggregation = { readonly type: string; readonly column: string }
/** A filter as the form holds it; a metadata key is a field whose name begins with `metadata.`. */
export type Filter = { readonly field: string; readonly operator: string; readonly value: FilterValue }

/** Whether rows are asked over time or over the whole window. */
export const QUESTION_TYPES = ['timeseries', 'distribution'] as const
export type QuestionType = (typeof QUESTION_TYPES)[number]

/** A question as the form holds it. The service is the judge of it: what was typed is kept as it was typed. */
export type Draft = {
  readonly datasource: string
  readonly type: QuestionType
  readonly aggregations: readonly Aggregation[]
  readonly groupBy: readonly string[]
  readonly filters: readonly Filter[]
  readonly span: Span
  /** Of a timeseries. */
  readonly interval: string
  /** As typed; empty = all rows. */
  readonly limit: string
  /** Empty = UTC. */
  readonly timeZone: string
}

/** The question that the page opens with. */
export const FIRST_DRAFT: Draft = {
  datasource: 'modelMetrics',
  type: 'timeseries',
  aggregations: [],
  groupBy: [],
  filters: [],
  span: { kind: 'preset', name: '24h' },
  interval: '1 hour',
  limit: '',
  timeZone: '',
}

/** A draft without blanks around what was typed: what is asked, and what is drawn, is made of the same. */
export const tidy = (draft: Draft): Draft => ({
  ...draft,
  interval: draft.interval.trim(),
  limit: draft.limit.trim(),
  timeZone: draft.timeZone.trim(),
})

/**
 * The body that asks a tidy draft. What was left empty is left out; text that should be a number stays text, for the service to
 * refuse.
 */
export const bodyOf = (draft: Draft, window: Window): Readonly<Record<string, unknown>> => {
  const { datasource, type, aggregations, groupBy, filters, interval, limit, timeZone } = draft
  return {
    ...window,
    datasource,
    type,
    ...(aggregations.length > 0 && { aggregations }),
    ...(groupBy.length > 0 && { groupBy }),
    ...(filters.length > 0 && { filters: filters.map(filterOf) }),
    ...(type === 'timeseries' && { interval }),
    ...(limit !== '' && { limit: numberOr(limit) }),
    ...(timeZone !== '' && { timeZone }),
  }
}

/** The number that a text spells in decimal digits, else the text: `0x10` is a slip, not sixteen. */
export const numberOr = (typed: string): number | string => {
  const value = Number(typed.trim())
  return DECIMAL.test(typed.trim()) && Number.isFinite(value) ? value : typed
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** What of an unknown value a filter can compare with. */
export const filterValue = (value: unknown): FilterValue => {
  if (Array.isArray(value)) return value.filter(isScalar)
  return isScalar(value) ? value : null
}

/** A value that a filter compares with, or one of several. */
export const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

const filterOf = ({ field, operator, value }: Filter) => ({
  fieldName: field,
  operator,
  ...(value !== null && { value }),
})
