import { performance } from 'node:perf_hooks'

/** Time as the pace, the queue and the retries see it; a test may have its own. */
export type Clock = {
  /** Ms that never go back. */
  readonly now: () => number
  /** Of these, the ms in which the process had nothing to do but wait. */
  readonly idle: () => number
  /** Runs something once, some ms from now; hands back what takes that back. */
  readonly after: (ms: number, run: () => void) => () => void
}

/** Beyond this Node's timers fire at once: some 24 days. */
const LONGEST_MS = 2 ** 31 - 1

/** `performance.now()`, the idle time of Node's event loop, and its timers. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  idle: () => performance.eventLoopUtilization().idle,
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.ceil(ms), LONGEST_MS))
    return () => clearTimeout(timer)
  },
}
