import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Whether a token is in the file, and has been long enough for the service to know; `between` where it may be either. */
export type Standing = 'in' | 'out' | 'between'

export type SoakTokens = {
  /** What `TOKENS_FILE` is to be. */
  readonly path: string
  /** Writes the file again and again, until the returned function is called. */
  readonly rewrite: () => () => Promise<void>
  /** How a guest stood from `sentAt` (ms of `performance.now`) until now. */
  readonly standing: (guest: string, sentAt: number) => Standing
  /** How often the file was written, broken versions apart. */
  readonly rewrites: () => number
  readonly remove: () => void
}

/** Tokens that are in every version of the file, by what they may ask. */
export const STEADY = {
  anything: 'a-token-of-the-soak',
  filtered: 'a-token-of-one-team',
  oneDatasource: 'a-token-of-one-datasource',
  limited: 'a-token-with-a-limit',
} as const

/** The only team that the filtered token sees. */
export const OWN_TEAM = 'search'
export const REQUESTS_PER_MINUTE = 300
/** Tokens that come and go. */
export const GUESTS: readonly string[] = ['guest-1-token', 'guest-2-token', 'guest-3-token', 'guest-4-token']

/** Between two versions of the file. */
export const REWRITTEN_EVERY_MS = 3_000
/** How long the service may take to know a version: it looks every second. */
export const KNOWN_WITHIN_MS = 2_000
/** The longest that a broken version stands. */
const BROKEN_MS = 600

const entry = (token: string, parts: object = {}) => ({
  name: token,
  sha256: createHash('sha256').update(token).digest('hex'),
  ...parts,
})

const steadyEntries = [
  entry(STEADY.anything),
  entry(STEADY.filtered, { filters: [{ fieldName: 'team', operator: 'EQUAL', value: OWN_TEAM }] }),
  entry(STEADY.oneDatasource, { datasources: ['modelMetrics'] }),
  entry(STEADY.limited, { requestsPerMinute: REQUESTS_PER_MINUTE }),
]

const fileOf = (guests: ReadonlySet<string>) =>
  JSON.stringify({ tokens: [...steadyEntries, ...[...guests].map((guest) => entry(guest))] }, null, 2)

/** A tokens file in a folder of its own, all guests in it. */
export function openSoakTokens(): SoakTokens {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  const path = join(folder, 'tokens.json')
  const changedAt = new Map<string, number>()
  let inside: ReadonlySet<string> = new Set(GUESTS)
  let written = 0
  writeFileSync(path, fileOf(inside))

  /** Whoever reads meanwhile sees the old version or the new one. */
  const atomically = (text: string) => {
    writeFileSync(`${path}.next`, text)
    renameSync(`${path}.next`, path)
  }
  const plainly = (text: string) => writeFileSync(path, text)
  const broken: readonly ((text: string) => void)[] = [
    (text) => plainly(text.slice(0, text.length / 2)),
    () => plainly(''),
    () => atomically('{"tokens": []}'),
    (text) => atomically(text.replace('"sha256"', '"sha512"')),
    () => rmSync(path),
  ]

  async function next(pause: (ms: number) => Promise<unknown>): Promise<void> {
    const guests = new Set(GUESTS.filter(() => Math.random() < 0.5))
    const text = fileOf(guests)
    // Every third version is broken at first.
    const damage = written % 3 === 0 ? broken[(written / 3) % broken.length] : undefined
    if (damage !== undefined) {
      damage(text)
      await pause(Math.random() * BROKEN_MS)
    }
    const changed = GUESTS.filter((guest) => inside.has(guest) !== guests.has(guest))
    if (written % 2 === 0) atomically(text)
    else plainly(text)
    inside = guests
    for (const guest of changed) changedAt.set(guest, performance.now())
    written += 1
  }

  return {
    path,
    rewrite() {
      const stopping = new AbortController()
      // Who stops does not wait.
      const pause = (ms: number) => wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
      const work = async () => {
        for (; !stopping.signal.aborted; await pause(REWRITTEN_EVERY_MS)) await next(pause)
      }
      const working = work()
      return async () => {
        stopping.abort()
        await working
      }
    },
    standing(guest, sentAt) {
      if ((changedAt.get(guest) ?? Number.NEGATIVE_INFINITY) > sentAt - KNOWN_WITHIN_MS) return 'between'
      return inside.has(guest) ? 'in' : 'out'
    },
    rewrites: () => written,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
