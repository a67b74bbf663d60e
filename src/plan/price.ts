import { endpointId } from '../portkey/endpoints.js'
import { placeOf } from './capabilities.js'
import type { CallNode, EachNode, Plan } from './plan.js'
import { type Place, type Repeats, walk } from './walk.js'
import { slotsIn } from './where.js'

/** Upstream calls that a plan is expected to take; equal calls are made once. */
export type Price = { readonly calls: number }

/** Prices a plan. Pure. */
export function priceOf(plan: Plan): Price {
  return { calls: countCalls(plan, ({ expected }) => expected) }
}

/**
 * The calls that so many runs of the body of an `each` take whatever is listed in it: what goes through values yet to be listed may
 * meet none. What does not depend on the value is asked once. Pure.
 */
export function leastOfRuns({ slot, body }: Pick<EachNode, 'slot' | 'body'>, runs: number): number {
  return countCalls(body, ({ expected, sure }) => expected && sure, new Map([[slot, runs]]))
}

/** Every endpoint that a plan is expected to ask; parts that run only under a condition are left out. */
export function endpointsOf(plan: Plan): ReadonlySet<string> {
  const endpoints = new Set<string>()
  walk<void>(plan, ({ plan: node, expected }, parts) => {
    if (!expected) return
    if (node.op === 'call') endpoints.add(endpointId(node.endpoint))
    parts()
  })
  return endpoints
}

/** Calls by what they ask: how many of each have been counted. */
export type Tally = Map<string, number>

/** Counts a call once for every value of the slots it uses, and says how many of those are not in the tally yet. */
export function countCall(call: CallNode, repeats: Repeats, tally: Tally): number {
  const key = JSON.stringify([placeOf(call.endpoint), call.window, call.where, call.columns])
  const times = slotsIn(call.where).reduce((product, { slot }) => product * (repeats.get(slot) ?? 1), 1)
  const seen = tally.get(key) ?? 0
  tally.set(key, Math.max(seen, times))
  return Math.max(0, times - seen)
}

/** The different calls of the parts that count. */
function countCalls(plan: Plan, counts: (place: Place) => boolean, repeats?: Repeats): number {
  const tally: Tally = new Map()
  return walk<number>(
    plan,
    (place, parts) => {
      if (!counts(place)) return 0
      if (place.plan.op === 'call') return countCall(place.plan, place.repeats, tally)
      return parts().reduce((sum, calls) => sum + calls, 0)
    },
    repeats,
  )
}
