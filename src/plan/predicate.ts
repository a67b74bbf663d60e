import type { Reading } from '../catalog/types.js'
import type { Predicate } from '../query/query.js'

/** A group value in a table and in a reply. */
export type GroupValue = string | number | boolean | null

/** The least status code that is a failure: errors are status ≥ 400 upstream. */
const FIRST_FAILURE = 400

/** The status codes there are: a filter on the status is the list of those that pass, so no listing is needed. */
export const STATUS_CODES: readonly string[] = Array.from({ length: 500 }, (_, index) => String(100 + index))

/** A dimension's text as the value of a field. `''` is what the upstream writes for "none". */
export function readValue(text: string, reading: Reading): GroupValue {
  switch (reading) {
    case 'text':
      return text === '' ? null : text
    case 'number':
      return text === '' ? null : Number(text)
    case 'errorText':
      return text !== '' && Number(text) >= FIRST_FAILURE ? text : null
    case 'isFailure':
      return text !== '' && Number(text) >= FIRST_FAILURE
    case 'guardrailAction':
      return GUARDRAIL_ACTIONS.get(text) ?? null
    case 'guardrailResult':
      return GUARDRAIL_ACTIONS.has(text) ? 'fail' : null
    case 'rescue':
      return text.startsWith(RETRY) ? 'retry' : text
    case 'attempts':
      return text.startsWith(RETRY) ? Number(text.slice(RETRY.length)) : null
  }
}

/** Statuses that Portkey gives to requests that a guardrail judged against. */
const GUARDRAIL_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['246', 'flag'],
  ['446', 'deny'],
])

/** A rescue by the second retry is `retry:2`; the other kind is `fallback` (`catalog/parts.ts`). */
const RETRY = 'retry:'

/** All the values of a reading of status codes, where they are few; each is a set of codes that can be asked for at once. */
export function fewValues(reading: Reading): readonly GroupValue[] | null {
  switch (reading) {
    case 'isFailure':
      return [false, true]
    case 'guardrailAction':
      return ['deny', 'flag', null]
    case 'guardrailResult':
      return ['fail', null]
    case 'text':
    case 'number':
    case 'errorText':
    case 'rescue':
    case 'attempts':
      return null
  }
}

/** Whether two texts can read as the same value: then rows of a listing have to be added up. */
export function isFolding(reading: Reading): boolean {
  return reading !== 'text' && reading !== 'number'
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
