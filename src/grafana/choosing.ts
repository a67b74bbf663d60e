import type { Query } from '../query/query.js'
import type { Target } from './target.js'

/** Upstream calls that a question would take by what is known now; `null`: it would be refused. Asks nothing upstream. */
export type Price = (query: Query) => Promise<number | null>

/** Calls that drawing one target may take when nobody asked for finer buckets. */
const FAIR_PRICE = 32

/**
 * Settles the interval of the targets that leave it to us, the same one for all of a panel: the smallest that takes a fair number of calls
 * for each of them, else the cheapest. A finer step than Portkey's own at that length costs a call a bucket, a day of minutes hundreds.
 */
export async function choosing(targets: readonly Target[], price: Price): Promise<ReadonlyMap<Target, Target>> {
  const settled = new Map(targets.map((target) => [target, target]))
  const alike = new Map<string, Target[]>()
  for (const target of targets) {
    if (target.choices.length < 2) continue
    const key = JSON.stringify(target.choices.map(({ interval, window, timeZone }) => [interval, window, timeZone]))
    alike.set(key, [...(alike.get(key) ?? []), target])
  }
  for (const members of alike.values()) {
    const at = await fairest(members, price)
    for (const target of members) settled.set(target, { ...target, query: target.choices[at] ?? target.query })
  }
  return settled
}

/** The position of the choice to take. A target that is refused even with the longest buckets has no say. */
async function fairest(targets: readonly Target[], price: Price): Promise<number> {
  const pricesAt = (at: number, asking: readonly Target[]) =>
    Promise.all(asking.flatMap(({ choices }) => choices.at(at) ?? []).map(price))
  const coarsest = await pricesAt(-1, targets)
  const asking = targets.filter((_, index) => coarsest[index] !== null)
  let cheapest = { at: 0, dearest: Number.POSITIVE_INFINITY }
  for (const at of targets[0]?.choices.keys() ?? []) {
    const prices = await pricesAt(at, asking)
    // One that would be refused for its price is dearer than any.
    const dearest = Math.max(0, ...prices.map((one) => one ?? Number.POSITIVE_INFINITY))
    if (dearest <= FAIR_PRICE) return at
    if (dearest < cheapest.dearest) cheapest = { at, dearest }
  }
  return cheapest.at
}
