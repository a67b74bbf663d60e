import { sealOf } from './codec-seal.js'
import type { Held } from './held.js'
import { awaitClaim, takeClaim } from './redis-claim.js'
import type { Link } from './redis-link.js'

/** One flight across replicas; see `SecondLevel`. */
export type ShareFlight = (
  key: string,
  secret: string,
  accepts: (held: Held) => boolean,
  load: () => Promise<Held>,
  ttlMs: (held: Held) => number,
  signal: AbortSignal,
) => Promise<Once>

/** What a flight gave; `theirs`: another replica asked for it. */
export type Once = { readonly held: Held; readonly theirs: boolean }

type Values = {
  readonly read: (key: string, secret: string) => Promise<Held | null>
  /** Resolves when it is kept or cannot be, and says which. */
  readonly write: (key: string, secret: string, held: Held, ttlMs: number) => Promise<boolean>
  /** Takes care of what nobody waits for. */
  readonly inBackground: (work: Promise<unknown>) => void
}

/** Flights of others to wait for before asking oneself: the first may have been killed, or have kept what one cannot use. */
const MOST_WAITS = 2

/** `SecondLevel.once` over one link: a claim in Redis, kept for `claimMs` at a time, says who flies. */
export function shareFlights(link: Link, claimMs: number, values: Values): ShareFlight {
  return async (key, secret, accepts, load, ttlMs, signal) => {
    const name = sealOf(secret).nameOf('claim', key)

    const accepted = async (): Promise<Held | null> => {
      const held = await values.read(key, secret)
      return held !== null && accepts(held) ? held : null
    }

    const flyAlone = async () => {
      const held = await load()
      values.inBackground(values.write(key, secret, held, ttlMs(held)))
      return { held, theirs: false }
    }

    for (let waits = 0; waits < MOST_WAITS; waits += 1) {
      signal.throwIfAborted()
      // Looked up right behind the claim: another may have kept it since the caller's last look.
      const [claim, kept] = await Promise.all([takeClaim(link, name, claimMs), accepted()])
      if (kept !== null) {
        if (claim.kind === 'mine') claim.release('kept')
        return { held: kept, theirs: true }
      }
      if (claim.kind === 'away') return flyAlone()
      if (claim.kind === 'mine') return flyClaimed(claim.release)
      const end = await awaitClaim(link, name, signal)
      const found = end === 'away' ? null : await accepted()
      if (found !== null) return { held: found, theirs: true }
      if (end !== 'over') break
    }
    return flyAlone()

    async function flyClaimed(release: (outcome: 'kept' | 'failed') => void) {
      try {
        signal.throwIfAborted()
        const held = await load()
        const written = values.write(key, secret, held, ttlMs(held))
        values.inBackground(written.then((kept) => release(kept ? 'kept' : 'failed')))
        return { held, theirs: false }
      } catch (error) {
        // Whoever left has not failed: the next may try.
        release(signal.aborted ? 'kept' : 'failed')
        throw error
      }
    }
  }
}
