import type { Scalar } from '../catalog/vocabulary.js'
import type { Bound, Filter, Predicate, Query } from './query.js'

/** Text that is equal for questions that mean the same and different for all others. */
export function queryKey(query: Query): string {
  return JSON.stringify(query)
}

/** `in` or `notIn` with its values unique and sorted: text by code unit, numbers by size, false before true. */
export function inValues(kind: 'in' | 'notIn', values: readonly Scalar[]): Predicate {
  return { kind, values: [...new Set(values.map(withoutNegativeZero))].sort(byValue) }
}

/** A text match. */
export function matchOf(how: 'contains' | 'startsWith' | 'endsWith', text: string, negated: boolean): Predicate {
  return { kind: 'match', how, text, negated }
}

/** A range; one that holds a single number is `in` of that number. A range whose min exceeds its max holds none. */
export function rangeOf(min: Bound | null, max: Bound | null): Predicate {
  if (min !== null && max !== null && min.value === max.value && min.inclusive && max.inclusive) {
    return inValues('in', [min.value])
  }
  return { kind: 'range', min: boundOf(min), max: boundOf(max) }
}

/** All must hold, so ranges on one field become their intersection; then sorted, doubles removed. */
export function canonicalFilters(filters: readonly Filter[]): readonly Filter[] {
  const byText = new Map(intersectRanges(filters).map((filter) => [JSON.stringify(filter), filter]))
  return [...byText].sort(([a], [b]) => compare(a, b)).map(([, filter]) => filter)
}

function intersectRanges(filters: readonly Filter[]): readonly Filter[] {
  const ranges = new Map<string, { readonly filter: Filter; readonly min: Bound | null; readonly max: Bound | null }>()
  const others: Filter[] = []
  for (const filter of filters) {
    if (filter.predicate.kind !== 'range') {
      others.push(filter)
      continue
    }
    const { min, max } = filter.predicate
    const id = JSON.stringify(filter.field)
    const seen = ranges.get(id)
    ranges.set(id, {
      filter,
      min: tighter(seen?.min ?? null, min, (a, b) => a > b),
      max: tighter(seen?.max ?? null, max, (a, b) => a < b),
    })
  }
  const merged = [...ranges.values()].map(({ filter, min, max }) => ({
    field: filter.field,
    predicate: rangeOf(min, max),
  }))
  return [...others, ...merged]
}

function tighter(a: Bound | null, b: Bound | null, beyond: (a: number, b: number) => boolean): Bound | null {
  if (a === null || b === null) return a ?? b
  if (a.value === b.value) return a.inclusive ? b : a
  return beyond(a.value, b.value) ? a : b
}

function boundOf(bound: Bound | null): Bound | null {
  return bound === null ? null : { value: bound.value + 0, inclusive: bound.inclusive }
}

/** `-0` equals 0 but is another text in some encodings. */
function withoutNegativeZero(value: Scalar): Scalar {
  return typeof value === 'number' ? value + 0 : value
}

function byValue(a: Scalar, b: Scalar): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
