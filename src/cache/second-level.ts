import { decodeHeld, decodeText, encodeHeld, encodeText } from './codec.js'
import { type Kind, sealOf } from './codec-seal.js'
import type { Held } from './held.js'
import { createLink, type Link, type LinkOptions } from './redis-link.js'
import { type ShareFlight, shareFlights } from './second-level-flights.js'

/**
 * What replicas share. `key` says what was asked and of which scope, `secret` is the upstream key of that scope: who lacks it can
 * neither find nor forge what is kept. Nothing here throws or costs a question more than its budget, whatever the store does.
 */
export type SecondLevel = {
  /** What a replica holds under `key`; `null` when nothing, unreadable, not authentic, or the store is away or too slow. */
  readonly read: (key: string, secret: string) => Promise<Held | null>
  /** Keeps an answer for `ttlMs`. Returns at once; nobody is told when it could not be kept. */
  readonly write: (key: string, secret: string, held: Held, ttlMs: number) => void
  /**
   * One flight across replicas. While another replica asks for `key`, waits for what that one keeps, and gives it with `theirs` if
   * `accepts` takes it. Otherwise, and when the other fails or vanishes or the store is away, runs `load` itself and keeps its
   * result for `ttlMs(held)` before the next may try. Rejects as `load` does, or with the signal's reason while it waits.
   */
  readonly once: ShareFlight
  /** A small text about a scope, as `read` and `write` do it. */
  readonly readNote: (key: string, secret: string) => Promise<string | null>
  readonly writeNote: (key: string, secret: string, text: string, ttlMs: number) => void
  /** Waits a moment for what is being kept, then leaves no socket and no timer. */
  readonly close: () => Promise<void>
}

/** For a process without a store: everything is its own. */
export const NO_SECOND_LEVEL: SecondLevel = {
  read: async () => null,
  write: () => {},
  once: async (_key, _secret, _accepts, load) => ({ held: await load(), theirs: false }),
  readNote: async () => null,
  writeNote: () => {},
  close: async () => {},
}

/** How patient replicas are with Redis, and with each other. */
export type SecondLevelOptions = Omit<LinkOptions, 'longestReply'> & {
  /** How long others wait for a flight whose process was killed, in ms. */
  readonly claimMs: number
}

/** Largest value that is kept, sealed and deflated. A question of 10,000 rows takes a tenth of it. */
const LARGEST_VALUE = 4 * 1024 * 1024
/** Nobody waits for a write, so that a large one may take longer than a question would wait. */
const WRITE_BUDGET_MS = 1_000
/** Longest that closing waits for values being kept. */
const CLOSING_MS = 200

const DEFAULTS: SecondLevelOptions = {
  budgetMs: 50,
  pauseMs: 1_000,
  longestPauseMs: 30_000,
  claimMs: 3_000,
  onState: () => {},
}

/** A second level in the Redis at `url` (`redis:` or `rediss:`, with a password and a database where it has them). */
export function createSecondLevel(url: string, options: Partial<SecondLevelOptions> = {}): SecondLevel {
  const { claimMs, ...settings } = { ...DEFAULTS, ...options }
  const link = createLink(url, { ...settings, longestReply: LARGEST_VALUE })
  const underWay = new Set<Promise<unknown>>()

  const inBackground = (work: Promise<unknown>) => {
    underWay.add(work)
    const done = () => underWay.delete(work)
    void work.then(done, done)
  }

  const readAnswer = (key: string, secret: string) => readValue(link, 'answer', key, secret, decodeHeld)
  const writeAnswer = (key: string, secret: string, held: Held, ttlMs: number) =>
    writeValue(link, 'answer', key, secret, () => encodeHeld(held), ttlMs)

  return {
    read: readAnswer,
    write: (key, secret, held, ttlMs) => inBackground(writeAnswer(key, secret, held, ttlMs)),
    once: shareFlights(link, claimMs, { read: readAnswer, write: writeAnswer, inBackground }),
    readNote: (key, secret) => readValue(link, 'note', key, secret, decodeText),
    writeNote: (key, secret, text, ttlMs) =>
      inBackground(writeValue(link, 'note', key, secret, () => encodeText(text), ttlMs)),
    async close() {
      let timer: NodeJS.Timeout | undefined
      const enough = new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSING_MS)
      })
      await Promise.race([Promise.all(underWay), enough])
      clearTimeout(timer)
      await link.close()
    },
  }
}

async function readValue<Value>(
  link: Link,
  kind: Kind,
  key: string,
  secret: string,
  decode: (bytes: Buffer) => Promise<Value | null>,
): Promise<Value | null> {
  const seal = sealOf(secret)
  const name = seal.nameOf(kind, key)
  // A range, so that somebody else's gigabyte under our name stays where it is.
  const replied = await link.read((redis) => redis.getrangeBuffer(name, 0, LARGEST_VALUE - 1))
  if (replied.kind === 'away') return null
  if (replied.kind === 'reply' && Buffer.isBuffer(replied.value)) {
    if (replied.value.length === 0) return null
    const bytes = seal.open(kind, key, replied.value)
    const value = bytes === null ? null : await decode(bytes)
    if (value !== null) return value
  }
  void link.write((redis) => redis.del(name))
  return null
}

/** Whether it is kept. */
async function writeValue(
  link: Link,
  kind: Kind,
  key: string,
  secret: string,
  encode: () => Promise<Buffer | null>,
  ttlMs: number,
): Promise<boolean> {
  if (!link.takesWrites() || !(ttlMs >= 1)) return false
  const bytes = await encode()
  if (bytes === null) return false
  const seal = sealOf(secret)
  const sealed = seal.close(kind, key, bytes)
  if (sealed.length > LARGEST_VALUE) return false
  const name = seal.nameOf(kind, key)
  const ttl = Math.min(Math.floor(ttlMs), LONGEST_TTL_MS)
  const replied = await link.write((redis) => redis.set(name, sealed, 'PX', ttl), WRITE_BUDGET_MS)
  return replied.kind === 'reply'
}

/** A year: more than any answer is worth, and far from what Redis refuses as a time. */
const LONGEST_TTL_MS = 365 * 86_400_000
