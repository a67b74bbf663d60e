import { createHash } from 'node:crypto'
import type { Ask, Claim } from './ask.js'
import { createLanes, createLine, type Line } from './lanes.js'
import { isFresh, type Pace, soonest, typicalMs } from './pace.js'

/** What a request that had its turn met; `limited` asks for a break of `waitMs` (0 = it did not say how long). */
export type Met = { readonly kind: 'success' | 'other' } | { readonly kind: 'limited'; readonly waitMs: number }

/** One that waits for a turn. */
export type Waiting = {
  readonly ask: Ask
  /** What it is for. */
  readonly path: string
  /** At whose place. */
  claim: Claim
  readonly go: (leave: (met: Met) => void) => void
  readonly reject: (error: Error) => void
  /** Stops listening to the ask's signal, and to who joins. */
  readonly forget: () => void
}

/** Where a request waits: in the lane of its principal, and there in the lane of its question. */
export type Place = readonly [share: string, within: readonly [lane: object, within: readonly []]]

/** The place of a claim. */
export const placeOf = ({ share, lane }: Claim): Place => [share, [lane, []]]

/** What waits for one key, and how fast that key may ask. */
export type Queue = {
  readonly lanes: Line<Place, Waiting>
  pace: Pace
  inFlight: number
  stopTimer: () => void
}

/** The queues of all keys, by a digest of each: no key is kept here. */
export type Queues = {
  /** The queue of a key, a new one where there is none. */
  readonly of: (key: string, now: number) => Queue
  /** The queue of a key, where there is one. */
  readonly find: (key: string) => Queue | undefined
  readonly all: () => Iterable<Queue>
  readonly size: () => number
}

/** Keys whose pace is remembered, beyond those that have requests. */
const MOST_KEYS = 1_000

/** No queues yet; `begin` is the pace of a new one. */
export function createQueues(begin: (now: number) => Pace): Queues {
  const queues = new Map<string, Queue>()

  /** Forgets those that nothing is known of, and beyond the bound the one that was not asked for longest. */
  function makeRoom(now: number): void {
    for (const [name, { lanes, pace, inFlight }] of queues) {
      const idle = inFlight === 0 && lanes.size() === 0
      if (idle && (isFresh(pace, now) || queues.size >= MOST_KEYS)) queues.delete(name)
    }
  }

  return {
    of(key, now) {
      const name = nameOf(key)
      const queue = queues.get(name) ?? { lanes: newLanes(), pace: begin(now), inFlight: 0, stopTimer: () => {} }
      if (!queues.delete(name)) makeRoom(now)
      queues.set(name, queue)
      return queue
    },
    find: (key) => queues.get(nameOf(key)),
    all: () => queues.values(),
    size: () => queues.size,
  }
}

/** Ms until a request behind `ahead` others has its turn, as things are: by the pace, and by the places that come free. */
export function waitOf({ pace, inFlight }: Queue, ahead: number, concurrency: number, now: number): number {
  const rounds = Math.floor((ahead + inFlight) / concurrency)
  return Math.max(soonest(pace, ahead, now) - now, rounds * typicalMs(pace))
}

/** Of all who wait for an ask's answer, the one whose turn would come first. */
export function firstOf({ lanes }: Queue, ask: Ask): Claim {
  let [first = ask, ...others] = ask.claimants?.now() ?? []
  if (others.length === 0) return first
  let least = lanes.ahead(placeOf(first))
  for (const claim of others) {
    const ahead = lanes.ahead(placeOf(claim))
    if (ahead < least) [first, least] = [claim, ahead]
  }
  return first
}

const nameOf = (key: string): string => createHash('sha256').update(key).digest('base64')

const newLanes = (): Queue['lanes'] => createLanes(() => createLanes(() => createLine()))
