/** Something that goes wrong with a request. */
export type Fault =
  /** Answers this status instead; without a body, an error body of Portkey's. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Never answers; the socket stays open until the emulator closes. */
  | { readonly kind: 'hang' }
  /** Resets the connection without an answer. */
  | { readonly kind: 'reset' }
  /** Resets the connection after half of the body. */
  | { readonly kind: 'resetMidBody' }
  /** A complete 200 whose JSON stops half way. */
  | { readonly kind: 'truncatedJson' }
  /** A 200 with HTML. */
  | { readonly kind: 'notJson' }
  /** `is_quota_exceeded: true`; only the first half of the rows is counted. */
  | { readonly kind: 'quota' }
  /** Every number is something else. */
  | { readonly kind: 'wrongTypes' }
  /** A 302. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** The right answer, late. */
  | { readonly kind: 'slow'; readonly ms: number }

/** How often a fault strikes (default: always) and which paths (a substring; default: all). */
export type FaultOptions = { readonly times?: number; readonly path?: string }

/** Faults waiting to strike; of those that fit a path, the one injected first strikes. */
export type FaultQueue = {
  add(fault: Fault, options?: FaultOptions): void
  /** Takes the fault that strikes this path, if any. */
  take(path: string): Fault | null
  clear(): void
}

/** An empty queue. */
export function createFaultQueue(): FaultQueue {
  let waiting: readonly Waiting[] = []
  return {
    add(fault, options = {}) {
      waiting = [...waiting, { fault, left: options.times ?? Number.POSITIVE_INFINITY, path: options.path ?? '' }]
    },
    take(path) {
      const struck = waiting.find((candidate) => candidate.left > 0 && path.includes(candidate.path))
      if (struck === undefined) return null
      waiting = waiting
        .map((candidate) => (candidate === struck ? { ...candidate, left: candidate.left - 1 } : candidate))
        .filter((candidate) => candidate.left > 0)
      return struck.fault
    },
    clear() {
      waiting = []
    },
  }
}

type Waiting = { readonly fault: Fault; readonly left: number; readonly path: string }
