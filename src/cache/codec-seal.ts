import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a value is: the same key may have one of each. */
export type Kind = 'answer' | 'note' | 'claim'

/** Names and seals the values of one scope, with keys derived from its secret: whoever lacks the secret can make neither. */
export type Seal = {
  /** Where a value stands. It reveals nothing of the key: not even a guess of it can be tried without the secret. */
  readonly nameOf: (kind: Kind, key: string) => string
  /** The bytes, with a mark that holds for this kind and key alone. */
  readonly close: (kind: Kind, key: string, bytes: Buffer) => Buffer
  /** What was closed under this kind and key; `null` when the bytes are anything else. */
  readonly open: (kind: Kind, key: string, sealed: Buffer) => Buffer | null
}

/** Every form of a stored byte hangs on this number: raise it with any change of them, and versions live side by side. */
const VERSION = 1
const MARK_BYTES = 16
const LETTERS: Readonly<Record<Kind, string>> = { answer: 'a', note: 'n', claim: 'c' }

/** HMAC-SHA256 throughout, cut to 16 bytes. */
export function sealOf(secret: string): Seal {
  const naming = derived(secret, 'name')
  const marking = derived(secret, 'mark')
  const markOf = (kind: Kind, key: string, bytes: Buffer): Buffer => {
    // The key's length first, so that no end of a key can pass for the beginning of a value.
    const head = `${VERSION}:${LETTERS[kind]}:${key.length}:${key}`
    return createHmac('sha256', marking).update(head).update(bytes).digest().subarray(0, MARK_BYTES)
  }
  return {
    nameOf: (kind, key) => {
      const digest = createHmac('sha256', naming).update(key).digest().subarray(0, MARK_BYTES)
      return `pmp:${VERSION}:${LETTERS[kind]}:${digest.toString('base64url')}`
    },
    close: (kind, key, bytes) => Buffer.concat([markOf(kind, key, bytes), bytes]),
    open: (kind, key, sealed) => {
      if (sealed.length < MARK_BYTES) return null
      const bytes = sealed.subarray(MARK_BYTES)
      return timingSafeEqual(sealed.subarray(0, MARK_BYTES), markOf(kind, key, bytes)) ? bytes : null
    },
  }
}

function derived(secret: string, purpose: string): Buffer {
  return createHmac('sha256', secret).update(`portkey-metrics-proxy second level ${VERSION} ${purpose}`).digest()
}
