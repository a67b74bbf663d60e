/** How long answers are good for; all in ms. */
export type Policy = {
  /** Data that ended less than this ago may still change. */
  readonly settleMs: number
  readonly liveTtlMs: number
  /** Oldest answer that may stand in for one that cannot be had. */
  readonly staleMaxMs: number
}

/** What an answer is worth: `revalidate` may be given while a newer one is fetched, `expired` only when there is no newer one. */
export type Worth = 'fresh' | 'revalidate' | 'expired' | 'gone'

const HOUR = 3_600_000
/** Settled data is revised now and then for some hours; after those it is kept a day. */
const REVISIONS_MS = 6 * HOUR
const RECENT_TTL_MS = 3 * HOUR
const SETTLED_TTL_MS = 24 * HOUR

/** Whether data that ends at `end` was unsettled when it was asked for at `fetchedAt` (epoch ms). */
export function isLive(fetchedAt: number, end: number, { settleMs }: Policy): boolean {
  return fetchedAt < end + settleMs
}

/**
 * Epoch ms until which an answer about data that ends at `end` is good, when it was asked for at `fetchedAt`. What was fetched before
 * the data had settled is good for the live time at most, and never once the data has settled.
 */
export function freshUntil(fetchedAt: number, end: number, policy: Policy): number {
  if (isLive(fetchedAt, end, policy)) return Math.min(fetchedAt + policy.liveTtlMs, end + policy.settleMs)
  const recent = fetchedAt < end + policy.settleMs + REVISIONS_MS
  return fetchedAt + (recent ? RECENT_TTL_MS : SETTLED_TTL_MS)
}

/** What an answer is worth at `now`. A clock that was set back makes an answer no better than just fetched. */
export function worthOf(fetchedAt: number, end: number, now: number, policy: Policy): Worth {
  if (now < freshUntil(fetchedAt, end, policy)) return 'fresh'
  const live = isLive(fetchedAt, end, policy)
  if (live && now < Math.min(fetchedAt + 2 * policy.liveTtlMs, end + policy.settleMs)) return 'revalidate'
  return now - fetchedAt <= policy.staleMaxMs ? 'expired' : 'gone'
}

/** For how many ms a second level keeps an answer: as long as it is good, and a while as a stand-in. */
export function keptFor(fetchedAt: number, end: number, policy: Policy): number {
  const good = Math.max(0, freshUntil(fetchedAt, end, policy) - fetchedAt)
  return good + (isLive(fetchedAt, end, policy) ? Math.min(policy.staleMaxMs, HOUR) : policy.staleMaxMs)
}
