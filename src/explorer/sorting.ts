import type { Row } from './answer.js'

/** Which key of the rows to sort by, and which way. */
export type Order = { readonly key: string; readonly descending: boolean }

/** Rows in the order of one key's values: numbers by size, texts by code unit, nulls last either way. Equal ones keep their order. */
export const sortRows = (rows: readonly Row[], { key, descending }: Order): readonly Row[] => {
  const sign = descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [one[key] ?? null, other[key] ?? null]
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
    return sign * compare(a, b)
  })
}

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [one, other] = [String(a), String(b)]
  if (one === other) return 0
  return one < other ? -1 : 1
}
