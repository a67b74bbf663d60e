import type { Endpoint } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Part, partsOf } from './parts.js'
import type { CallNode, EachNode, Plan } from './plan.js'

/** Upstream calls that a plan is expected to take; equal calls are made once. */
export type Price = { readonly calls: number }

/** Prices a plan. Pure. */
export function priceOf(plan: Plan): Price {
  const calls = new Map<string, number>()
  collect(plan, new Map(), calls)
  return { calls: [...calls.values()].reduce((sum, count) => sum + count, 0) }
}

/**
 * The calls that so many runs of the body of an `each` take whatever is listed in it: what goes through values yet to be listed may
 * meet none. What does not depend on the value is asked once. Pure.
 */
export function leastOfRuns({ slot, body }: Pick<EachNode, 'slot' | 'body'>, runs: number): number {
  const calls = new Map<string, number>()
  collectSure(body, new Map([[slot, runs]]), calls)
  return [...calls.values()].reduce((sum, count) => sum + count, 0)
}

/** Every endpoint that a plan is expected to ask; parts that run only under a condition are left out. */
export function endpointsOf(plan: Plan): ReadonlySet<string> {
  const calls = new Map<string, number>()
  const endpoints = new Set<string>()
  collect(plan, new Map(), calls, endpoints)
  return endpoints
}

/** How often the body of each slot in reach runs. */
export type Repeats = ReadonlyMap<string, number>

/** Calls by what they ask: how many of each have been counted. */
export type Tally = Map<string, number>

/** Counts a call once for every value of the slots it uses, and says how many of those are not in the tally yet. */
export function countCall(call: CallNode, repeats: Repeats, tally: Tally): number {
  const key = JSON.stringify([endpointText(call.endpoint), call.window, call.where, call.columns])
  const times = slotsOf(call).reduce((product, slot) => product * (repeats.get(slot) ?? 1), 1)
  const seen = tally.get(key) ?? 0
  tally.set(key, Math.max(seen, times))
  return Math.max(0, times - seen)
}

/** The repeats inside a part. */
export function repeatsIn({ repeated }: Part, repeats: Repeats): Repeats {
  return repeated === null ? repeats : new Map([...repeats, [repeated.slot, repeated.runs]])
}

function collect(plan: Plan, repeats: Repeats, calls: Tally, endpoints = new Set<string>()): void {
  if (plan.op === 'call') {
    endpoints.add(endpointId(plan.endpoint))
    countCall(plan, repeats, calls)
  }
  for (const part of partsOf(plan)) {
    if (part.when === null) collect(part.plan, repeatsIn(part, repeats), calls, endpoints)
  }
}

function collectSure(plan: Plan, repeats: Repeats, calls: Tally): void {
  if (plan.op === 'call') countCall(plan, repeats, calls)
  const unsure = plan.op === 'each' && plan.source.kind === 'listing' ? plan.body : null
  for (const part of partsOf(plan)) {
    if (part.when === null && part.plan !== unsure) collectSure(part.plan, repeatsIn(part, repeats), calls)
  }
}

function slotsOf(call: CallNode): readonly string[] {
  return call.where.constraints.flatMap(({ values }) => (values.kind === 'slot' ? [values.slot] : []))
}

function endpointText(endpoint: Endpoint): string {
  return endpoint.kind === 'metadataGroup' ? `metadata/${endpoint.key}` : `${endpoint.kind}/${endpoint.name}`
}
