import type { Test } from 'tap'

/** What a process had open at a moment, and what went wrong in it since. */
export type Watched = {
  /** Checks that nothing was thrown to nobody and that everything opened since is closed. */
  readonly check: (t: Test) => Promise<void>
}

/** Sockets close a few turns of the loop after they are told to. */
const TURNS = 100
const TURN_MS = 50

/** Watches this process from now on. */
export function watchProcess(): Watched {
  const thrown: unknown[] = []
  process.on('unhandledRejection', (reason) => thrown.push(reason))
  process.on('uncaughtException', (error) => thrown.push(error))
  const before = openNow()
  return {
    async check(t) {
      let more = moreThan(before)
      for (let turn = 0; turn < TURNS && more.length > 0; turn++) {
        await new Promise((resolve) => setTimeout(resolve, TURN_MS))
        more = moreThan(before)
      }
      t.strictSame(more, [], 'handles that are still open')
      t.strictSame(thrown, [], 'thrown to nobody')
    },
  }
}

/** How many of each kind of socket, server and other handle are open. */
function openNow(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  // Timers come and go with the test runner's own; those of the service would keep the process alive, and the runner would say so.
  for (const kind of process.getActiveResourcesInfo().filter((one) => one !== 'Timeout' && one !== 'Immediate')) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

function moreThan(before: ReadonlyMap<string, number>): readonly string[] {
  return [...openNow()].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0)
    return more > 0 ? [`${more} × ${kind}`] : []
  })
}
