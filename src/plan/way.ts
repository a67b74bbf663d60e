import type { MeasureKey, Plan } from './plan.js'

/** A way to answer: its price, and the plan, built only if it is chosen. */
export type Way = {
  readonly kind: 'way'
  /** Expected upstream calls. */
  readonly calls: number
  /** Calls that it takes whatever is listed. */
  readonly least: number
  /** Calls that have to wait for each other. */
  readonly rounds: number
  readonly build: () => Plan
}

/** Nothing gives these measures exactly. */
export type Impossible = { readonly kind: 'impossible'; readonly measures: readonly MeasureKey[] }

/** What planning a part comes to: a priced way, or that there is none. */
export type Costed = Way | Impossible

/** The cheapest of several ways, ties broken by fewer rounds, then by order; what the first lacks when none is possible. */
export function cheapest(ways: readonly (Costed | null)[]): Costed {
  let best: Way | null = null
  let obstacle: Impossible | null = null
  for (const way of ways) {
    if (way === null) continue
    if (way.kind === 'impossible') obstacle ??= way
    else if (best === null || way.calls < best.calls || (way.calls === best.calls && way.rounds < best.rounds))
      best = way
  }
  return best ?? obstacle ?? { kind: 'impossible', measures: ['requests'] }
}

/** A way whose plan is changed. */
export function wrapped(way: Costed, wrap: (plan: Plan) => Plan, more: More = NONE): Costed {
  if (way.kind === 'impossible') return way
  const { calls, rounds, least = 0 } = more
  return {
    kind: 'way',
    calls: way.calls + calls,
    least: way.least + least,
    rounds: way.rounds + rounds,
    build: () => wrap(way.build()),
  }
}

/** Several ways side by side, their plans joined. */
export function joined(ways: readonly Costed[], join: (plans: readonly Plan[]) => Plan): Costed {
  const possible: Way[] = []
  for (const way of ways) {
    if (way.kind === 'impossible') return way
    possible.push(way)
  }
  return {
    kind: 'way',
    calls: possible.reduce((sum, way) => sum + way.calls, 0),
    least: Math.max(0, ...possible.map((way) => way.least)),
    rounds: Math.max(0, ...possible.map((way) => way.rounds)),
    build: () => join(possible.map((way) => way.build())),
  }
}

/** One plan as it is, several merged. */
export function merged(plans: readonly Plan[]): Plan {
  const [only] = plans
  return plans.length === 1 && only ? only : { op: 'merge', parts: plans }
}

/** What is added to a price. */
type More = { readonly calls: number; readonly rounds: number; readonly least?: number }

const NONE: More = { calls: 0, rounds: 0 }
