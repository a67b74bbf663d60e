import type { Ask, Claim } from './ask.js'
import type { Clock } from './clock.js'
import { newPace, readyAt, restored, slowed, spent } from './pace.js'
import { createQueues, firstOf, type Met, placeOf, type Queue, type Waiting, waitOf } from './queues.js'
import { onBreak, shuttingDown, tooLate, tooMuchQueued } from './refused-turn.js'
import { createRoom } from './room.js'

/** How hard the upstream may be asked with one key. */
export type TurnsOptions = {
  /** Requests in flight at once, per key. */
  readonly concurrency: number
  /** Requests a second at the most, per key. */
  readonly requestsPerSecond: number
  readonly clock: Clock
}

/** Who may send a request next; the rest wait in lines, one for each key. */
export type Turns = {
  /**
   * Waits for a turn of `key`: principals take turns, and the lanes of each within its turns; no key is asked faster or more at once than its pace. Resolves to a function
   * that gives the place back and tells the pace what the request met. Rejects with the signal's reason when it aborts first, and
   * at once with `OVERLOADED` or `UPSTREAM_RATE_LIMITED` when the turn cannot come by the deadline.
   */
  readonly enter: (key: string, ask: Ask, path?: string) => Promise<(met: Met) => void>
  /** Sends those away with this error who wait with a key, for a path or, with `null`, for any. */
  readonly dismiss: (error: Error, key: string, path: string | null) => void
  /** Sends all who wait, and all who come, away with `SHUTTING_DOWN`. */
  readonly close: () => void
  readonly state: () => { readonly queued: number; readonly inFlight: number; readonly keys: number }
}

/** Requests in flight at once over all keys: as many sockets may be open. The largest `UPSTREAM_CONCURRENCY` has room. */
export const MOST_IN_FLIGHT = 256
/**
 * Requests that wait. A hundred questions of 24 calls are 2,400, and a principal may have four times as many; each that waits costs
 * some KB, with its URL, so that all are some tens of MB.
 */
const WAITING_ROOM = { alone: 10_000, inAll: 20_000 }
/** Waiting for others may take a quarter longer than it looks, and the answer takes its time too. */
const PRUDENCE = 1.25

/** Turns at one upstream; see `Turns`. */
export function createTurns({ concurrency, requestsPerSecond, clock }: TurnsOptions): Turns {
  const queues = createQueues((now) => newPace(requestsPerSecond, now))
  // Queues that wait for a place among all keys, in the order of asking.
  const crowded = new Set<Queue>()
  const waitingRoom = createRoom(WAITING_ROOM)
  let inFlight = 0
  let closed = false

  /** Lets go whoever may go now, and comes back when the next may. */
  function dispatch(queue: Queue): void {
    queue.stopTimer()
    while (queue.lanes.size() > 0 && queue.inFlight < concurrency) {
      if (inFlight >= MOST_IN_FLIGHT) {
        crowded.add(queue)
        return
      }
      const now = clock.now()
      const ready = readyAt(queue.pace, now)
      if (ready > now) {
        queue.stopTimer = clock.after(ready - now, () => dispatch(queue))
        return
      }
      const next = queue.lanes.next()
      if (next) admit(queue, next, now)
    }
  }

  function admit(queue: Queue, next: Waiting, now: number): void {
    waitingRoom.leave(next.claim.share)
    next.forget()
    if (next.ask.deadline() <= now) {
      next.reject(tooLate(0))
      return
    }
    queue.pace = spent(queue.pace, now)
    queue.inFlight += 1
    inFlight += 1
    const idle = clock.idle()
    let left = false
    next.go((met) => {
      if (left) return
      left = true
      queue.inFlight -= 1
      inFlight -= 1
      learn(queue, met, now, clock.idle() - idle)
      crowded.add(queue)
      for (const waiting of crowded) {
        if (inFlight >= MOST_IN_FLIGHT) break
        crowded.delete(waiting)
        dispatch(waiting)
      }
    })
  }

  function learn(queue: Queue, met: Met, sentAt: number, idleMs: number): void {
    const now = clock.now()
    if (met.kind === 'success') queue.pace = restored(queue.pace, sentAt, now, idleMs)
    if (met.kind !== 'limited') return
    queue.pace = slowed(queue.pace, sentAt, now, met.waitMs)
    const until = queue.pace.closedUntil
    for (const waiting of queue.lanes.items()) {
      if (waiting.ask.deadline() <= until) sendAway(queue, waiting, onBreak(until - now))
    }
  }

  function takePlace(queue: Queue, waiting: Waiting): void {
    queue.lanes.add(placeOf(waiting.claim), waiting)
    waitingRoom.enter(waiting.claim.share)
  }

  function giveUpPlace(queue: Queue, waiting: Waiting): void {
    if (queue.lanes.remove(placeOf(waiting.claim), waiting)) waitingRoom.leave(waiting.claim.share)
  }

  /** Moves one that waits to the place of another who now waits for the same, if its turn comes sooner there. */
  function moveTo(queue: Queue, waiting: Waiting, claim: Claim): void {
    if (queue.lanes.ahead(placeOf(claim)) >= queue.lanes.ahead(placeOf(waiting.claim), waiting)) return
    giveUpPlace(queue, waiting)
    waiting.claim = claim
    takePlace(queue, waiting)
  }

  function sendAway(queue: Queue, waiting: Waiting, error: Error): void {
    giveUpPlace(queue, waiting)
    if (queue.lanes.size() === 0) queue.stopTimer()
    waiting.forget()
    waiting.reject(error)
  }

  /** Why a request of this ask need not wait; `null` when it may. */
  function refusal(queue: Queue, { deadline }: Ask, claim: Claim): Error | null {
    if (closed) return shuttingDown()
    const { lanes, pace } = queue
    const now = clock.now()
    const left = deadline() - now
    const pause = Math.max(0, pace.closedUntil - now)
    if (pause > 0 && left <= pause) return onBreak(pause)
    const isCrowded = queue.inFlight >= concurrency || inFlight >= MOST_IN_FLIGHT
    const mustWait = isCrowded || lanes.size() > 0 || readyAt(pace, now) > now
    if (mustWait && !waitingRoom.hasPlace(claim.share)) {
      return tooMuchQueued(waitingRoom.of(claim.share), waitOf(queue, lanes.size() / 2, concurrency, now))
    }
    const wait = pause + (waitOf(queue, lanes.ahead(placeOf(claim)), concurrency, now) - pause) * PRUDENCE
    if (wait < left) return null
    // Prudence is for those who wait. Who comes again finds room once all who wait now have had their turn, at the latest.
    return tooLate(Math.min(wait - left, waitOf(queue, lanes.size(), concurrency, now)))
  }

  function dismiss(queue: Queue, error: Error, path: string | null): void {
    for (const waiting of queue.lanes.items()) {
      if (path === null || waiting.path === path) sendAway(queue, waiting, error)
    }
  }

  return {
    enter: (key, ask, path = '') =>
      new Promise((resolve, reject) => {
        if (ask.signal.aborted) return reject(ask.signal.reason)
        const queue = queues.of(key, clock.now())
        const claim = firstOf(queue, ask)
        const error = refusal(queue, ask, claim)
        if (error !== null) return reject(error)
        const leave = () => sendAway(queue, waiting, ask.signal.reason)
        const ignore = ask.claimants?.onJoin((other) => moveTo(queue, waiting, other))
        const forget = () => {
          ask.signal.removeEventListener('abort', leave)
          ignore?.()
        }
        const waiting: Waiting = { ask, path, claim, go: resolve, reject, forget }
        ask.signal.addEventListener('abort', leave, { once: true })
        takePlace(queue, waiting)
        dispatch(queue)
      }),
    dismiss(error, key, path) {
      const queue = queues.find(key)
      if (queue !== undefined) dismiss(queue, error, path)
    },
    close() {
      closed = true
      for (const queue of queues.all()) dismiss(queue, shuttingDown(), null)
    },
    state: () => ({ queued: waitingRoom.size(), inFlight, keys: queues.size() }),
  }
}
