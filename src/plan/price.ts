import type { Endpoint } from '../portkey/call.js'
import { endpointId } from './capabilities.js'
import type { CallNode, EachNode, Plan } from './plan.js'

/** Upstream calls that a plan is expected to take; equal calls are made once. */
export type Price = { readonly calls: number }

/** Prices a plan. Pure. */
export function priceOf(plan: Plan): Price {
  const calls = new Map<string, number>()
  collect(plan, new Map(), calls)
  return { calls: [...calls.values()].reduce((sum, count) => sum + count, 0) }
}

/** Calls of the body of an `each` for so many runs; what does not depend on the value is asked once. Pure. */
export function callsOfRuns({ slot, body }: Pick<EachNode, 'slot' | 'body'>, runs: number): number {
  const calls = new Map<string, number>()
  collect(body, new Map([[slot, runs]]), calls)
  return [...calls.values()].reduce((sum, count) => sum + count, 0)
}

/** Every endpoint that a plan may ask. */
export function endpointsOf(plan: Plan): ReadonlySet<string> {
  const calls = new Map<string, number>()
  const endpoints = new Set<string>()
  collect(plan, new Map(), calls, endpoints)
  return endpoints
}

/** How often the body of each slot in reach runs. */
type Repeats = ReadonlyMap<string, number>

function collect(plan: Plan, repeats: Repeats, calls: Map<string, number>, endpoints = new Set<string>()): void {
  switch (plan.op) {
    case 'call': {
      const key = JSON.stringify([endpointText(plan.endpoint), plan.window, plan.where, plan.columns])
      const times = slotsOf(plan).reduce((product, slot) => product * (repeats.get(slot) ?? 1), 1)
      endpoints.add(endpointId(plan.endpoint))
      calls.set(key, Math.max(calls.get(key) ?? 0, times))
      return
    }
    case 'merge':
    case 'add':
      for (const part of plan.parts) collect(part, repeats, calls, endpoints)
      return
    case 'minus':
      collect(plan.whole, repeats, calls, endpoints)
      collect(plan.part, repeats, calls, endpoints)
      return
    case 'subtract':
      collect(plan.part, repeats, calls, endpoints)
      collect(plan.listing, repeats, calls, endpoints)
      if (plan.check && !plan.check.trusted) collect(plan.check.plan, repeats, calls, endpoints)
      if (plan.whole && !plan.own) collect(plan.whole, repeats, calls, endpoints)
      return
    case 'each': {
      if (plan.source.kind === 'listing') collect(plan.source.of, repeats, calls, endpoints)
      if (plan.check && !plan.check.trusted) collect(plan.check.plan, repeats, calls, endpoints)
      const values = plan.source.kind === 'listing' ? plan.expected : plan.source.items.length
      collect(
        plan.body,
        new Map([...repeats, [plan.slot, plan.how.kind === 'together' ? 1 : values]]),
        calls,
        endpoints,
      )
      return
    }
    case 'pair':
      if (plan.source.kind === 'listing') collect(plan.source.of, repeats, calls, endpoints)
      else {
        collect(plan.proof.own, repeats, calls, endpoints)
        collect(plan.proof.asked, repeats, calls, endpoints)
      }
      collect(plan.body, repeats, calls, endpoints)
      return
    case 'rebucket':
    case 'keep':
    case 'fold':
    case 'spread':
      collect(plan.of, repeats, calls, endpoints)
      return
    case 'guard':
      collect(plan.listing, repeats, calls, endpoints)
      if (!plan.check.trusted) collect(plan.check.plan, repeats, calls, endpoints)
      collect(plan.of, repeats, calls, endpoints)
      return
    case 'empty':
      return
  }
}

function slotsOf(call: CallNode): readonly string[] {
  return call.where.constraints.flatMap(({ values }) => (values.kind === 'slot' ? [values.slot] : []))
}

function endpointText(endpoint: Endpoint): string {
  return endpoint.kind === 'metadataGroup' ? `metadata/${endpoint.key}` : `${endpoint.kind}/${endpoint.name}`
}
