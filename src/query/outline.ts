import { nameOfRef } from './fields.js'
import type { Interval, Query } from './query.js'

/** What a question asks for, without any value that it filters by: fit for a log. */
export type Outline = {
  readonly datasource: string
  readonly type: string
  /** Keys of the reply, as `sumInputTokens`. */
  readonly aggregations: readonly string[]
  readonly groupBy: readonly string[]
  /** Field and kind of operator, as `modelName in`; `!` before the kind: negated. */
  readonly filters: readonly string[]
  readonly interval: string | null
  readonly windowSeconds: number
  readonly limit: number | null
}

/** Of longer lists the rest is counted, so that no question makes a line of many KB. */
const MOST = 20

/** The outline of a question. Pure. */
export function outlineOf(query: Query): Outline {
  const { datasource, type, aggregations, groupBy, filters, interval, window, limit } = query
  return {
    datasource,
    type,
    aggregations: short(aggregations.map(({ key }) => key)),
    groupBy: short(groupBy.map(nameOfRef)),
    filters: short(filters.map(({ field, predicate }) => `${nameOfRef(field)} ${kindOf(predicate)}`)),
    interval: interval === null ? null : intervalText(interval),
    windowSeconds: (window.end - window.start) / 1000,
    limit,
  }
}

function kindOf(predicate: Query['filters'][number]['predicate']): string {
  switch (predicate.kind) {
    case 'in':
    case 'range':
      return predicate.kind
    case 'notIn':
      return '!in'
    case 'match':
      return `${predicate.negated ? '!' : ''}${predicate.how}`
    case 'null':
      return `${predicate.isNull ? '' : '!'}null`
  }
}

function intervalText(interval: Interval): string {
  switch (interval.unit) {
    case 'fixed':
      return `${interval.seconds} s`
    case 'week':
      return `${interval.weeks} w`
    case 'month':
      return `${interval.months} mo`
  }
}

function short(texts: readonly string[]): readonly string[] {
  return texts.length <= MOST ? texts : [...texts.slice(0, MOST), `and ${texts.length - MOST} more`]
}
