import { type Part, partsOf } from './parts.js'
import type { Plan } from './plan.js'

/** How often the body of each slot in reach runs. */
export type Repeats = ReadonlyMap<string, number>

/** Where a walk over a plan has come to: a part of it, and what stands around it. */
export type Place = Part & {
  readonly repeats: Repeats
  /** No condition has to hold for it to run. */
  readonly expected: boolean
  /** It runs whatever is listed: nothing around it goes through values yet to be listed, of which there may be none. */
  readonly sure: boolean
}

/**
 * What a plan comes to, each node's share made by `visit` of where it stands and of what its parts come to; `parts` walks them, in
 * the order in which they are begun, and a visit that does not call it leaves them out. `repeats`: slots bound around the plan.
 */
export function walk<Value>(plan: Plan, visit: Visit<Value>, repeats: Repeats = new Map()): Value {
  return walkFrom({ as: null, plan, when: null, repeated: null, repeats, expected: true, sure: true }, visit)
}

/** What is done at a place of a walk. */
export type Visit<Value> = (place: Place, parts: () => readonly Value[]) => Value

function walkFrom<Value>(place: Place, visit: Visit<Value>): Value {
  return visit(place, () => partsOf(place.plan).map((part) => walkFrom(inside(place, part), visit)))
}

function inside({ repeats, expected, sure }: Place, part: Part): Place {
  const { when, repeated } = part
  return {
    ...part,
    repeats: repeated === null ? repeats : new Map([...repeats, [repeated.slot, repeated.runs]]),
    expected: expected && when === null,
    sure: sure && repeated?.listed !== true,
  }
}
