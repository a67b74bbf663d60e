/** Who waits for a flight, and until when, in ms of `performance.now()`. */
export type Waiter = { readonly signal: AbortSignal; readonly deadline: number }

/** What a flight's work needs to know of those who wait for it. */
export type Flight<Joining extends Waiter = Waiter> = {
  /** Aborts when the last waiter has left. */
  readonly signal: AbortSignal
  /** The latest of the waiters' deadlines. */
  readonly deadline: () => number
  /** Who waits for it now. */
  readonly waiters: () => readonly Joining[]
  /** Tells of each who joins it from now on, until the function that it gives is called. */
  readonly onJoin: (tell: (waiter: Joining) => void) => () => void
}

/** What a waiter gets of a flight that has landed. */
export type Landed<Value> = {
  readonly value: Value
  /** The work had been begun by somebody else. */
  readonly joined: boolean
}

/** The flights under way, by key. */
export type Flights<Value, Joining extends Waiter = Waiter> = {
  /**
   * The value of `key`'s flight: of the one under way, or of a new one that `work` flies. A failure is everybody's. Rejects with
   * the waiter's own reason when its signal aborts first; the work is cancelled only when nobody is left.
   */
  readonly join: (
    key: string,
    waiter: Joining,
    work: (flight: Flight<Joining>) => Promise<Value>,
  ) => Promise<Landed<Value>>
  /** Whether a flight of `key` is under way. */
  readonly has: (key: string) => boolean
}

/** Equal work is done once: concurrent askers of one key share one flight. Nothing is kept after it has landed. */
export function createFlights<Value, Joining extends Waiter = Waiter>(): Flights<Value, Joining> {
  const flights = new Map<string, UnderWay<Value, Joining>>()

  function start(key: string, work: (flight: Flight<Joining>) => Promise<Value>): UnderWay<Value, Joining> {
    const controller = new AbortController()
    const waiters = new Set<Joining>()
    const listeners = new Set<(waiter: Joining) => void>()
    const deadline = () => Math.max(...[...waiters].map((waiter) => waiter.deadline))
    const onJoin = (tell: (waiter: Joining) => void) => {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    }
    const parts = { signal: controller.signal, deadline, waiters: () => [...waiters], onJoin }
    const landing = Promise.resolve().then(() => work(parts))
    const flight = { landing, waiters, listeners, controller }
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    landing.then(land, land)
    flights.set(key, flight)
    return flight
  }

  return {
    has: (key) => flights.has(key),
    async join(key, waiter, work) {
      waiter.signal.throwIfAborted()
      const found = flights.get(key)
      const flight = found ?? start(key, work)
      flight.waiters.add(waiter)
      for (const tell of flight.listeners) tell(waiter)
      const abandon = (reason: unknown) => {
        flight.waiters.delete(waiter)
        if (flight.waiters.size > 0) return
        // Who comes now must not be given a flight that is being cancelled.
        if (flights.get(key) === flight) flights.delete(key)
        flight.controller.abort(reason)
      }
      let leave = () => {}
      const left = new Promise<never>((_, reject) => {
        leave = () => {
          reject(waiter.signal.reason)
          abandon(waiter.signal.reason)
        }
      })
      waiter.signal.addEventListener('abort', leave, { once: true })
      try {
        return { value: await Promise.race([flight.landing, left]), joined: found !== undefined }
      } finally {
        waiter.signal.removeEventListener('abort', leave)
        flight.waiters.delete(waiter)
      }
    },
  }
}

type UnderWay<Value, Joining> = {
  readonly landing: Promise<Value>
  readonly waiters: Set<Joining>
  readonly listeners: Set<(waiter: Joining) => void>
  readonly controller: AbortController
}
