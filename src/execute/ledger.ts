import type { Tiles } from '../cache/points.js'
import type { Part } from '../cache/upstream.js'

/** What the parts of an answer were, as they came in. */
export type Ledger = {
  readonly part: (part: Pick<Part, 'origin' | 'fetchedAt' | 'freshUntil' | 'live'>) => void
  readonly tiles: (tiles: Tiles) => void
  /** A call that was sent and gave no answer. */
  readonly sent: () => void
  /**
   * Whether unsettled parts are of moments far apart because some were held: their numbers may then differ by what arrived in between,
   * which a difference would take for something else.
   */
  readonly torn: () => boolean
  readonly sum: () => Summary
}

/** How much of an answer was held; in a reply it is the header `x-cache`. */
export type CacheState = 'hit' | 'partial' | 'miss' | 'stale'

/** What an answer is as a whole. */
export type Summary = {
  readonly cache: CacheState
  /** Epoch ms of the oldest part; `null` when there is none. */
  readonly oldestAt: number | null
  /** Epoch ms until which every part is good; infinite when there is none. */
  readonly freshUntil: number
  /** Moments (epoch ms) of the oldest and the newest part that was unsettled when it was asked for; `null` when all were settled. */
  readonly live: { readonly oldest: number; readonly newest: number } | null
}

/** Calls of one run are this far apart anyway. */
const SAME_MOMENT_MS = 1_000

/** A ledger of a question that is asked at `now`, epoch ms. */
export function openLedger(now: number): Ledger {
  let held = 0
  let sent = 0
  let stale = false
  let oldestAt: number | null = null
  let freshUntil = Number.POSITIVE_INFINITY
  let live: Summary['live'] = null

  const note = (fetchedAt: number, good: number): void => {
    oldestAt = Math.min(oldestAt ?? fetchedAt, fetchedAt)
    freshUntil = Math.min(freshUntil, good)
  }
  const noteLive = (at: number): void => {
    live = { oldest: Math.min(live?.oldest ?? at, at), newest: Math.max(live?.newest ?? at, at) }
  }
  return {
    part(part) {
      note(part.fetchedAt, part.freshUntil)
      if (part.live) noteLive(part.fetchedAt)
      if (part.origin === 'held') held += 1
      else if (part.origin === 'stale') stale = true
      else sent += 1
    },
    tiles(tiles) {
      note(tiles.fetchedAt, tiles.freshUntil)
      for (const at of tiles.live) noteLive(at)
      held += 1
      stale ||= tiles.stale
    },
    sent() {
      sent += 1
    },
    torn: () => live !== null && live.newest - live.oldest > SAME_MOMENT_MS && live.oldest < now - SAME_MOMENT_MS,
    sum: () => ({
      cache: stale ? 'stale' : sent === 0 ? 'hit' : held > 0 ? 'partial' : 'miss',
      oldestAt,
      freshUntil,
      live,
    }),
  }
}

/** What several answers are together. */
export function summed(summaries: readonly Summary[]): Summary {
  const states = summaries.map(({ cache }) => cache)
  const ages = summaries.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]))
  const live = summaries.flatMap((summary) => (summary.live === null ? [] : [summary.live]))
  return {
    cache: states.includes('stale')
      ? 'stale'
      : states.every((state) => state === states[0])
        ? (states[0] ?? 'hit')
        : 'partial',
    oldestAt: ages.length === 0 ? null : Math.min(...ages),
    freshUntil: Math.min(...summaries.map((summary) => summary.freshUntil)),
    live:
      live.length === 0
        ? null
        : {
            oldest: Math.min(...live.map(({ oldest }) => oldest)),
            newest: Math.max(...live.map(({ newest }) => newest)),
          },
  }
}
