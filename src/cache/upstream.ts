import { setMaxListeners } from 'node:events'
import { isOutage } from '../errors.js'
import type { Fetched } from '../portkey/answer.js'
import type { Ask, Claim } from '../portkey/ask.js'
import type { Call } from '../portkey/call.js'
import type { Credentials } from '../portkey/client.js'
import { answersOf, keepAnswer, nameOf, seriesOf } from './answers.js'
import { createColumnsInUse } from './columns.js'
import { createFlights, type Flight, type Waiter } from './flights.js'
import { freshUntil, isLive, keptFor, type Policy, worthOf } from './freshness.js'
import type { Held } from './held.js'
import { withPatience } from './patience.js'
import { keepPoints, type Tiles, tilesOf, type Wanted } from './points.js'
import type { SecondLevel } from './second-level.js'
import { createStore } from './store.js'

/** Whose answers these are: nothing is ever shared across different scopes. */
export type Caller = Credentials & { readonly scope: string }

/** Where an answer came from. `joined`: from a call that somebody else had under way. */
export type Origin = 'held' | 'joined' | 'fetched' | 'stale'

/** An answer, and what it is worth. */
export type Part = Held & {
  readonly origin: Origin
  /** Epoch ms until which it is good; in the past when it is stale. */
  readonly freshUntil: number
  /** Its data was not settled when it was asked for. */
  readonly live: boolean
  /** HTTP requests that were sent for it now; 0 when it was held or joined. */
  readonly requests: number
}

/** How one question asks. */
export type Asker = Omit<Ask, 'deadline' | 'claimants'> & {
  /** In ms of `performance.now()`. */
  readonly deadline: number
  /** Nothing that was asked for before this (epoch ms) counts; it may differ for what was unsettled then. */
  readonly notBefore: (live: boolean) => number
}

/** The upstream as questions see it: asked only for what is not held. */
export type Upstream = {
  /**
   * The answer to a call: held, of a flight under way, from another replica, or fetched; an expired one when the upstream fails.
   * Throws what the client throws.
   */
  readonly fetch: (call: Call, caller: Caller, asker: Asker) => Promise<Part>
  /** An answer held to a call, expired or not; `null` when none may stand in. */
  readonly standIn: (call: Call, caller: Caller) => Part | null
  /** Whether `fetch` would give a held answer. */
  readonly holds: (call: Call, caller: Caller, notBefore: Asker['notBefore']) => boolean
  /** Points of a graph that were held from other windows; the call says which graph and filters. */
  readonly tiles: (call: Call, caller: Caller, wanted: Omit<Wanted, 'now'>) => Tiles | null
  /** Bytes held in memory. */
  readonly bytes: () => number
  /** Ends what nobody waits for. */
  readonly close: () => void
}

/** What answers come from, where and how long they are kept. `maxBytes`: of answers in memory; `now`: epoch ms. */
export type UpstreamOptions = {
  readonly fetch: (call: Call, credentials: Credentials, ask: Ask) => Promise<Fetched>
  readonly second: SecondLevel
  readonly policy: Policy
  readonly maxBytes: number
  /** How long a question that has an expired answer waits for a better one, in ms. */
  readonly patienceMs: number
  readonly now: () => number
}

/** An upstream behind two levels of cache. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { second, policy, now } = options
  const store = createStore(options.maxBytes)
  const flights = createFlights<Arrived, Joining>()
  const inUse = createColumnsInUse(now)
  const closing = new AbortController()
  // Every answer that is being replaced listens to it.
  setMaxListeners(0, closing.signal)

  /** The newest answer held to a call that may be used at all, if only as a stand-in. */
  function heldOf(call: Call, caller: Caller, notBefore: Asker['notBefore']): Held | null {
    const { end } = call.window
    const usable = ({ fetchedAt }: Held) =>
      worthOf(fetchedAt, end, now(), policy) !== 'gone' && fetchedAt >= notBefore(isLive(fetchedAt, end, policy))
    return answersOf(store, call, caller).find(usable) ?? null
  }

  /** Whether an answer may be given without asking for a newer one first. */
  function isGood(held: Held, end: number): boolean {
    const worth = worthOf(held.fetchedAt, end, now(), policy)
    return worth === 'fresh' || worth === 'revalidate'
  }

  function keep(call: Call, caller: Caller, held: Held): void {
    keepAnswer(store, call, caller, held)
    if (held.answer.kind === 'series') keepPoints(store, seriesOf(call, caller), call, held.answer, held.fetchedAt)
  }

  /** The work of a flight: another replica's answer, or the upstream's own. */
  async function arrive(call: Call, caller: Caller, asker: Asker, flight: Flight<Joining>): Promise<Arrived> {
    const { end } = call.window
    const key = nameOf(call, caller)
    const good = ({ fetchedAt }: Held) =>
      worthOf(fetchedAt, end, now(), policy) === 'fresh' && fetchedAt >= asker.notBefore(isLive(fetchedAt, end, policy))
    const theirs = await second.read(key, caller.key)
    if (theirs !== null) keep(call, caller, theirs)
    if (theirs !== null && good(theirs)) return { held: theirs, fetched: false }
    const { share, lane, onSent, onEnded } = asker
    const claimants = { now: flight.waiters, onJoin: flight.onJoin }
    const { signal, deadline } = flight
    const ask = { signal, deadline, share, lane, claimants, onSent, ...(onEnded && { onEnded }) }
    const load = async () => {
      const { answer, fetchedAt } = await options.fetch(call, caller, ask)
      return { answer, fetchedAt }
    }
    const ttl = (held: Held) => keptFor(held.fetchedAt, end, policy)
    const arrived = await second.once(key, caller.key, good, load, ttl, flight.signal)
    keep(call, caller, arrived.held)
    return { held: arrived.held, fetched: !arrived.theirs }
  }

  /** Fetches a newer answer while an older one is given; whoever asks next joins it. */
  function revalidate(call: Call, caller: Caller, share: string): void {
    const wide = inUse.widened(call, caller.scope)
    const key = nameOf(wide, caller)
    if (flights.has(key)) return
    const deadline = performance.now() + options.patienceMs
    const asker = { signal: closing.signal, deadline, share, lane: {}, onSent: () => {}, notBefore: () => 0 }
    // A failure is met again, and told, by the question that needs the answer.
    flights.join(key, asker, (flight) => arrive(wide, caller, asker, flight)).catch(() => {})
  }

  function partOf(held: Held, end: number, origin: Origin, requests = 0): Part {
    const { fetchedAt } = held
    return {
      ...held,
      origin,
      requests,
      freshUntil: freshUntil(fetchedAt, end, policy),
      live: isLive(fetchedAt, end, policy),
    }
  }

  /** What stands in where there is nothing newer: where newer was asked for, good answers too. */
  function standInOf(call: Call, caller: Caller): Part | null {
    const held = policy.staleMaxMs > 0 ? heldOf(call, caller, () => 0) : null
    return held === null ? null : partOf(held, call.window.end, 'stale')
  }

  /** The answer of a flight that is not older than asked for: one that was under way already may be. */
  async function fly(call: Call, caller: Caller, asker: Asker, waiter: Joining): Promise<Part> {
    let requests = 0
    const onSent = () => {
      requests += 1
      asker.onSent()
    }
    for (;;) {
      const wide = inUse.widened(call, caller.scope)
      const work = (flight: Flight<Joining>) => arrive(wide, caller, { ...asker, onSent }, flight)
      const { value, joined } = await flights.join(nameOf(wide, caller), waiter, work)
      const origin = !value.fetched ? 'held' : joined ? 'joined' : 'fetched'
      const part = partOf(value.held, call.window.end, origin, requests)
      inUse.note(call, caller.scope)
      if (!joined || part.fetchedAt >= asker.notBefore(part.live)) return part
    }
  }

  return {
    async fetch(call, caller, asker) {
      const { end } = call.window
      const held = heldOf(call, caller, asker.notBefore)
      if (held !== null && isGood(held, end)) {
        inUse.note(call, caller.scope)
        if (worthOf(held.fetchedAt, end, now(), policy) === 'revalidate') revalidate(call, caller, asker.share)
        return partOf(held, end, 'held')
      }
      const standIn = () => standInOf(call, caller)
      const waiting = {
        signal: asker.signal,
        patienceMs: Math.min(options.patienceMs, Math.max(0, asker.deadline - performance.now()) / 2),
        standIn,
      }
      const { deadline, share, lane } = asker
      const work = (signal: AbortSignal) => fly(call, caller, asker, { signal, deadline, share, lane })
      return withPatience(work, waiting).catch((error: unknown) => orStale(error, standIn))
    },
    standIn: standInOf,
    holds(call, caller, notBefore) {
      const held = heldOf(call, caller, notBefore)
      return held !== null && isGood(held, call.window.end)
    },
    tiles: (call, caller, wanted) => tilesOf(store, seriesOf(call, caller), { ...wanted, now: now() }, policy),
    bytes: () => store.bytes(),
    close: () => closing.abort(new Error('the service is stopping')),
  }
}

/** Who waits for a flight, and whose turn it may take. */
type Joining = Waiter & Claim

type Arrived = { readonly held: Held; readonly fetched: boolean }

/** A stand-in where the upstream failed; the failure where there is none. */
function orStale(error: unknown, standIn: () => Part | null): Part {
  const part = isOutage(error) ? standIn() : null
  if (part === null) throw error
  return part
}
