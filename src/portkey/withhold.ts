import { isWireObject } from './wire.js'

/** What stands in place of a secret. */
export const WITHHELD = '[withheld]'

/**
 * The same JSON without what could be a credential: a text under a name that promises one (`key`, `masked_api_key`,
 * `awsSecretAccessKey`), at any depth, a text that looks like one wherever it stands, and every copy of `ownKey`. Names and the shape
 * stay; slugs, ids, limits and numbers are no secrets.
 */
export function withholdSecrets(json: unknown, ownKey: string): unknown {
  if (typeof json === 'string') return isSecretText(json, ownKey) ? WITHHELD : json
  if (Array.isArray(json)) return json.map((item) => withholdSecrets(item, ownKey))
  if (!isWireObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      isSecretName(name) ? withholdAll(value) : withholdSecrets(value, ownKey),
    ]),
  )
}

/** Every text in it goes: names inside a `credentials` object need not promise anything. */
function withholdAll(json: unknown): unknown {
  if (typeof json === 'string') return json === '' ? json : WITHHELD
  if (Array.isArray(json)) return json.map(withholdAll)
  if (!isWireObject(json)) return json
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, withholdAll(value)]))
}

/** Words that end a credential's name, and words that make any name one. */
const LAST_WORDS = new Set([
  'key',
  'keys',
  'apikey',
  'token',
  'pat',
  'cert',
  'certificate',
  'headers',
  'cookie',
  'signature',
])
const ANY_WORDS = /secret|passw|passphrase|credential|authorization|bearer|private|serviceaccount|signedurl|webhook/

/** Slugs, though they are called keys. */
const NO_SECRETS = /^(virtual|public|metadata|sort|object)_keys?$/

function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  if (NO_SECRETS.test(words.join('_'))) return false
  return LAST_WORDS.has(words.at(-1) ?? '') || ANY_WORDS.test(words.join(''))
}

/**
 * Prefixes of providers' keys with enough behind them, private keys, JSON web tokens, and links that carry their own signature. A key
 * may stand inside a note.
 */
const SECRET_TEXTS: readonly RegExp[] = [
  /(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|pplx|xai|hf|r8|ghp|gho|glpat|nvapi)[-_][A-Za-z0-9_-]{0,40}?[A-Za-z0-9]{16,}/,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./,
  /[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|sig|token)=/i,
  /^bearer\s+\S/i,
  /:\/\/[^/\s:@]+:[^/\s@]+@/,
]

function isSecretText(text: string, ownKey: string): boolean {
  return (ownKey !== '' && text.includes(ownKey)) || SECRET_TEXTS.some((pattern) => pattern.test(text))
}
