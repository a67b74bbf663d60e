import { queryKey } from '../query/canonical.js'
import type { Query } from '../query/query.js'

/**
 * Questions that differ in nothing but their aggregations, put together: one of them all, to be asked first. `members` are positions in the
 * list that was given.
 */
export type Shared = { readonly query: Query; readonly members: readonly number[] }

/** The fewest questions that answer all of these: panels often draw columns of one listing. */
export function together(queries: readonly Query[]): readonly Shared[] {
  const bundles = new Map<string, number[]>()
  for (const [index, query] of queries.entries()) {
    const key = queryKey({ ...query, aggregations: [] })
    const members = bundles.get(key)
    if (members === undefined) bundles.set(key, [index])
    else members.push(index)
  }
  return [...bundles.values()].flatMap((members) => {
    const own = members.flatMap((index) => queries[index] ?? [])
    const [first] = own
    if (first === undefined) return []
    const aggregations = new Map(own.flatMap((query) => query.aggregations.map((one) => [one.key, one] as const)))
    return [{ query: { ...first, aggregations: [...aggregations.values()] }, members }]
  })
}
