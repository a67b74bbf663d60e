import type { Endpoint } from '../portkey/call.js'
import type { CallNode, Plan } from './plan.js'

/** How many values a dimension is taken to have before it was listed. Only prices rest on it. */
export const GUESSED_VALUES = 10

/** Upstream calls that a plan is expected to take; equal calls are made once. */
export type Price = { readonly calls: number }

/** Prices a plan. Pure. */
export function priceOf(plan: Plan): Price {
  const calls = new Map<string, number>()
  collect(plan, new Map(), calls)
  return { calls: [...calls.values()].reduce((sum, count) => sum + count, 0) }
}

/** How often the body of each slot in reach runs. */
type Repeats = ReadonlyMap<string, number>

function collect(plan: Plan, repeats: Repeats, calls: Map<string, number>): void {
  switch (plan.op) {
    case 'call': {
      const key = JSON.stringify([endpointText(plan.endpoint), plan.window, plan.where, plan.columns])
      const times = slotsOf(plan).reduce((product, slot) => product * (repeats.get(slot) ?? 1), 1)
      calls.set(key, Math.max(calls.get(key) ?? 0, times))
      return
    }
    case 'merge':
    case 'add':
      for (const part of plan.parts) collect(part, repeats, calls)
      return
    case 'subtract':
      collect(plan.part, repeats, calls)
      if (plan.check) collect(plan.check, repeats, calls)
      return
    case 'each': {
      if (plan.source.kind === 'listing') collect(plan.source.of, repeats, calls)
      const values = plan.source.kind === 'listing' ? GUESSED_VALUES : plan.source.items.length
      collect(plan.body, new Map([...repeats, [plan.slot, plan.how.kind === 'together' ? 1 : values]]), calls)
      return
    }
    case 'rebucket':
    case 'keep':
      collect(plan.of, repeats, calls)
      return
    case 'guard':
      collect(plan.check, repeats, calls)
      collect(plan.of, repeats, calls)
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
