import { stretchesOf } from './clock.js'
import type { Span } from './question.js'

const DAY = 86_400_000
const SECOND = 1_000
const FIXED = new Map([
  ['second', SECOND],
  ['minute', 60 * SECOND],
  ['hour', 3_600 * SECOND],
  ['day', DAY],
])
const FIRST_MONDAY = Date.UTC(1970, 0, 5)

/** How an interval counts on a wall clock whose readings are written as if they were UTC. */
export type Grid = {
  readonly numberAt: (wall: number) => number
  readonly startOf: (number: number) => number
  /** Length of the shortest bucket, ms. */
  readonly shortest: number
}

/** The grid of an interval such as `5 minutes`. */
export function gridOf(interval: string): Grid {
  const [amountText = '', word = ''] = interval.trim().toLowerCase().split(/ +/)
  const amount = Number(amountText)
  const unit = word.replace(/s$/, '')
  const fixed = FIXED.get(unit)
  if (fixed !== undefined) return even(amount * fixed, 0)
  if (unit === 'week') return even(amount * 7 * DAY, FIRST_MONDAY)
  if (unit === 'month' || unit === 'year') return calendar(amount * (unit === 'year' ? 12 : 1))
  throw new Error(`the oracle knows no interval ${interval}`)
}

/**
 * Edges of the buckets that the window touches, ms: bucket i is `[edges[i], edges[i + 1])`. A bucket starts where its number
 * is first reached. A clock that is set back by no less than a bucket starts its numbers again; by less, the bucket lasts.
 */
export function edgesOf(span: Span, interval: string, zone: string): readonly number[] {
  const grid = gridOf(interval)
  const from = grid.startOf(grid.numberAt(span.start) - 1) - 2 * DAY
  const to = grid.startOf(grid.numberAt(span.end) + 2) + 2 * DAY
  const starts: number[] = []
  let reached = Number.NEGATIVE_INFINITY
  let offsetBefore: number | null = null
  const stretches = stretchesOf(zone, from, to)
  for (const [index, { from: begin, offset }] of stretches.entries()) {
    const end = stretches[index + 1]?.from ?? to
    if (offsetBefore !== null && offsetBefore - offset >= grid.shortest) reached = Number.NEGATIVE_INFINITY
    offsetBefore = offset
    for (let at = begin; at < end; ) {
      const number = grid.numberAt(at + offset)
      if (number > reached) {
        starts.push(at)
        reached = number
      }
      at = grid.startOf(number + 1) - offset
    }
  }
  const first = starts.findLastIndex((start) => start <= span.start)
  const last = starts.findIndex((start) => start >= span.end)
  return starts.slice(first, last + 1)
}

function even(size: number, origin: number): Grid {
  return {
    numberAt: (wall) => Math.floor((wall - origin) / size),
    startOf: (number) => origin + number * size,
    shortest: size,
  }
}

function calendar(months: number): Grid {
  return {
    numberAt(wall) {
      const date = new Date(wall)
      return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months)
    },
    startOf(number) {
      const date = new Date(0)
      date.setUTCFullYear(Math.floor((number * months) / 12), (number * months) % 12, 1)
      return date.getTime()
    },
    shortest: months * 28 * DAY,
  }
}
