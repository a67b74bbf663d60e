import { dimensionEntry } from '../catalog/dimensions.js'
import type { ListingEntry } from '../catalog/listings.js'
import type { Context } from './context.js'
import { type Goal, wantsNull } from './goal.js'
import { isAdditive } from './measures.js'
import type { Group, MeasureKey, Plan } from './plan.js'
import type { Test } from './predicate.js'
import { planTotal } from './total.js'
import { expectedValues, listingFor, showsAll, valuesCall } from './values.js'
import { type Costed, wrapped } from './way.js'
import { constrained, constraintOn, partName } from './where.js'

/** The cheapest way to a smaller goal; handed down so that the ways need not know each other. */
export type Solve = (goal: Goal) => Costed

/**
 * Value by value: lists a group's values and answers the rest of the goal once for each. What is unattributed is the whole minus
 * the values, where the goal wants it.
 */
export function valueByValue(
  goal: Goal,
  group: Group,
  listing: ListingEntry | undefined,
  context: Context,
  solve: Solve,
): Costed {
  const { dimension } = group
  if (!listing || dimensionEntry(dimension).filter === 'none') return { kind: 'impossible', measures: goal.measures }
  const slot = group.id
  const at = partName(`each ${slot}`, goal.where)
  if (context.doubts.barred.has(at)) return { kind: 'impossible', measures: goal.measures }
  const where = constrained(goal.where, dimension, { kind: 'slot', slot })
  const rest = goal.groups.filter((other) => other.id !== group.id)
  const body = solve({ ...goal, groups: rest, where })
  const tests = goal.testsOf(group)
  const values = passing(expectedValues(dimension, context), tests)
  if (body.kind === 'impossible') return body
  const of = valuesCall(group, listing, goal.window, goal.where)
  // Values that fail are only needed where something is what all of them leave over.
  const narrowed: Plan =
    tests.length === 0 || wantsNull(goal, group) ? of : { op: 'keep', of, group, tests, negated: false }
  const each: Costed = {
    kind: 'way',
    calls: 1 + values * body.calls,
    // There may be no value at all.
    least: 1,
    rounds: 1 + body.rounds,
    build: () => ({
      op: 'each',
      at,
      slot,
      dimension,
      field: group.label,
      source: { kind: 'listing', of: narrowed },
      how: { kind: 'group', group },
      most: null,
      expected: values,
      check: null,
      body: body.build(),
    }),
  }
  if (!wantsNull(goal, group) || !dimensionEntry(dimension).nullable || constraintOn(goal.where, dimension)) return each
  return withRemainder(goal, group, each, of, context, solve)
}

/** How many of a dimension's values are expected to pass. */
export function passing(values: number, tests: readonly Test[]): number {
  const named = tests.flatMap(({ predicate }) => (predicate.kind === 'in' ? [predicate.values.length] : []))
  return Math.max(1, Math.min(values, ...named))
}

/** Adds the unattributed cells of a group as the whole minus the others. */
function withRemainder(goal: Goal, group: Group, each: Costed, listing: Plan, context: Context, solve: Solve): Costed {
  const entry = listingFor(group.dimension, context)
  const at = partName(`rest of ${group.id}`, goal.where)
  const trusted = entry !== undefined && showsAll(group.dimension, entry, context)
  const indivisible = goal.measures.filter((measure) => !isAdditive(measure))
  const rest = goal.groups.filter((other) => other.id !== group.id)
  const measures = wholeMeasures(goal.measures, context)
  const whole = measures && solve({ ...goal, measures, groups: rest })
  if (!isLeft(whole, indivisible) && context.doubts.barred.has(at))
    return { kind: 'impossible', measures: goal.measures }
  const check = planTotal(['requests'], goal.window, goal.where, context)
  if (check.kind === 'impossible') return check
  const alone = indivisible.length === 0 ? null : solve({ ...goal, groups: rest })
  const calls = (whole?.kind === 'way' ? whole.calls : 0) + (trusted ? 0 : check.calls)
  return wrapped(
    each,
    (part) => ({
      op: 'subtract',
      at,
      group,
      part,
      own: false,
      // A node of its own, so that a trace can tell it from the one gone through.
      listing: { ...listing },
      check: { plan: check.build(), trusted },
      whole: whole?.kind === 'way' ? whole.build() : null,
      alone: alone?.kind === 'way' ? alone.build() : null,
      rowMeasure: context.rowMeasure,
      indivisible,
    }),
    { calls, rounds: 0 },
  )
}

/**
 * What to ask of the whole to find what is left for the unattributed group. What does not add up cannot be found so; but where
 * rows are fewer than requests the group may have none, and then nothing is to be found. `null` = it is no use.
 */
export function wholeMeasures(measures: readonly MeasureKey[], { rowMeasure }: Context): readonly MeasureKey[] | null {
  if (measures.every(isAdditive)) return measures
  return rowMeasure !== 'requests' && measures.includes(rowMeasure) ? [rowMeasure] : null
}

/** Whether the whole gives everything of what is left, whatever is left. */
export function isLeft(whole: Costed | null, indivisible: readonly MeasureKey[]): boolean {
  return whole?.kind === 'way' && indivisible.length === 0
}
