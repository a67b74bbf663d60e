import { at, type Faults } from './faults.js'
import { didYouMean, oneOf, quote } from './wording.js'

/** Own properties of a JSON object. A Map, so that no name (`__proto__`, `constructor`) is special. */
export type Properties = ReadonlyMap<string, unknown>

/** Unknown properties beyond this are not worth a line each. */
const MOST_UNKNOWN = 20

/**
 * The properties of a JSON object, with a fault for every one that is not `known`; `undefined`, with a fault, for
 * anything else. `what` names the object in messages: "filter".
 */
export function readObject(
  value: unknown,
  known: readonly string[],
  what: string,
  path: string,
  faults: Faults,
): Properties | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.report(path, 'VALIDATION_FAILED', `A ${what} is a JSON object with ${oneOf(known)}; found ${quote(value)}.`)
    return undefined
  }
  const properties = new Map(Object.entries(value).filter(([, content]) => content !== undefined))
  const strangers = [...properties.keys()].filter((name) => !known.includes(name))
  for (const name of strangers.slice(0, MOST_UNKNOWN)) {
    const message = `A ${what} has no field ${quote(name)}.${didYouMean(name, known)} It takes ${oneOf(known)}.`
    faults.report(at(path, name), 'VALIDATION_FAILED', message)
  }
  if (strangers.length > MOST_UNKNOWN) {
    const rest = strangers.length - MOST_UNKNOWN
    faults.report(path, 'VALIDATION_FAILED', `${rest} more fields of the ${what} are unknown.`)
  }
  return properties
}

/** The items of an optional array: none when it is left out or empty, `undefined` with a fault when it is no array or too long. */
export function readArray(value: unknown, most: number, path: string, faults: Faults): readonly unknown[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    faults.report(path, 'VALIDATION_FAILED', `Expected an array, or leave it out; found ${quote(value)}.`)
    return undefined
  }
  if (value.length > most) {
    faults.report(path, 'VALIDATION_FAILED', `At most ${most} are taken here; found ${value.length}.`)
    return undefined
  }
  return value
}

/** A string of a closed set, or a fault that lists the set. */
export function readWord<Word extends string>(
  value: unknown,
  words: readonly Word[],
  path: string,
  faults: Faults,
): Word | undefined {
  const word = words.find((candidate) => candidate === value)
  if (word !== undefined) return word
  const found = value === undefined ? 'It is missing.' : `Found ${quote(value)}.`
  const near = typeof value === 'string' ? didYouMean(value, words) : ''
  faults.report(path, 'VALIDATION_FAILED', `Expected ${oneOf(words)}. ${found}${near}`)
  return undefined
}
