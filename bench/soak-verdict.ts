import { quantile } from './compare.js'
import type { KindTally, Tally } from './soak-load.js'
import { REQUESTS_PER_MINUTE } from './soak-tokens.js'

/** Resident memory of the service at a moment of a soak. */
export type Sample = { readonly seconds: number; readonly mebibytes: number; readonly questions: number }

/** One thing that a soak promises, and whether it was so. */
export type Finding = { readonly says: string; readonly holds: boolean }

/** How far the mean of the last third may be above that of the middle third and still be flat, in %. */
export const FLAT_PERCENT = 5
/** How many times the 99th percentile of the middle third that of the last one may be. */
const MOST_SLOWER = 2
const MINUTE_MS = 60_000
const THIRDS = [0, 1, 2] as const

/** Middle and last third of the memory. */
export function memoryFinding(samples: readonly Sample[]): Finding {
  const third = Math.floor(samples.length / 3)
  const middle = meanMebibytes(samples.slice(third, 2 * third))
  const last = meanMebibytes(samples.slice(2 * third))
  const growth = 100 * (last / middle - 1)
  const sign = growth >= 0 ? '+' : ''
  return {
    says: `memory: middle third ${middle.toFixed(1)} MiB, last third ${last.toFixed(1)} MiB: ${sign}${growth.toFixed(1)} %, target <= ${FLAT_PERCENT} %`,
    holds: growth <= FLAT_PERCENT,
  }
}

/** Mean resident memory. */
export function meanMebibytes(samples: readonly Sample[]): number {
  return samples.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / Math.max(1, samples.length)
}

type Replies = KindTally['replies']

/** The 99th percentiles of all replies together, and the worst one of a kind beside the longest that a reply may take. */
export function latencyFindings(tally: Tally, ms: number, requestTimeoutMs: number): readonly Finding[] {
  const all = [...tally.values()].flatMap(({ replies }) => replies)
  const [, middle, last] = quantiles(all, ms, 0.99)
  const ratio = (last ?? Number.NaN) / (middle ?? Number.NaN)
  const worst = Math.max(
    ...[...tally.values()].flatMap(({ replies }) => quantiles(replies, ms, 0.99)).filter(Number.isFinite),
  )
  return [
    {
      says: `p99 of all: middle third ${shown(middle)} ms, last third ${shown(last)} ms: ${ratio.toFixed(2)} ×, target <= ${MOST_SLOWER}`,
      holds: ratio <= MOST_SLOWER,
    },
    {
      says: `p99 of the slowest kind in any third: ${shown(worst)} ms, target < ${requestTimeoutMs} (REQUEST_TIMEOUT_MS)`,
      holds: worst < requestTimeoutMs,
    },
  ]
}

/** Nothing lost, and no reply that may not be. */
export function replyFindings(tally: Tally): readonly Finding[] {
  const unsound = [...tally].flatMap(([kind, of]) =>
    [...of.unsound].map((outcome) => `${kind}: ${outcome} (${of.outcomes.get(outcome)} ×)`),
  )
  const lost = unsound.filter((one) => one.includes(': lost'))
  const others = unsound.filter((one) => !lost.includes(one))
  return [
    { says: `requests without a reply: ${listed(lost)}`, holds: lost.length === 0 },
    { says: `replies that may not be: ${listed(others)}`, holds: others.length === 0 },
  ]
}

/** Who may send so many requests a minute gets so many, however often the file is read again: no more, and not much less. */
export function limitFinding(limited: KindTally | undefined, ms: number): Finding {
  const outcomes = [...(limited?.outcomes ?? [])]
  const count = (isSo: (outcome: string) => boolean) =>
    outcomes.reduce((sum, [outcome, times]) => sum + (isSo(outcome) ? times : 0), 0)
  const refused = count((outcome) => outcome.startsWith('429'))
  const admitted = count((outcome) => !outcome.startsWith('429'))
  const minutes = ms / MINUTE_MS
  const most = REQUESTS_PER_MINUTE * (1 + minutes)
  const least = refused === 0 ? 0 : REQUESTS_PER_MINUTE * Math.max(1, 0.9 * minutes)
  return {
    says: `with ${REQUESTS_PER_MINUTE} requests a minute: ${admitted} admitted, ${refused} refused, target ${least.toFixed(0)} to ${most.toFixed(0)}`,
    holds: admitted >= least && admitted <= most,
  }
}

/** Rows of a table: p50 and p99 in ms of each third, by kind. */
export function latencyRows(tally: Tally, ms: number): readonly (readonly string[])[] {
  const all: readonly [string, Replies] = ['all', [...tally.values()].flatMap(({ replies }) => replies)]
  const kinds = [...tally].toSorted(byName).map(([kind, { replies }]) => [kind, replies] as const)
  return [...kinds, all]
    .filter(([, replies]) => replies.length > 0)
    .map(([kind, replies]) => {
      const medians = quantiles(replies, ms, 0.5)
      const slowest = quantiles(replies, ms, 0.99)
      return [kind, String(replies.length), ...THIRDS.map((at) => `${shown(medians[at])} / ${shown(slowest[at])}`)]
    })
}

/** By the names of the kinds. */
export function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

/** A quantile of each third of the time. */
function quantiles(replies: Replies, ms: number, part: number): readonly number[] {
  return THIRDS.map((third) => {
    const some = replies.filter(({ at }) => Math.min(2, Math.floor((3 * at) / ms)) === third)
    return quantile(
      some.map((reply) => reply.ms),
      part,
    )
  })
}

function shown(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? '-' : ms.toFixed(ms < 10 ? 1 : 0)
}

function listed(some: readonly string[]): string {
  return some.length === 0 ? 'none' : some.join('; ')
}
