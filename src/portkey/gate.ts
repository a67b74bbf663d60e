/** Lets a fixed number of tasks run at once, the others in the order they came. */
export type Gate = {
  /** Resolves to a function that gives the place back; rejects with the signal's reason when it aborts first. */
  enter(signal: AbortSignal): Promise<() => void>
}

/** A gate with `places` places (at least 1). */
export function createGate(places: number): Gate {
  let free = places
  const waiting = new Set<() => void>()

  function leave(): void {
    const next = waiting.values().next()
    if (next.done) free += 1
    else {
      waiting.delete(next.value)
      next.value()
    }
  }

  function once(): () => void {
    let left = false
    return () => {
      if (!left) leave()
      left = true
    }
  }

  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        if (free > 0) {
          free -= 1
          return resolve(once())
        }
        const abandon = () => {
          waiting.delete(admit)
          reject(signal.reason)
        }
        const admit = () => {
          signal.removeEventListener('abort', abandon)
          resolve(once())
        }
        signal.addEventListener('abort', abandon, { once: true })
        waiting.add(admit)
      })
    },
  }
}
