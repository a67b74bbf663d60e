import { LRUCache } from 'lru-cache'
import type { SecondLevel } from '../cache/second-level.js'
import { type Capabilities, NOTHING_LEARNT } from '../plan/capabilities.js'
import { readLearnt, writeLearnt } from '../plan/capabilities-text.js'

/** Whose deployment it is; the key only seals what replicas tell each other. */
export type Scope = { readonly scope: string; readonly key: string }

/** What was learnt of the deployments behind the scopes: the memory of what they lack, and of how they answer. */
export type LearntScopes = {
  readonly get: (scope: string) => Capabilities
  readonly set: (scope: string, capabilities: Capabilities) => void
  /** Asks the other replicas about a scope that this one knows nothing of. */
  readonly recall: (scope: Scope) => Promise<void>
  /** Tells them, if what is known is no longer `before`. */
  readonly tell: (scope: Scope, before: Capabilities) => void
}

/** How long it is believed: an upgrade shows within this time. */
const TTL_MS = 600_000
/** Scopes remembered at once. */
const MOST_SCOPES = 1_000

/** A memory that begins empty; `now` is the clock, epoch ms. */
export function createLearnt(second: SecondLevel, now: () => number): LearntScopes {
  const scopes = new LRUCache<string, Capabilities>({ max: MOST_SCOPES, ttl: TTL_MS, ttlResolution: 0, perf: { now } })
  return {
    get: (scope) => scopes.get(scope) ?? NOTHING_LEARNT,
    set: (scope, capabilities) => scopes.set(scope, capabilities, { noUpdateTTL: true }),
    async recall({ scope, key }) {
      if (scopes.has(scope)) return
      const note = readLearnt((await second.readNote(scope, key)) ?? '')
      const left = note === null ? 0 : Math.min(note.since + TTL_MS - now(), TTL_MS)
      if (note !== null && left > 0 && !scopes.has(scope)) scopes.set(scope, note.capabilities, { ttl: left })
    },
    tell({ scope, key }, before) {
      const capabilities = scopes.get(scope)
      if (capabilities === undefined || capabilities === before) return
      const left = Math.min(scopes.getRemainingTTL(scope), TTL_MS)
      second.writeNote(scope, key, writeLearnt({ since: now() + left - TTL_MS, capabilities }), left)
    },
  }
}
