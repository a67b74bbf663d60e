import { distance } from 'fastest-levenshtein'

/** Characters of a caller's text that a message repeats. */
const LONGEST_QUOTE = 80

/** What was found, in a few words: text in JSON quotes and cut, arrays and objects by kind. Never deep, never long. */
export function quote(found: unknown): string {
  if (typeof found === 'string') {
    return JSON.stringify(found.length > LONGEST_QUOTE ? `${found.slice(0, LONGEST_QUOTE)}…` : found)
  }
  if (found === undefined) return 'nothing'
  if (Array.isArray(found)) return found.length === 0 ? 'an empty array' : `an array of ${found.length}`
  if (typeof found === 'object' && found !== null) return 'an object'
  return typeof found === 'function' ? 'a function' : String(found)
}

/** `"a", "b" or "c"`. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => quote(word))
  const last = quoted.at(-1) ?? 'nothing'
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} or ${last}`
}

/** ` Did you mean "x"?` with the blank before it, or nothing when no candidate is near. */
export function didYouMean(found: string, candidates: readonly string[]): string {
  const near = nearest(found, candidates)
  return near === undefined ? '' : ` Did you mean ${quote(near)}?`
}

/** The candidate that was probably meant: the same but for letter case, few edits away, or one that holds the whole word. */
export function nearest(found: string, candidates: readonly string[]): string | undefined {
  if (found.length === 0 || found.length > LONGEST_QUOTE) return undefined
  const word = found.toLowerCase()
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: distance(word, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  if (best !== undefined && best.edits <= Math.max(1, Math.floor(word.length / 3))) return best.candidate
  return word.length < 3 ? undefined : candidates.find((candidate) => candidate.toLowerCase().includes(word))
}
