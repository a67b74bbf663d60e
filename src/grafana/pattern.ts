/** What a pattern asks for, where the language has words for it. */
export type Pattern =
  /** Anything, nothing included. */
  | { readonly how: 'any' }
  /** Anything but no value. */
  | { readonly how: 'some' }
  | { readonly how: 'whole'; readonly texts: readonly string[] }
  | { readonly how: 'CONTAINS' | 'STARTS_WITH' | 'ENDS_WITH'; readonly text: string }

/**
 * Reads a regular expression that matches whole values, as those of Grafana's own sources do: whole values parted by `|`, or one text with
 * `.*` before it, after it or both. `null` for all others: a sign that means more than itself, a plain dot too, would have to be guessed.
 */
export function readPattern(pattern: string): Pattern | null {
  const tokens = unwrapped(pattern.match(/\\.|\.[*+]|./gs) ?? [])
  if (tokens.length === 1 && tokens[0] === '.*') return { how: 'any' }
  if (tokens.length === 1 && tokens[0] === '.+') return { how: 'some' }
  const before = tokens[0] === '.*' ? 1 : 0
  const after = tokens.at(-1) === '.*' ? 1 : 0
  const texts = alternatives(tokens.slice(before, tokens.length - after))
  const [text] = texts ?? []
  if (texts === null || text === undefined) return null
  if (before + after === 0) return { how: 'whole', texts }
  if (texts.length > 1) return null
  if (before + after === 2) return { how: 'CONTAINS', text }
  return { how: before === 0 ? 'STARTS_WITH' : 'ENDS_WITH', text }
}

/** Without the anchors and brackets around the whole of it. */
function unwrapped(tokens: readonly string[]): readonly string[] {
  const bare = tokens.slice(tokens[0] === '^' ? 1 : 0, tokens.at(-1) === '$' ? -1 : undefined)
  return bare[0] === '(' && bare.at(-1) === ')' ? bare.slice(1, -1) : bare
}

/** The texts between bars; `null` where one is empty or holds a sign that does not stand for itself. */
function alternatives(tokens: readonly string[]): readonly string[] | null {
  const texts = ['']
  for (const token of tokens) {
    if (token === '|') {
      texts.push('')
      continue
    }
    const [, escaped] = /^\\([\\^$*+?.()|[\]{}/-])$/.exec(token) ?? []
    const sign = escaped ?? (/^[^\\^$*+?.()[\]{}|]$/s.test(token) ? token : null)
    if (sign === null) return null
    texts.push(`${texts.pop() ?? ''}${sign}`)
  }
  return texts.includes('') ? null : texts
}
