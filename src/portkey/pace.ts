/**
 * How fast one key may ask: a token bucket that holds one second's worth, so that a short burst goes at once. Times are ms of one
 * clock that never goes back. Values; nothing here waits.
 */
export type Pace = {
  /** Requests a second, when the upstream has no objection. */
  readonly ceiling: number
  /** Requests a second, as they go now. */
  readonly perSecond: number
  /** Requests that may go at once, at the moment `at`. */
  readonly tokens: number
  readonly at: number
  /** Nothing goes before: the upstream said so. */
  readonly closedUntil: number
  /** When the pace was last halved. */
  readonly cutAt: number
  /** Ms that a request is under way, as successes showed lately; 0 = nothing is known. */
  readonly typicalMs: number
}

/** One request a second is known to be safe: however often the upstream refuses, no slower. */
const FLOOR = 1
/** Successes that restore the pace from nothing to the ceiling: from the floor that takes half a minute, from a half some seconds. */
const SUCCESSES_TO_CEILING = 200
/** Over how many answers their time is averaged, about. */
const SMOOTHING = 10
/** What sums of fractions may lack of a whole token. */
const EPSILON = 1e-6

/** A pace that nothing has slowed yet, with a full bucket. */
export function newPace(ceiling: number, now: number): Pace {
  const tokens = Math.max(1, ceiling)
  return {
    ceiling,
    perSecond: ceiling,
    tokens,
    at: now,
    closedUntil: Number.NEGATIVE_INFINITY,
    cutAt: Number.NEGATIVE_INFINITY,
    typicalMs: 0,
  }
}

/** The first moment, not before `now`, at which a request may go. */
export function readyAt(pace: Pace, now: number): number {
  const { tokens } = refilled(pace, now)
  const filled = tokens >= 1 - EPSILON ? now : now + ((1 - tokens) / pace.perSecond) * 1000
  return Math.max(filled, pace.closedUntil)
}

/** The pace after one request has gone. */
export function spent(pace: Pace, now: number): Pace {
  const full = refilled(pace, now)
  return { ...full, tokens: Math.max(0, full.tokens - 1) }
}

/**
 * The pace after the upstream said "too many" to a request sent at `sentAt`: half as fast, and nothing for as long as it asked
 * (`waitMs`). A burst that is refused as one halves it once: what was sent before the last cut says nothing of the pace since.
 */
export function slowed(pace: Pace, sentAt: number, now: number, waitMs: number): Pace {
  const closedUntil = Math.max(pace.closedUntil, now + waitMs)
  if (sentAt < pace.cutAt) return { ...pace, closedUntil }
  const perSecond = Math.max(Math.min(FLOOR, pace.ceiling), pace.perSecond / 2)
  return { ...pace, perSecond, tokens: 0, at: now, closedUntil, cutAt: now }
}

/** The pace after a success of a request sent at `sentAt`: a little faster again, up to the ceiling. */
export function restored(pace: Pace, sentAt: number, now: number): Pace {
  const took = now - sentAt
  const typicalMs = pace.typicalMs === 0 ? took : pace.typicalMs + (took - pace.typicalMs) / SMOOTHING
  if (sentAt < pace.cutAt || pace.perSecond >= pace.ceiling) return { ...pace, typicalMs }
  const perSecond = Math.min(pace.ceiling, pace.perSecond + pace.ceiling / SUCCESSES_TO_CEILING)
  return { ...refilled(pace, now), perSecond, typicalMs }
}

/**
 * The soonest moment at which a request behind `ahead` others can go: at the present pace, and what successes restore of it on
 * the way. If nothing but good happens it is this, so what cannot wait until then waits in vain.
 */
export function soonest(pace: Pace, ahead: number, now: number): number {
  const begin = Math.max(now, pace.closedUntil)
  const { tokens } = refilled(pace, begin)
  const lacking = Math.max(0, ahead + 1 - tokens - EPSILON)
  const step = pace.ceiling / SUCCESSES_TO_CEILING
  const from = Math.min(pace.ceiling, pace.perSecond + step * (tokens + 1))
  const rising = Math.min(lacking, (pace.ceiling - from) / step)
  const seconds = Math.log1p((rising * step) / from) / step + (lacking - rising) / pace.ceiling
  return begin + seconds * 1000
}

/** Whether the pace is as good as a new one, so that it need not be remembered. */
export function isFresh(pace: Pace, now: number): boolean {
  const { tokens, perSecond, ceiling, closedUntil } = refilled(pace, now)
  return perSecond >= ceiling && tokens >= ceiling - EPSILON && closedUntil <= now
}

function refilled(pace: Pace, now: number): Pace {
  if (now <= pace.at) return pace
  const tokens = pace.tokens + ((now - pace.at) / 1000) * pace.perSecond
  return { ...pace, tokens: Math.min(Math.max(1, pace.perSecond), tokens), at: now }
}
