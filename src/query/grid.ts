import type { Interval } from './query.js'

/**
 * The numbered buckets of an interval on one wall clock. Local times are written as epoch ms of the same reading in UTC.
 */
export type Grid = {
  /** The bucket that holds a local time. */
  labelAt(local: number): number
  /** The local time at which a bucket starts. */
  startOf(label: number): number
  /** Length in ms of the shortest bucket. */
  readonly shortest: number
}

const DAY = 86_400_000
/** 1970-01-05, the first Monday. */
const FIRST_MONDAY = 4 * DAY

/** Fixed units count from 1970-01-01, weeks from Monday 1970-01-05, months from year 0 of the calendar. */
export function gridOf(interval: Interval): Grid {
  switch (interval.unit) {
    case 'fixed':
      return evenGrid(interval.seconds * 1_000, 0)
    case 'week':
      return evenGrid(interval.weeks * 7 * DAY, FIRST_MONDAY)
    case 'month':
      return monthGrid(interval.months)
  }
}

function evenGrid(size: number, origin: number): Grid {
  return {
    labelAt: (local) => Math.floor((local - origin) / size),
    startOf: (label) => label * size + origin,
    shortest: size,
  }
}

function monthGrid(months: number): Grid {
  return {
    labelAt(local) {
      const date = new Date(local)
      return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months)
    },
    startOf: (label) => Date.UTC(Math.floor((label * months) / 12), (label * months) % 12),
    shortest: months * 28 * DAY,
  }
}
