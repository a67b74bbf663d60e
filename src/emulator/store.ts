import type { TrafficRow } from './row.js'

/** Rows sorted by `at`. */
export type Store = {
  /** Rows with `at` in [min, max] that analytics shows at `now` and that pass the test, in order of `at`. */
  visible(min: number, max: number, now: number, test?: RowTest): readonly TrafficRow[]
}

/** Whether a row counts. */
export type RowTest = (row: TrafficRow) => boolean

/** Where the rows of a minute (counted from 1970-01-01) come from. */
export type MinuteSource = (minute: number) => readonly TrafficRow[]

const MINUTE = 60_000

/** A store over fixed rows, in any order. */
export function fixedStore(rows: readonly TrafficRow[]): Store {
  const shelf = createShelf()
  for (const row of [...rows].sort((a, b) => a.at - b.at)) shelf.put(row)
  return { visible: shelf.visible }
}

/** A store that generates every minute from `start` (epoch ms) to the present, each one when it is first needed. */
export function growingStore(source: MinuteSource, start: number): Store {
  const shelf = createShelf()
  let nextMinute = Math.floor(start / MINUTE)
  return {
    visible(min, max, now, test) {
      for (const present = Math.floor(now / MINUTE); nextMinute <= present; nextMinute++) {
        for (const row of source(nextMinute)) shelf.put(row)
      }
      return shelf.visible(min, max, now, test)
    },
  }
}

/** Index of the first of the sorted things that is not before the instant. */
export function firstNotBefore<T>(sorted: readonly T[], instant: number, timeOf: (thing: T) => number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const thing = sorted[middle]
    if (thing !== undefined && timeOf(thing) < instant) low = middle + 1
    else high = middle
  }
  return low
}

type Shelf = Store & { put(row: TrafficRow): void }

const itself = (instant: number): number => instant

/** Rows put in order of `at`. Their times lie beside them, packed: a call over a year reads far less memory so. */
function createShelf(): Shelf {
  const rows: TrafficRow[] = []
  const ats: number[] = []
  const visibleFrom: number[] = []
  return {
    put(row) {
      rows.push(row)
      ats.push(row.at)
      visibleFrom.push(row.visibleAt)
    },
    visible(min, max, now, test) {
      const end = firstNotBefore(ats, Math.min(max, now) + 1, itself)
      const picked: TrafficRow[] = []
      for (let index = firstNotBefore(ats, min, itself); index < end; index++) {
        const row = rows[index]
        if (row === undefined || (visibleFrom[index] ?? 0) > now) continue
        if (test === undefined || test(row)) picked.push(row)
      }
      return picked
    },
  }
}
