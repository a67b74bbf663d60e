import { READINGS } from '../catalog/readings.js'
import type { Reading } from '../catalog/types.js'
import type { GroupValue } from '../catalog/vocabulary.js'
import type { Predicate } from '../query/query.js'

/** A dimension's text as the value of a field. `''` is what the upstream writes for "none". */
export function readValue(text: string, reading: Reading): GroupValue {
  return READINGS[reading].read(text)
}

/** Whether two texts can read as the same value: then rows of a listing have to be added up. */
export function isFolding(reading: Reading): boolean {
  return READINGS[reading].alike !== 'none'
}

/** Whether a value passes. Null passes negations and `IS_NULL true` alone (DESIGN, "Numbers and rows"). */
export function holds(predicate: Predicate, value: GroupValue): boolean {
  switch (predicate.kind) {
    case 'in':
      return value !== null && value !== '' && predicate.values.includes(value)
    case 'notIn':
      return value === null || !predicate.values.includes(value)
    case 'match':
      return value === null
        ? predicate.negated
        : matches(predicate.how, String(value), predicate.text) !== predicate.negated
    case 'range':
      return typeof value === 'number' && above(predicate.min, value) && below(predicate.max, value)
    case 'null':
      return (value === null) === predicate.isNull
  }
}

/** A predicate on what a dimension's text reads as. */
export type Test = { readonly reading: Reading; readonly predicate: Predicate }

/** Whether a text of a dimension passes every test. `''` is a request without a value. */
export function passes(text: string, tests: readonly Test[]): boolean {
  return tests.every(({ reading, predicate }) => holds(predicate, readValue(text, reading)))
}

type Match = Extract<Predicate, { kind: 'match' }>['how']

function matches(how: Match, value: string, text: string): boolean {
  switch (how) {
    case 'contains':
      return value.includes(text)
    case 'startsWith':
      return value.startsWith(text)
    case 'endsWith':
      return value.endsWith(text)
  }
}

type Range = Extract<Predicate, { kind: 'range' }>

function above(min: Range['min'], value: number): boolean {
  return min === null || (min.inclusive ? value >= min.value : value > min.value)
}

function below(max: Range['max'], value: number): boolean {
  return max === null || (max.inclusive ? value <= max.value : value < max.value)
}
