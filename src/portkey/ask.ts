/** On whose behalf a call is sent. */
export type Ask = {
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal
  /**
   * Until when somebody waits, in ms of `performance.now()`. Read again before every retry: who joins later may wait longer. No
   * retry is begun, and no place in the queue is kept, that could only end after it.
   */
  readonly deadline: () => number
  /** Whose part of the upstream's budget it is: principals share a key's pace evenly, however much each asks. */
  readonly share: string
  /** Requests of one principal's different lanes take turns: one lane is one question. */
  readonly lane: object
  /** Told of every HTTP request as it is sent, retries and pages included. */
  readonly onSent: () => void
}
