import type { Clock } from '../../src/portkey/clock.js'

export type FakeClock = Clock & {
  /** From now on the process has work to do, or none, while time passes. */
  readonly work: (busy: boolean) => void
  /** Lets so many ms pass: what is due runs, each at its moment, with a turn of the event loop after it. */
  readonly pass: (ms: number) => Promise<void>
  /** Things that still wait for their moment. */
  readonly pending: () => number
}

/** A clock that stands until it is told. */
export function fakeClock(start = 1_000): FakeClock {
  let now = start
  let idle = 0
  let busy = false
  const moveTo = (moment: number) => {
    if (!busy) idle += moment - now
    now = moment
  }
  const due = new Set<{ readonly at: number; readonly run: () => void }>()
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    idle: () => idle,
    work(on) {
      busy = on
    },
    after(ms, run) {
      const entry = { at: now + ms, run }
      due.add(entry)
      return () => due.delete(entry)
    },
    async pass(ms) {
      const end = now + ms
      await turn()
      for (;;) {
        const [next] = [...due].sort((a, b) => a.at - b.at)
        if (!next || next.at > end) break
        due.delete(next)
        moveTo(Math.max(now, next.at))
        next.run()
        await turn()
      }
      moveTo(end)
    },
    pending: () => due.size,
  }
}
