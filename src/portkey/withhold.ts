import { isHarmlessName, isSecretName } from './secret-names.js'
import { isWireObject } from './wire.js'

/** What stands in place of a secret. */
export const WITHHELD = '[withheld]'

/**
 * The same JSON without what could be a credential. A text stays under a name that is known to be harmless (`isHarmlessName`), and
 * where it does not look like a credential itself; all other texts, every text below a name that promises a credential, and every
 * copy of `ownKey` go. Names, shape, numbers and booleans stay: a list that is new upstream shows too little rather than too much.
 */
export function withholdSecrets(json: unknown, ownKey: string): unknown {
  return withheld(json, '', ownKey)
}

/** `name`: that of the property, also of each item of its list. */
function withheld(json: unknown, name: string, ownKey: string): unknown {
  if (typeof json === 'string') return isHarmless(json, name, ownKey) ? json : WITHHELD
  if (Array.isArray(json)) return json.map((item) => withheld(item, name, ownKey))
  if (!isWireObject(json)) return json
  const below = (inner: string) => (isSecretName(name) ? name : inner)
  return Object.fromEntries(
    Object.entries(json).map(([inner, value]) => [
      isSecretText(inner, ownKey) ? WITHHELD : inner,
      withheld(value, below(inner), ownKey),
    ]),
  )
}

function isHarmless(text: string, name: string, ownKey: string): boolean {
  return text === '' || (isHarmlessName(name) && !isSecretText(text, ownKey) && (isId(name) || !LONG_RUN.test(text)))
}

const isId = (name: string): boolean => /(id|ids|slug|slugs)$/i.test(name)

/** Letters and digits in one run, as keys without a known prefix are. Ids may be such. */
const LONG_RUN = /(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}/

/**
 * Prefixes of providers' keys with enough behind them, private keys, JSON web tokens, headers, connection strings, and links that
 * carry their own signature. A key may stand inside a note.
 */
const SECRET_TEXTS: readonly RegExp[] = [
  /(?<![A-Za-z0-9])(?:sk|pk|rk|gsk|pplx|xai|hf|r8|ghp|gho|glpat|nvapi)[-_][A-Za-z0-9_-]{0,40}?[A-Za-z0-9]{16,}/,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./,
  /[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|sig|token)=/i,
  /(?:^|\W)bearer\s+\S/i,
  /(?:^|\W)basic\s+[A-Za-z0-9+/]{6,}={0,2}(?![A-Za-z0-9+/])/i,
  /(?:key|token|secret|password|passwd|pwd|signature)\s*[=:]\s*\S/i,
  /:\/\/[^/\s:@]+:[^/\s@]+@/,
]

function isSecretText(text: string, ownKey: string): boolean {
  return (ownKey !== '' && text.includes(ownKey)) || SECRET_TEXTS.some((pattern) => pattern.test(text))
}
