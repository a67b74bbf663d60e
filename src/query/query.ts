import type { AggregationType, Datasource, Scalar } from '../catalog/vocabulary.js'

/**
 * A validated question in canonical form: questions that mean the same are equal values, so the JSON text of a Query is
 * a cache key. `parseQuery` makes one; others are made of it alone, narrowed by a token's filters, to a slice of its window, or to a
 * cheaper question whose price is told.
 */
export type Query = {
  readonly datasource: Datasource
  readonly type: QuestionType
  readonly window: Window
  /** `null` on a distribution. */
  readonly interval: Interval | null
  /** IANA name whose wall clock the buckets follow; `UTC` unless asked otherwise. */
  readonly timeZone: string
  /** In the order asked, doubles removed. */
  readonly groupBy: readonly FieldRef[]
  /** In the order asked, doubles removed. */
  readonly aggregations: readonly Aggregation[]
  /** All must hold. Sorted, doubles removed; several ranges on one field are their intersection. */
  readonly filters: readonly Filter[]
  /** The top N combinations of group values; `null` = all. */
  readonly limit: number | null
}

/** The two kinds of question. */
export const QUESTION_TYPES = ['distribution', 'timeseries'] as const
/** Rows for the whole window, or for each bucket of it. */
export type QuestionType = (typeof QUESTION_TYPES)[number]

/** `[start, end)`, epoch milliseconds UTC. */
export type Window = { readonly start: number; readonly end: number }

/**
 * A bucket size. Seconds, minutes, hours and days are `fixed` (60 minutes = 1 hour); weeks count from a Monday;
 * months and years are calendar units (12 months = 1 year).
 */
export type Interval =
  | { readonly unit: 'fixed'; readonly seconds: number }
  | { readonly unit: 'week'; readonly weeks: number }
  | { readonly unit: 'month'; readonly months: number }

/** A field of the datasource by its catalogue name, or a key of the caller's request metadata. */
export type FieldRef =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'metadata'; readonly key: string }

/** `column` is the catalogue name of a column or a field; `key` the key of the reply (type + the column as asked). */
export type Aggregation = { readonly type: AggregationType; readonly column: string; readonly key: string }

/** A condition on one field, which every row that counts fulfils. */
export type Filter = { readonly field: FieldRef; readonly predicate: Predicate }

/**
 * What a filter means, operators folded: `EQUAL` is `in` of one, `NOT_EQUAL` is `notIn` of one, `ARRAY_HAS_ANY` is `in`,
 * `ARRAY_HAS_NONE` is `notIn`. Values are sorted and unique. A range of a single number is `in`; one whose min exceeds
 * its max holds nothing. `notIn` and negated matches keep null rows; all others drop them.
 */
export type Predicate =
  | { readonly kind: 'in'; readonly values: readonly Scalar[] }
  | { readonly kind: 'notIn'; readonly values: readonly Scalar[] }
  | {
      readonly kind: 'match'
      readonly how: 'contains' | 'startsWith' | 'endsWith'
      readonly text: string
      readonly negated: boolean
    }
  | { readonly kind: 'range'; readonly min: Bound | null; readonly max: Bound | null }
  | { readonly kind: 'null'; readonly isNull: boolean }

/** One end of a range, in the unit of the language (USD for cost). */
export type Bound = { readonly value: number; readonly inclusive: boolean }
