import { createHash } from 'node:crypto'
import { type Breaker, CLOSED, type Health, noted, refusedFor, sending } from './breaker.js'

/**
 * What a failure speaks of. `way`: no connection came about, so whatever is asked with the key goes nowhere. `endpoint`: this one failed,
 * which says nothing of the others.
 */
export type Fault = 'way' | 'endpoint'

/** How many breakers keep requests back now, and how many try with one request. */
export type BreakerCounts = { readonly open: number; readonly probing: number }

/** Which breakers a request probes for. */
export type Probes = Readonly<Record<Fault, boolean>>

/**
 * The breakers of one upstream: one for each key, and one for each endpoint of a key. What fails for one key, or at one endpoint, is never
 * held against another: whoever asks for what Portkey cannot do would else switch it off for all. Times are ms of one clock.
 */
export type Breakers = {
  /** How long, in ms, a request would be refused; 0 when it may be sent. */
  readonly refusedFor: (key: string, path: string, now: number) => number
  /** A request is sent. */
  readonly sending: (key: string, path: string) => Probes
  /** It has ended; `fault` of one that failed. Gives what it has put out of order: nothing, the endpoint, or the whole way. */
  readonly noted: (request: Noted, now: number) => Fault | null
  readonly counts: (now: number) => BreakerCounts
  /** Breakers that are remembered: those that some failure is held against. */
  readonly size: () => number
}

/** A request that has ended, and what it showed. */
export type Noted = {
  readonly key: string
  readonly path: string
  readonly health: Health
  readonly fault: Fault
  readonly probes: Probes
}

/** Callers choose keys and metadata names, so the number of endpoints has no bound of its own. */
const MOST = 10_000

/** No failure is known. */
export function createBreakers(): Breakers {
  const breakers = new Map<string, Breaker>()
  const of = (name: string): Breaker => breakers.get(name) ?? CLOSED

  function keep(name: string, breaker: Breaker): void {
    breakers.delete(name)
    if (breaker.state === 'closed' && breaker.run === null) return
    // The one that nothing was heard of for longest makes room.
    const [oldest] = breakers.size >= MOST ? breakers.keys() : []
    if (oldest !== undefined) breakers.delete(oldest)
    breakers.set(name, breaker)
  }

  function note(name: string, health: Health, probe: boolean, now: number): boolean {
    const before = of(name)
    const after = noted(before, health, probe, now)
    if (after !== before) keep(name, after)
    return after.state === 'open' && before.state !== 'open'
  }

  return {
    refusedFor(key, path, now) {
      if (breakers.size === 0) return 0
      const { way, endpoint } = namesOf(key, path)
      return Math.max(refusedFor(of(way), now), refusedFor(of(endpoint), now))
    },
    sending(key, path) {
      if (breakers.size === 0) return { way: false, endpoint: false }
      const names = namesOf(key, path)
      const probe = (name: string): boolean => {
        const before = of(name)
        if (before.state !== 'open') return false
        keep(name, sending(before))
        return true
      }
      return { way: probe(names.way), endpoint: probe(names.endpoint) }
    },
    noted({ key, path, health, fault, probes }, now) {
      if (breakers.size === 0 && health !== 'down') return null
      const names = namesOf(key, path)
      // Whoever answers, and be it with a fault, was reached. Without a way nothing is learnt of the endpoint.
      const ofWay = health === 'down' && fault === 'endpoint' ? 'up' : health
      const ofEndpoint = health === 'down' && fault === 'way' ? 'nothing' : health
      const wayOpened = note(names.way, ofWay, probes.way, now)
      const endpointOpened = note(names.endpoint, ofEndpoint, probes.endpoint, now)
      return health !== 'down' ? null : wayOpened ? 'way' : endpointOpened ? 'endpoint' : null
    },
    counts(now) {
      const all = [...breakers.values()]
      return {
        // One whose break is over keeps nobody back, though nobody may ever ask there again.
        open: all.filter((one) => one.state === 'open' && refusedFor(one, now) > 0).length,
        probing: all.filter(({ state }) => state === 'probing').length,
      }
    },
    size: () => breakers.size,
  }
}

/** No key is kept here. */
function namesOf(key: string, path: string): Readonly<Record<Fault, string>> {
  const way = createHash('sha256').update(key).digest('base64')
  return { way, endpoint: `${way} ${path}` }
}
