import type { Point } from './question.js'

/** How near two numbers have to be, as the two sides count in another order. */
const RELATIVE = 1e-9

/** What a comparison knows beside the two answers. */
export type Allowance = {
  /** Sums that differences were taken of, by key of the reply. */
  readonly wholes: ReadonlyMap<string, number>
  /** Decimals that the upstream rounds its own averages to; `null` = none. */
  readonly averageDecimals: number | null
}

/** Averages that the upstream alone can compute, so that its rounding shows. */
const UPSTREAM_AVERAGES = new Set(['avgLatencyMs', 'avgCacheLatencyMs', 'avgWeightedFeedback', 'avgRequestsPerUser'])

/** The first difference between what was answered and what is right, in words; `null` when there is none. */
export function differenceOf(got: readonly Point[], right: readonly Point[], allowance: Allowance): string | null {
  for (const [index, expected] of right.entries()) {
    const point = got[index]
    if (point === undefined) return `row ${index} is missing: ${JSON.stringify(expected)}`
    const difference = pointDifference(point, expected, allowance)
    if (difference !== null) {
      return `row ${index} ${difference}\n  got   ${JSON.stringify(point)}\n  right ${JSON.stringify(expected)}`
    }
  }
  const extra = got[right.length]
  return extra === undefined ? null : `row ${right.length} is too many: ${JSON.stringify(extra)}`
}

function pointDifference(got: Point, right: Point, allowance: Allowance): string | null {
  const keys = Object.keys(right)
  const strange = Object.keys(got).find((key) => !Object.hasOwn(right, key))
  if (strange !== undefined) return `has a strange key ${strange}`
  for (const key of keys) {
    if (!Object.hasOwn(got, key)) return `lacks ${key}`
    if (!isNear(got[key], right[key], slackOf(key, Number(right.total), allowance))) return `differs in ${key}`
  }
  return null
}

function isNear(got: Point[string] | undefined, right: Point[string] | undefined, slack: number): boolean {
  if (typeof got !== 'number' || typeof right !== 'number') return got === right
  return Math.abs(got - right) <= slack + RELATIVE * Math.max(Math.abs(got), Math.abs(right))
}

function slackOf(key: string, total: number, { wholes, averageDecimals }: Allowance): number {
  if (key === 'total' || total === 0) return 0
  const whole = wholes.get(key)
  const rounding = averageDecimals !== null && UPSTREAM_AVERAGES.has(key) ? 0.5 * 10 ** -averageDecimals : 0
  if (whole === undefined) return rounding
  return rounding + (RELATIVE * whole) / (key.startsWith('avg') ? total : 1)
}
