import { LEAST_BLOTTED } from '../config/secrets.js'

/**
 * Replaces every secret in a finished text, plain, as a URL or as JSON spells it. `changing` is asked each time, and gives the same
 * array as long as its secrets are the same, or one that is empty. One pattern of them all costs a line a tenth of a microsecond, however many there are.
 */
export const createBlot = (fixed: readonly string[], changing: () => readonly string[]): ((text: string) => string) => {
  let known: readonly string[] | null = null
  let pattern: RegExp | null = null
  return (text) => {
    const now = changing()
    if (now !== known && (known === null || now.length + known.length > 0)) {
      known = now
      pattern = patternOf([...fixed, ...now])
    }
    return pattern === null ? text : text.replace(pattern, '[secret]')
  }
}

/** The longest first: one may be part of another. */
const patternOf = (secrets: readonly string[]): RegExp | null => {
  const long = secrets.filter((secret) => secret.length >= LEAST_BLOTTED)
  const forms = [...new Set(long.flatMap(formsOf))].toSorted((one, other) => other.length - one.length)
  return forms.length === 0 ? null : new RegExp(forms.map(literal).join('|'), 'g')
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
]

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
