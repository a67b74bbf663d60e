import type { Clock } from './clock.js'
import type { Failed } from './faults.js'

/** The first backoff is at most this long, the next twice as long, and so on. */
export type Backoff = { readonly baseMs: number; readonly mostMs: number }

/** Waits of up to 0.2, 0.4, 0.8 … seconds, 5 at the most. */
export const BACKOFF: Backoff = { baseMs: 200, mostMs: 5_000 }

/**
 * How many ms to wait before the request that failed the `attempt`-th time is sent again; `null` when it is not. Full jitter, so that
 * requests that failed together do not come back together; `random` is in [0, 1). A break that the upstream asked for comes first.
 */
export function waitBefore(
  { tries, waitMs }: Pick<Failed, 'tries' | 'waitMs'>,
  attempt: number,
  random: number,
  { baseMs, mostMs }: Backoff,
): number | null {
  if (attempt >= tries) return null
  return (waitMs ?? 0) + random * Math.min(mostMs, baseMs * 2 ** (attempt - 1))
}

/** Waits; throws the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', wake)
      resolve()
    })
    const wake = () => {
      cancel()
      reject(signal.reason)
    }
    signal.addEventListener('abort', wake, { once: true })
  })
}
