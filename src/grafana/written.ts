import type { Variables } from './variables.js'

/** The values that a text stands for; `unclear` where it may be one value as well as several. */
export type Written =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'unclear'; readonly text: string }

/**
 * Reads a text that Grafana may have written a variable's values into. Every form of a list that leaves no doubt is read:
 *
 * - `{a,b}` (`${team:glob}`) and `(a|b)` (`${team:regex}`, how the builder fills in `$team`); `{a}` and `(a)` too;
 * - `["a","b"]` (`${team:json}`) and `"a","b"` (`${team:doublequote}`), value by value;
 * - `a,b` (`${team:csv}`) where the place takes a list (`list`): a comma parts values;
 * - any other text is one value, without the backslashes that the builder puts before signs of regular expressions.
 *
 * A comma where there is no list, a bare `|` and single quotes are unclear, unless one of the variables is known to be written just so.
 */
export function readWritten(text: string, list: boolean, variables: Variables): Written {
  const held = heldAs(text, variables)
  if (held !== null) return values(held)
  const bare = text.trim()
  const listed = inBrackets(bare) ?? inQuotes(bare) ?? inBraces(bare) ?? inParentheses(bare)
  if (listed !== null) return listed === 'unclear' ? unclear(text) : values(listed)
  if (/^'.*'$/s.test(bare) || hasBar(bare)) return unclear(text)
  if (list) return values(bare.split(',').map((part) => withoutEscapes(part.trim())))
  return bare.includes(',') ? unclear(text) : values([withoutEscapes(text)])
}

/** Reads an item of a list that the builder sends: picked, and then the value itself, or filled in, and then with a sign between values. */
export function readPicked(text: string): readonly string[] {
  const bare = text.trim()
  const listed =
    inBrackets(bare) ??
    inQuotes(bare) ??
    (bare.includes(',') ? inBraces(bare) : null) ??
    (hasBar(bare) ? inParentheses(bare) : null)
  return listed === null || listed === 'unclear' ? [withoutEscapes(text)] : listed
}

/** The text without the backslashes that Grafana puts before signs of regular expressions. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\([\\^$*+?.()|[\]{}/-])/g, '$1')
}

type Listed = readonly string[] | 'unclear' | null

/** The values of the variable that is written so; `null` where there is none, or two that hold different things. */
function heldAs(text: string, variables: Variables): readonly string[] | null {
  const found = new Map(
    [...variables.values()].flatMap((held) =>
      [held.join(','), `{${held.join(',')}}`, held.join('|')].includes(text) && held.length > 0
        ? [[JSON.stringify(held), held] as const]
        : [],
    ),
  )
  const [first] = found.values()
  return found.size === 1 && first !== undefined ? first : null
}

function inBrackets(text: string): Listed {
  if (!/^\[.*\]$/s.test(text)) return null
  try {
    const items: unknown = JSON.parse(text)
    if (Array.isArray(items) && items.every((item) => typeof item !== 'object')) return items.map(String)
  } catch {
    // A name in brackets, `[beta]`, is no list; one in quotes as well is a broken one.
  }
  return /^\[\s*"/.test(text) ? 'unclear' : null
}

/** `"a","b"`: Grafana escapes quotes alone, so a backslash is one, and one that ends a value cannot be told from an escape. */
function inQuotes(text: string): Listed {
  if (!/^".*"$/s.test(text) || text.length < 2) return null
  if (/\\"(?:,"|$)/.test(text)) return 'unclear'
  const items = [...text.matchAll(/"((?:\\"|[^"])*)"(,(?=")|$)/gy)]
  const whole = items.map(([item]) => item).join('') === text
  return whole ? items.map(([, item = '']) => item.replaceAll('\\"', '"')) : 'unclear'
}

function inBraces(text: string): Listed {
  const [, inner] = /^\{([^{}]*)\}$/s.exec(text) ?? []
  return inner === undefined ? null : inner.split(',').map((part) => withoutEscapes(part.trim()))
}

function inParentheses(text: string): Listed {
  const [, inner] = /^\(((?:\\.|[^\\()])*)\)$/s.exec(text) ?? []
  if (inner === undefined) return null
  const parts = splitUnescaped(inner)
  // `("a" OR "b")`, as Lucene has it.
  return parts.some((part) => /^".*"$/s.test(part)) ? 'unclear' : parts.map(withoutEscapes)
}

/** Parts of `a|b`; an escaped bar parts nothing. */
function splitUnescaped(text: string): readonly string[] {
  return [...text.matchAll(/(?:\\.|[^\\|])+/gs)].map(([part]) => part)
}

function hasBar(text: string): boolean {
  return /^(?:\\.|[^\\|])*\|/s.test(text)
}

function values(held: readonly string[]): Written {
  return { kind: 'values', values: held }
}

function unclear(text: string): Written {
  return { kind: 'unclear', text }
}
