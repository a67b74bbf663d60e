import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { placeOf, scanJson } from '../query/json-scan.js'
import type { Steps } from './steps.js'

/** One token of `TOKENS_FILE`. */
export const TokenEntry = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      description: 'Who it is, for the log.',
      allowed: 'up to 64 letters, digits, dots, dashes or underscores',
    }),
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the token, in hexadecimal.',
      allowed: '64 lower case hexadecimal digits: the SHA-256 of the token',
    }),
    upstreamKey: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$',
        description: 'Name of the environment variable that holds its Portkey key; `PORTKEY_API_KEY` unless told.',
        allowed: 'the name of an environment variable',
      }),
    ),
    workspace: Type.Optional(
      Type.String({
        pattern: '^[\\x21-\\x7e]{1,256}$',
        description:
          'Slug of the one workspace it may see. It works only where Portkey shows that the key, asked for it, reaches that one and no other.',
        allowed: 'a workspace slug',
      }),
    ),
    filters: Type.Optional(
      Type.Array(Type.Unknown(), {
        minItems: 1,
        maxItems: 50,
        description:
          'Filters in the words of the language. Every question gets them, ANDed with its own. Datasources that cannot be filtered so cannot be asked.',
        allowed: 'a list of 1 to 50 filters',
      }),
    ),
    datasources: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        uniqueItems: true,
        description: 'The datasources that it may ask about; all unless told.',
        allowed: 'a list of datasources, each once',
      }),
    ),
    requestsPerMinute: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description:
          'Questions and other requests a minute, per process; as many may come at once. No limit unless told. Above it is `RATE_LIMITED`.',
        allowed: 'a whole number from 1 to 1000000',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The whole file, but for its entries. */
const TokensFile = Type.Object(
  { tokens: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 10_000, allowed: 'a list of 1 to 10000 tokens' }) },
  { additionalProperties: false },
)

export type TokenEntry = Static<typeof TokenEntry>

/** The entries of a file, or what is wrong with it: one sentence a fault, none of which repeats a value of the file. */
export type ReadEntries =
  | { readonly ok: true; readonly entries: readonly TokenEntry[] }
  | { readonly ok: false; readonly faults: readonly string[] }

/** Faults beyond these are counted. */
const MOST_FAULTS = 20

/**
 * Reads the text of a tokens file. Names and digests must differ: one token cannot be two principals. So must the properties of every
 * object: of two `filters` the first would be lost without a word, and with it what it leaves out.
 */
export function* readEntries(text: string): Steps<ReadEntries> {
  // What editors put before a text to say that it is UTF-8.
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  const { fault, doubled } = yield* scanJson(plain)
  if (fault !== null) return { ok: false, faults: [notJson(plain, fault)] }
  if (doubled.length > 0) return { ok: false, faults: doubled.map((at) => doubledAt(plain, at)) }
  const json: unknown = JSON.parse(plain)
  if (!Value.Check(TokensFile, json)) return { ok: false, faults: limited(shapeFaults(TokensFile, json, '')) }
  const entries: TokenEntry[] = []
  const faults: string[] = []
  for (const [index, entry] of json.tokens.entries()) {
    yield
    if (Value.Check(TokenEntry, entry)) entries.push(entry)
    else faults.push(...shapeFaults(TokenEntry, entry, `/tokens/${index}`))
  }
  if (faults.length > 0) return { ok: false, faults: limited(faults) }
  const twice = [...doubles(entries, 'name'), ...doubles(entries, 'sha256')]
  return twice.length === 0 ? { ok: true, entries } : { ok: false, faults: limited(twice) }
}

function notJson(text: string, at: number): string {
  if (at >= text.length) return 'it is not JSON: it ends before it is complete'
  const { line, column } = placeOf(text, at)
  return `it is not JSON: what stands at line ${line}, column ${column} cannot stand there`
}

function doubledAt(text: string, at: number): string {
  const { line, column } = placeOf(text, at)
  return `the property at line ${line}, column ${column} is one that its object has already: leave one of them out`
}

function shapeFaults(schema: TSchema, json: unknown, place: string): readonly string[] {
  const byPath = new Map<string, string>()
  for (const { path: below, schema: broken, message } of Value.Errors(schema, json)) {
    const path = `${place}${below}`
    const said = typeof broken.allowed === 'string' ? `must be ${broken.allowed}` : inWords(message)
    if (!byPath.has(path)) byPath.set(path, `${path === '' ? 'it' : path} ${said}`)
  }
  return [...byPath.values()]
}

/** The library's words for what has none of ours. */
function inWords(message: string): string {
  if (message === 'Unexpected property') return 'is not known: leave it out'
  if (message === 'Expected required property') return 'is missing'
  return `is wrong: ${message.toLowerCase()}`
}

function doubles(entries: readonly TokenEntry[], property: 'name' | 'sha256'): readonly string[] {
  const seen = new Map<string, number>()
  return entries.flatMap((entry, index) => {
    const first = seen.get(entry[property])
    if (first === undefined) seen.set(entry[property], index)
    return first === undefined ? [] : [`/tokens/${index}/${property} is that of /tokens/${first}`]
  })
}

/** The first faults, and how many more there are. */
export function limited(faults: readonly string[]): readonly string[] {
  const rest = faults.length - MOST_FAULTS
  return rest <= 0 ? faults : [...faults.slice(0, MOST_FAULTS), `and ${rest} more faults`]
}
