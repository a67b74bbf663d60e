import { TokenBucket } from 'limiter'
import { LRUCache } from 'lru-cache'
import type { Principal } from '../engine.js'
import { ServiceError } from '../errors.js'

/** Counts questions, and requests that ask none, of principals that have a limit. */
export type RateLimit = {
  /** Counts one, unless there is no room for it. */
  readonly take: (principal: Principal) => boolean
  /** Counts one. Throws `RATE_LIMITED` with the time until there is room again. */
  readonly enforce: (principal: Principal) => void
}

const MINUTE = 60_000
/** Principals whose questions are counted at once: as many as a tokens file may hold. */
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
      // A target of Grafana is told in its own frame, which has no headers.
      const seconds = Math.max(1, Math.ceil(bucketOf(principal, requestsPerMinute).getWaitTime(1) / 1000))
      throw new ServiceError(
        'RATE_LIMITED',
        `This token may ask ${requestsPerMinute} questions a minute, other requests counted too, and has: ask again in ${seconds} s.`,
        { retryAfterSeconds: seconds },
      )
    },
  }
}
