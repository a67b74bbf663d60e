import { isScalar, referenceIn, type Variables } from './variables.js'
import { readPicked, readWritten, type Written } from './written.js'

/**
 * What a filter's value stands for. All values, which is no filter: nothing, `[]`, `$__all`, `*`, `.*`, `.+` and empty lists. The items of an
 * array are values as they are, where it was not the builder that sent it.
 */
export type FilledIn =
  | { readonly kind: 'all' }
  | Written
  /** A variable that Grafana did not fill in, because the dashboard has none of that name. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Something that is no value at all, an object say. */
  | { readonly kind: 'odd'; readonly found: unknown }

/** What a filter's value is read with. */
export type Place = {
  /** A comma in a text parts values. */
  readonly list: boolean
  /** Items of an array may be texts that variables were filled into. */
  readonly picked: boolean
  readonly variables: Variables
}

/** The values that a filter's value stands for. */
export function readFilledIn(value: unknown, place: Place): FilledIn {
  const isArray = Array.isArray(value)
  // An unquoted variable within brackets makes an array of arrays.
  const items: readonly unknown[] = isArray ? value.flat() : value === undefined || value === null ? [] : [value]
  const odd = items.find((item) => !isScalar(item))
  if (items.some((item) => !isScalar(item))) return { kind: 'odd', found: odd }
  const texts = items.filter(isScalar).map(String)
  const [only = ''] = texts
  if (texts.includes('$__all') || (texts.length === 1 && isEvery(only))) return ALL
  const read = texts.map((text) => readOne(text, isArray, place))
  const fault = read.find((one) => one.kind === 'unknown' || one.kind === 'unclear')
  if (fault !== undefined) return fault
  if (read.some((one) => one.kind === 'all')) return ALL
  const found = read.flatMap((one) => (one.kind === 'values' ? one.values : []))
  return found.length === 0 ? ALL : { kind: 'values', values: [...new Set(found)] }
}

function readOne(text: string, isItem: boolean, { list, picked, variables }: Place): FilledIn {
  if (isItem && picked && isEvery(text)) return ALL
  const name = referenceIn(text)
  const read = name === null || isHeld(text, variables) ? inWords() : named(name)
  if (read.kind !== 'values') return read
  // A blank among other values is none; alone it leaves nothing, which is no filter.
  const values = read.values.filter((value) => value !== '')
  return !isItem && values.some(isEvery) ? ALL : { kind: 'values', values }

  function inWords(): Written {
    if (!isItem) return readWritten(text, list, variables)
    return { kind: 'values', values: picked ? readPicked(text) : [text] }
  }

  /** A variable that was not filled in stands for what the request says of it. */
  function named(name: string): FilledIn {
    const held = variables.get(name)
    if (held === undefined) return { kind: 'unknown', name }
    return held.some(isEvery) ? ALL : { kind: 'values', values: held.filter((value) => value !== '') }
  }
}

/** Whether a text that looks like a variable is the value of one. */
function isHeld(text: string, variables: Variables): boolean {
  return [...variables.values()].some((held) => held.includes(text))
}

/** Whether a text stands for all values. */
function isEvery(text: string): boolean {
  return EVERY.has(text.trim())
}

const EVERY: ReadonlySet<string> = new Set(['$__all', '*', '.*', '.+', '[]', '{}', '()'])

const ALL: FilledIn = { kind: 'all' }
