import { dimensionId } from '../catalog/dimensions.js'
import type { Context } from './context.js'
import { byListing, nestingFloor, solveFiltered, type Todo } from './filters.js'
import type { Counted } from './formulas.js'
import type { Goal } from './goal.js'
import { narrowing } from './pairs.js'
import type { Group, MeasureKey, Plan } from './plan.js'
import type { Test } from './predicate.js'
import { planTotal } from './total.js'
import { listingFor, showsAll, valuesCall } from './values.js'
import { type Costed, cheapest, joined, merged, wrapped } from './way.js'
import { constraintOn } from './where.js'

/** A plan's columns become the question's groups: rows may then read alike and add up, which distinct counts do not. */
export type Spread = (plan: Plan) => Plan

/**
 * A goal with counts over values of fields. Either something gives the count with the rest, or the field is grouped by too and
 * its values are counted: `countDistinct X` = the values of X with requests, in any plan whose requests add up. The plan is spread.
 */
export function solveCounts(goal: Goal, todo: Todo, context: Context, spread: Spread): Costed {
  const direct = wrapped(solveFiltered(goal, todo, context), spread)
  const counted = context.counted.filter(({ measure }) => goal.measures.includes(measure))
  if (counted.length === 0) return direct
  const others = goal.measures.filter((measure) => !counted.some((count) => count.measure === measure))
  const base = wrapped(solveFiltered({ ...goal, measures: others }, todo, context), spread)
  const expandable = counted.every(({ group }) => !isGrouped(group, goal))
  const known = cheapest([
    direct,
    guarded(base, goal, counted, context),
    joined([base, ...counted.map((count) => wrapped(amongPresent(goal, count, todo, context), spread))], merged),
  ])
  const floors = perValue(counted).map(([{ group }]) => nestingFloor(goal, { ...group, tests: [] }, context))
  const least = base.kind === 'way' ? floors.reduce((sum, floor) => sum + floor, base.calls) : 0
  if (known.kind === 'way' && known.calls <= least) return known
  return cheapest([
    known,
    expandable
      ? joined([base, ...perValue(counted).map((of) => overValues(goal, of, todo, context, spread))], merged)
      : null,
  ])
}

/** A count of a nullable column equals the requests of every cell when nothing in the window is without a value. */
function guarded(base: Costed, goal: Goal, counted: readonly Counted[], context: Context): Costed | null {
  // What has no nulls in more has none in less.
  const where = narrowing(goal.where)
  return counted.reduce((way: Costed | null, { measure, group, distinct }) => {
    const listing = listingFor(group.dimension, context)
    const check = planTotal(['requests'], goal.window, where, context)
    if (way === null || distinct || group.reading !== 'text' || !listing || context.doubts.nulls.has(measure))
      return null
    if (check.kind === 'impossible') return check
    const trusted = showsAll(group.dimension, listing, context)
    const rows = valuesCall(group, listing, goal.window, where)
    return wrapped(
      way,
      (of) => ({
        op: 'guard',
        measure,
        rowMeasure: context.rowMeasure,
        listing: rows,
        check: { plan: check.build(), trusted },
        of,
      }),
      { calls: trusted ? 1 : 1 + check.calls, rounds: 0 },
    )
  }, base)
}

/** The values there are, pushed down together: all requests then have one. */
function amongPresent(goal: Goal, { measure, group, distinct }: Counted, todo: Todo, context: Context): Costed {
  const none: Costed = { kind: 'impossible', measures: [measure] }
  const taken = todo.filters.some(({ dimension }) => dimensionId(dimension) === dimensionId(group.dimension))
  if (distinct || taken || isGrouped(group, goal) || constraintOn(goal.where, group.dimension)) return none
  const filter = { dimension: group.dimension, tests: [PRESENT], values: null }
  return byListing({ ...goal, measures: [measure] }, filter, todo, context) ?? none
}

/** Counts of one field share its values. */
function perValue(counted: readonly Counted[]): readonly (readonly [Counted, ...Counted[]])[] {
  const groups = new Map<string, [Counted, ...Counted[]]>()
  for (const count of counted) {
    const id = count.group.id
    const seen = groups.get(id)
    if (seen) seen.push(count)
    else groups.set(id, [count])
  }
  return [...groups.values()]
}

function overValues(
  goal: Goal,
  counted: readonly [Counted, ...Counted[]],
  todo: Todo,
  context: Context,
  spread: Spread,
): Costed {
  const group: Group = { ...counted[0].group, id: `count ${counted[0].group.id}` }
  const id = dimensionId(group.dimension)
  const filter = todo.filters.find(({ dimension }) => dimensionId(dimension) === id)
  const rest = { ...todo, filters: todo.filters.filter((other) => other !== filter) }
  const tests: readonly Test[] = [...(filter?.tests ?? []), PRESENT]
  const testsOf = (other: Group) => (other.id === group.id ? tests : goal.testsOf(other))
  const measures: readonly MeasureKey[] = [context.rowMeasure]
  const way = solveFiltered({ ...goal, measures, groups: [...goal.groups, group], testsOf }, rest, context)
  const counts = counted.map(({ measure, distinct }) => ({ measure, distinct }))
  return wrapped(way, (of) => ({
    op: 'fold',
    group,
    counts,
    rowMeasure: context.rowMeasure,
    // A value that two rows have is one value of the cell that both become.
    of: spread(of),
  }))
}

/** Null is not counted. */
const PRESENT: Test = { reading: 'text', predicate: { kind: 'null', isNull: false } }

/** A field that is grouped by already cannot be gone through once more. */
function isGrouped(group: Group, goal: Goal): boolean {
  return goal.groups.some((other) => dimensionId(other.dimension) === dimensionId(group.dimension))
}
