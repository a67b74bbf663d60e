import type { GroupValue } from '../plan/plan.js'

/** What the rows of one bucket are ordered by, in columns. */
export type Rows = {
  readonly totals: ArrayLike<number>
  /** One array a group. */
  readonly keys: readonly (readonly GroupValue[])[]
}

/** Compares two rows by their indexes: `total` descending, then values ascending, null last. */
export function byRow({ totals, keys }: Rows): (one: number, other: number) => number {
  return (one, other) => {
    const byTotal = (totals[other] ?? 0) - (totals[one] ?? 0)
    if (byTotal !== 0) return byTotal
    for (const column of keys) {
      const order = compareValues(column[one] ?? null, column[other] ?? null)
      if (order !== 0) return order
    }
    return 0
  }
}

/** The different combinations of values in some rows, numbered as they come. */
export type Combinations = {
  /** The number of a row's combination. */
  readonly numberOf: (index: number) => number
  /** The first row of each. */
  readonly firsts: readonly number[]
  /** The requests of each, in all of its rows. */
  readonly totals: readonly number[]
}

/** Counts the combinations of values in the rows of these indexes. */
export function combinationsOf(indexes: readonly number[], { totals, keys }: Rows): Combinations {
  const numbers = new Map<string, number>()
  const firsts: number[] = []
  const sums: number[] = []
  const nameOf = (index: number) => JSON.stringify(keys.map((column) => column[index] ?? null))
  for (const index of indexes) {
    const name = nameOf(index)
    const number = numbers.get(name) ?? firsts.length
    if (number === firsts.length) {
      numbers.set(name, number)
      firsts.push(index)
      sums.push(0)
    }
    sums[number] = (sums[number] ?? 0) + (totals[index] ?? 0)
  }
  return { numberOf: (index) => numbers.get(nameOf(index)) ?? -1, firsts, totals: sums }
}

/** Ascending, text by code unit; null comes last. */
function compareValues(one: GroupValue, other: GroupValue): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one < other ? -1 : 1
}
