import { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import type { Principal } from '../engine.js'
import { ServiceError } from '../errors.js'

/** Counts requests of principals that have a limit. */
export type RateLimit = {
  /** Counts one request, unless there is no room for it. */
  readonly take: (principal: Principal) => boolean
  /** Counts one request. Throws `RATE_LIMITED` with the time until there is room again. */
  readonly enforce: (principal: Principal) => void
}

const MINUTE = 60_000
/** Principals whose requests are counted at once: as many as a tokens file may hold. */
const MOST = 10_000

/** A bucket for each principal and limit: a changed limit begins with a full one. */
export const createRateLimit = (): RateLimit => {
  const buckets = new LRUCache<string, TokenBucket>({ max: MOST })

  const bucketOf = ({ share }: Principal, requestsPerMinute: number): TokenBucket => {
    const name = `${requestsPerMinute} ${share}`
    const known = buckets.get(name)
    if (known !== undefined) return known
    const size = { bucketSize: requestsPerMinute, tokensPerInterval: requestsPerMinute, interval: MINUTE }
    const bucket = new TokenBucket(size)
    bucket.content = requestsPerMinute
    buckets.set(name, bucket)
    return bucket
  }

  const take: RateLimit['take'] = (principal) =>
    principal.requestsPerMinute === null || bucketOf(principal, principal.requestsPerMinute).tryRemoveTokens(1)

  return {
    take,
    enforce(principal) {
      const { requestsPerMinute } = principal
      if (requestsPerMinute === null || take(principal)) return
      throw new ServiceError(
        'RATE_LIMITED',
        `This token may send ${requestsPerMinute} requests a minute, and has: ask again after the time in retry-after.`,
        { retryAfterSeconds: Math.ceil(bucketOf(principal, requestsPerMinute).getWaitTime(1) / 1000) },
      )
    },
  }
}
