import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Link } from './redis-link.js'

/** How a flight ended for those who wait: `kept`: they find its value, or nobody had one and the next may try. */
export type Outcome = 'kept' | 'failed'

/** What became of taking a claim. `mine`: to be released. `theirs`: another has it, or had it and failed. `away`: Redis is. */
export type Claimed =
  | { readonly kind: 'mine'; readonly release: (outcome: Outcome) => void }
  | { readonly kind: 'theirs' | 'away' }

/** How long those who wait may see that a flight failed. */
const FAILED_MS = 1_000
const FAILED = 'failed'
/** Waits between two looks: a tenth of what was waited already, so that nobody waits much longer than the flight takes. */
const SHORTEST_LOOK_MS = 5
const LONGEST_LOOK_MS = 100
/** One look may be lost; after the second Redis is taken to be away. */
const MOST_LOST = 2

const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`
/** Marks it as failed; a full Redis takes no mark, then it is released. */
const FAIL = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
local set = redis.pcall('set', KEYS[1], ARGV[2], 'px', ARGV[3])
if set.err then redis.call('del', KEYS[1]) end return 1`

/**
 * Takes the claim `name` unless another has it. One that lives renews it until it is released; one that is killed is missed after
 * `claimMs`. Never throws.
 */
export async function takeClaim(link: Link, name: string, claimMs: number): Promise<Claimed> {
  const token = randomUUID()
  const taken = await link.write((redis) => redis.set(name, token, 'PX', claimMs, 'NX'))
  if (taken.kind !== 'reply') {
    // It may have been slow and not gone: a claim that nobody holds would keep the others waiting.
    void link.read((redis) => redis.eval(RELEASE, 1, name, token))
    return { kind: 'away' }
  }
  if (taken.value !== 'OK') return { kind: 'theirs' }
  const renewal = setInterval(() => {
    void link.read((redis) => redis.eval(RENEW, 1, name, token, claimMs))
  }, claimMs / 3).unref()
  return {
    kind: 'mine',
    release(outcome) {
      clearInterval(renewal)
      void link.read((redis) =>
        outcome === 'kept' ? redis.eval(RELEASE, 1, name, token) : redis.eval(FAIL, 1, name, token, FAILED, FAILED_MS),
      )
    },
  }
}

/**
 * Waits until the claim that another has is gone or another's: `over`. `failed`: its holder failed, so that waiting is pointless;
 * `away`: Redis is. Rejects with the signal's reason when it aborts.
 */
export async function awaitClaim(link: Link, name: string, signal: AbortSignal): Promise<'over' | 'failed' | 'away'> {
  const began = performance.now()
  let lost = 0
  let holder: unknown = null
  for (;;) {
    const seen = await link.read((redis) => redis.get(name))
    signal.throwIfAborted()
    if (seen.kind === 'reply') {
      if (seen.value === FAILED) return 'failed'
      if (seen.value === null || (holder !== null && seen.value !== holder)) return 'over'
      holder = seen.value
    } else {
      lost += 1
      if (lost >= MOST_LOST || !link.isUp()) return 'away'
    }
    const tenth = (performance.now() - began) / 10
    const wait = Math.min(Math.max(tenth, SHORTEST_LOOK_MS), LONGEST_LOOK_MS) * (0.75 + Math.random() / 2)
    await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
