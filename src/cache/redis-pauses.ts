/** Pauses that grow as long as what they wait for keeps failing. */
export type Pauses = {
  /** The next pause in ms: twice the one before, with jitter, so that replicas do not come back as one. */
  readonly next: () => number
  /** It worked. Pauses begin small again once it has done so for a while. */
  readonly worked: () => void
}

/** Working for less than this long is flapping: the pauses go on growing. */
const STEADY_MS = 10_000

/** Pauses from `first` to `longest` ms. */
export function createPauses(first: number, longest: number): Pauses {
  let count = 0
  let workedAt: number | null = null
  return {
    next() {
      if (workedAt !== null && performance.now() - workedAt > STEADY_MS) count = 0
      workedAt = null
      const pause = Math.min(first * 2 ** count, longest)
      if (pause < longest) count += 1
      return pause * (0.75 + Math.random() / 4)
    },
    worked() {
      workedAt ??= performance.now()
    },
  }
}
