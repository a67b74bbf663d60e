import type { Clock } from '../../src/portkey/clock.js'

export type FakeClock = Clock & {
  /** Lets so many ms pass: what is due runs, each at its moment, with a turn of the event loop after it. */
  readonly pass: (ms: number) => Promise<void>
  /** Things that still wait for their moment. */
  readonly pending: () => number
}

/** A clock that stands until it is told. */
export function fakeClock(start = 1_000): FakeClock {
  let now = start
  const due = new Set<{ readonly at: number; readonly run: () => void }>()
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => now,
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
        now = Math.max(now, next.at)
        next.run()
        await turn()
      }
      now = end
    },
    pending: () => due.size,
  }
}
