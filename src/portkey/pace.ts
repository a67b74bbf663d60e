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
  /** Ms that this process waits for an answer, doing nothing else, as successes showed lately; 0 = nothing is known. */
  readonly waitedMs: number
  /** Ms that the quickest success of late was under way; 0 = nothing is known. */
  readonly quickestMs: number
}

/** One request a second is known to be safe: however often the upstream refuses, no slower. */
const FLOOR = 1
/** Successes that restore the pace from nothing to the ceiling: from the floor that takes half a minute, from a half some seconds. */
const SUCCESSES_TO_CEILING = 200
/** Over how many answers their time is averaged, about. */
const SMOOTHING = 10
/** After so many slower answers, about, the quickest one is forgotten. */
const FORGETTING = 100
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
    waitedMs: 0,
    quickestMs: 0,
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

/**
 * The pace after a success of a request sent at `sentAt`: a little faster again, up to the ceiling. `idleMs`: of the time since then,
 * how long the process had nothing to do.
 */
export function restored(pace: Pace, sentAt: number, now: number, idleMs = now - sentAt): Pace {
  const took = now - sentAt
  const waited = Math.min(took, idleMs)
  const known = pace.quickestMs > 0
  const waitedMs = known ? pace.waitedMs + (waited - pace.waitedMs) / SMOOTHING : waited
  // It is forgotten for what the upstream takes longer, not for what this process does meanwhile.
  const slower = pace.quickestMs + Math.max(0, waited - pace.quickestMs) / FORGETTING
  const quickestMs = known ? Math.min(took, slower) : took
  const learnt = { ...pace, waitedMs, quickestMs }
  if (sentAt < pace.cutAt || pace.perSecond >= pace.ceiling) return learnt
  const perSecond = Math.min(pace.ceiling, pace.perSecond + pace.ceiling / SUCCESSES_TO_CEILING)
  return { ...refilled(learnt, now), perSecond }
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

/**
 * Ms that a request is under way at the least: as long as one was lately, and as long as the process waited for one. In a flood the
 * rest of the time is the process's own work on those who ask, which ends with it: a queue that counts it looks many times as long.
 */
export function typicalMs({ waitedMs, quickestMs }: Pace): number {
  return Math.max(waitedMs, quickestMs)
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
