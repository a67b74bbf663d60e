import { fieldsOf } from './record.js'

/**
 * Grafana writes a variable's values into a text in one of several ways. All that a filter's value can look like is read here:
 *
 * - `a,b` (`${team:csv}`), where the place takes a list: a comma parts values, so a value that holds one must be sent as JSON;
 * - `{a,b}` (`${team:glob}`) and `(a|b)` (how the builder fills in `$team`), in every place;
 * - `gpt-4\.1` (the builder's escapes): a backslash before a sign of regular expressions is dropped;
 * - a JSON array, value by value (`${team:json}` without quotes);
 * - nothing, `$__all`, `*`, `.*` and empty lists: all values, which is no filter.
 */
export type FilledIn =
  | { readonly kind: 'all' }
  | { readonly kind: 'values'; readonly values: readonly string[] }
  /** A variable that Grafana did not fill in, because the dashboard has none of that name. */
  | { readonly kind: 'unknown'; readonly name: string }

/** What the dashboard's variables hold, as the request carries them. */
export type Variables = ReadonlyMap<string, readonly string[]>

/** Reads `scopedVars`: `{ team: { text, value } }`. */
export function readVariables(value: unknown): Variables {
  const entries = [...(fieldsOf(value) ?? [])].flatMap(([name, content]) => {
    const held = fieldsOf(content)?.get('value')
    const values = Array.isArray(held) ? held : [held]
    return held === undefined ? [] : [[name, values.filter(isScalar).map(String)] as const]
  })
  return new Map(entries)
}

/** The values that a filter's value stands for. `list`: a comma parts values. */
export function readFilledIn(value: unknown, list: boolean, variables: Variables): FilledIn {
  const texts = (Array.isArray(value) ? value : [value]).filter(isScalar).map(String)
  const read = texts.map((text) => readOne(text, list && !Array.isArray(value), variables))
  const unknown = read.find((one) => one.kind === 'unknown')
  if (unknown !== undefined) return unknown
  const found = read.flatMap((one) => (one.kind === 'values' ? one.values : []))
  const all = found.length === 0 || read.some((one) => one.kind === 'all')
  return all ? ALL : { kind: 'values', values: [...new Set(found)] }
}

/** A variable that was not filled in stands for what the request says of it. */
function readOne(text: string, list: boolean, variables: Variables): FilledIn {
  const name = (EVERY.has(text) ? null : REFERENCE.exec(text))?.slice(1).find((part) => part !== undefined)
  const held = name === undefined ? partsOf(text, list) : variables.get(name)
  if (held === undefined) return { kind: 'unknown', name: name ?? text }
  // A blank among other values is none; alone it leaves nothing, which is no filter.
  const values = held.filter((value) => value !== '')
  return values.some((value) => EVERY.has(value)) ? ALL : { kind: 'values', values }
}

function partsOf(text: string, list: boolean): readonly string[] {
  if (text.trim() === '' || EVERY.has(text.trim())) return [text.trim()]
  if (/^\{.*,.*\}$/s.test(text)) return text.slice(1, -1).split(',').map(withoutEscapes)
  if (/^\(.*\)$/s.test(text)) return splitAlternatives(text.slice(1, -1)).map(withoutEscapes)
  return (list ? text.split(',').map((part) => part.trim()) : [text]).map(withoutEscapes)
}

/** Parts of `a|b`; an escaped bar parts nothing. */
function splitAlternatives(text: string): readonly string[] {
  return [...text.matchAll(/(?:\\.|[^\\|])+/gs)].map(([part]) => part)
}

/** Drops the backslashes that Grafana puts before signs of regular expressions. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\([\\^$*+?.()|[\]{}/-])/g, '$1')
}

/** `$name`, `${name}`, `${name:format}`, `[[name]]`, and nothing else beside it. */
const REFERENCE = /^(?:\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[(\w+)(?::[^\]]+)?\]\])$/

/** What stands for all values. */
const EVERY: ReadonlySet<string> = new Set(['$__all', '*', '.*', '.+', '{}', '()'])

const ALL: FilledIn = { kind: 'all' }

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
