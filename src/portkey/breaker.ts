/**
 * Whether one thing upstream (the way to it with a key, or an endpoint) is worth asking. Closed: it is. Open: it failed for long enough, nothing is sent until a moment. Probing:
 * one request tries it, the others are still refused. A value; times are ms of one clock that never goes back.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly run: FailureRun | null }
  | { readonly state: 'open'; readonly until: number; readonly trips: number }
  | { readonly state: 'probing'; readonly trips: number }

/** Failures without one answer between them. */
export type FailureRun = { readonly count: number; readonly since: number; readonly last: number }

/**
 * What a request showed of the upstream: `up` it answered, whatever it said; `down` it could not be reached, did not answer in time, or
 * answered with a server error; `nothing` the request was cancelled.
 */
export type Health = 'up' | 'down' | 'nothing'

/** A breaker as it begins, and after every answer: no failure is held against the upstream. */
export const CLOSED: Breaker = { state: 'closed', run: null }

/** One question alone can fail a dozen times within a second, so a run must be long in both senses. */
const FAILURES = 10
const SUSTAINED_MS = 5_000
/** Failures further apart than this are not one outage: nobody knows what was between them. */
const GAP_MS = 60_000
/** A restart takes seconds; an outage is asked about twice a minute. */
const FIRST_BREAK_MS = 2_000
const LONGEST_BREAK_MS = 30_000

/** How long, in ms, a request would be refused from `now` on; 0 when one may be sent. */
export function refusedFor(breaker: Breaker, now: number): number {
  switch (breaker.state) {
    case 'closed':
      return 0
    case 'open':
      return Math.max(0, breaker.until - now)
    case 'probing':
      return 1_000
  }
}

/** The breaker once a request has been let through: the first after a break is the probe. */
export function sending(breaker: Breaker): Breaker {
  return breaker.state === 'open' ? { state: 'probing', trips: breaker.trips } : breaker
}

/** The breaker after a request has ended; `probe`: it was the one that `sending` made the breaker probe with. */
export function noted(breaker: Breaker, health: Health, probe: boolean, now: number): Breaker {
  if (health === 'up') return CLOSED
  if (breaker.state === 'closed') return health === 'down' ? failedAgain(breaker.run, now) : breaker
  // Those sent before the break say nothing new.
  if (breaker.state === 'open' || !probe) return breaker
  return health === 'down' ? opened(breaker.trips + 1, now) : { state: 'open', until: now, trips: breaker.trips }
}

function failedAgain(run: FailureRun | null, now: number): Breaker {
  const { count, since } = run === null || now - run.last > GAP_MS ? { count: 0, since: now } : run
  if (count + 1 >= FAILURES && now - since >= SUSTAINED_MS) return opened(1, now)
  return { state: 'closed', run: { count: count + 1, since, last: now } }
}

function opened(trips: number, now: number): Breaker {
  return { state: 'open', until: now + Math.min(FIRST_BREAK_MS * 2 ** (trips - 1), LONGEST_BREAK_MS), trips }
}
