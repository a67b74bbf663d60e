import { dimensionId } from '../catalog/dimensions.js'
import { placeOf } from './capabilities.js'
import { exactnessOf } from './exactness.js'
import type { CallNode, Constraint, Plan, Where } from './plan.js'
import { countCall, type Tally } from './price.js'
import { NOTHING, type Trace } from './trace.js'
import { type Place, walk } from './walk.js'
import { wordsOf } from './words.js'

/** A node of a plan for people and programs: plain JSON, its keys are part of the contract. */
export type PlanNode = {
  /** `withheld`: the caller may see a part of the data alone, and is told the price and nothing else. */
  readonly op: Plan['op'] | 'withheld'
  /** What it is to the node around it; left out where all parts are alike. */
  readonly as?: string
  /** The condition under which alone it runs; such parts are not in `estimatedCalls`. */
  readonly when?: string
  /** What it does, in words. */
  readonly does: string
  /** Of a `call`: the upstream's endpoint, as `groups/model`. */
  readonly endpoint?: string
  /** Of a `call`: ISO 8601, `[start, end)`. */
  readonly window?: { readonly start: string; readonly end: string }
  /** Of a `call`. */
  readonly filters?: readonly FilterView[]
  /** Of a `call`: the opt-in columns asked for. */
  readonly columns?: readonly string[]
  /** `exact`, or `exact if` a condition that the run checks. */
  readonly exactness: string
  /** Expected calls, those of its parts included. A call that equals one above is asked once and counted there. */
  readonly estimatedCalls: number
  /** An equal call stands above. */
  readonly shared?: true
  /** How it went, where the question was run. */
  readonly actual?: Actual
  readonly parts: readonly PlanNode[]
}

/** A filter of a call: one of `values`, or what is bound to `slot` while running, or a range (both ends included). */
export type FilterView =
  | { readonly on: string; readonly values: readonly string[] }
  | { readonly on: string; readonly slot: string }
  | { readonly on: string; readonly min?: string; readonly max?: string }

/** Figures of one node, summed over its runs. */
export type Actual = {
  /** HTTP requests sent, its parts' included. */
  readonly calls: number
  readonly rows: number
  /** Milliseconds. Runs at the same time each count whole. */
  readonly ms: number
  readonly runs: number
  /** It asked for answers and all of them were held already, so nothing was sent. */
  readonly cached: boolean
}

/** A plan as plain JSON, with what is expected of it and, given a trace, how it went. Pure. */
export function viewOf(plan: Plan, trace: Trace | null = null): PlanNode {
  const met: Met = { tally: new Map(), shown: new Set() }
  return walk<Viewed>(plan, (place, parts) => viewAt(place, parts, met, trace)).node
}

/** What a walk over a plan has met: calls, and nodes, which may stand at two places. */
type Met = { readonly tally: Tally; readonly shown: Set<Plan> }

type Viewed = { readonly node: PlanNode; readonly asked: number }

function viewAt(place: Place, inside: () => readonly Viewed[], { tally, shown }: Met, trace: Trace | null): Viewed {
  const { plan, as, when, repeats, expected } = place
  const own = plan.op === 'call' && expected ? countCall(plan, repeats, tally) : 0
  const first = !shown.has(plan)
  shown.add(plan)
  const parts = inside()
  const { runs, rows, ms, asked: ownAsked, calls } = trace?.get(plan) ?? NOTHING
  const asked = ownAsked + sum(parts.map((inner) => inner.asked))
  // A node at two places has one set of figures: its calls count where it stands first.
  const sent = (first ? calls : 0) + sum(parts.map(({ node }) => node.actual?.calls ?? 0))
  const node: PlanNode = {
    op: plan.op,
    ...(as === null ? {} : { as }),
    ...(when === null ? {} : { when }),
    does: wordsOf(plan),
    ...(plan.op === 'call' ? callView(plan) : {}),
    exactness: exactnessOf(plan),
    estimatedCalls: own + sum(parts.map((inner) => inner.node.estimatedCalls)),
    ...(plan.op === 'call' && expected && own === 0 ? { shared: true } : {}),
    ...(trace === null
      ? {}
      : { actual: { calls: sent, rows, ms: Math.round(ms * 10) / 10, runs, cached: asked > 0 && sent === 0 } }),
    parts: parts.map((inner) => inner.node),
  }
  return { node, asked }
}

function callView({ endpoint, window, where, columns }: CallNode) {
  return {
    endpoint: placeOf(endpoint),
    window: { start: new Date(window.start).toISOString(), end: new Date(window.end).toISOString() },
    filters: filtersOf(where),
    columns,
  }
}

function filtersOf({ constraints, ranges }: Where): readonly FilterView[] {
  return [
    ...constraints.map(constraintView),
    ...Object.entries(ranges).map(([on, range]): FilterView => ({ on, ...range })),
  ]
}

function constraintView({ dimension, values }: Constraint): FilterView {
  const on = dimensionId(dimension)
  return values.kind === 'slot' ? { on, slot: values.slot } : { on, values: values.values }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
