import type { RequestEvent } from './request-event.js'

/** Whose turn a request takes. */
export type Claim = {
  /** Whose part of the upstream's budget it is: principals share a key's pace evenly, however much each asks. */
  readonly share: string
  /** Requests of one principal's different lanes take turns: one lane is one question. */
  readonly lane: object
}

/** Those who wait for one answer. */
export type Claimants = {
  /** Who does now. */
  readonly now: () => readonly Claim[]
  /** Tells of each who joins them from now on, until the function that it gives is called. */
  readonly onJoin: (tell: (claim: Claim) => void) => () => void
}

/** On whose behalf a call is sent. */
export type Ask = Claim & {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal
  /**
   * Until when somebody waits, in ms of `performance.now()`. Read again before every retry: who joins later may wait longer. No
   * retry is begun, and no place in the queue is kept, that could only end after it.
   */
  readonly deadline: () => number
  /**
   * All who wait for the same answer, where others may join: the turn of any of them will do, so that nobody's question waits behind
   * all that another principal asks because that one asked first.
   */
  readonly claimants?: Claimants
  /** Told of every HTTP request as it is sent, retries and pages included. */
  readonly onSent: () => void
  /** Told of every HTTP request once it has ended. */
  readonly onEnded?: (event: RequestEvent) => void
}
