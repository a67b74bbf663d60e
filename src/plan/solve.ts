import { dimensionEntry } from '../catalog/dimensions.js'
import type { Window } from '../query/query.js'
import type { Context } from './context.js'
import { valueByValue } from './each.js'
import type { Goal } from './goal.js'
import { byFewValues, bySplit, planGroup, rowTakes } from './groups.js'
import { withPairs } from './pairs.js'
import type { Group } from './plan.js'
import { planSeries } from './series.js'
import { splitTakes } from './split.js'
import { planTotal } from './total.js'
import { expectedValues, listingFor } from './values.js'
import { type Costed, cheapest, joined, merged, wrapped } from './way.js'

/** Orders of nesting are compared for so many groups; beyond, the largest goes innermost. */
const MOST_COMPARED = 3

/** The cheapest exact way to a goal whose filters can all travel. */
export function solve(goal: Goal, context: Context): Costed {
  return context.memo.once(goal, () =>
    withPairs(goal.where, goal.window, context, (where) => {
      const paired = { ...goal, where }
      if (goal.groups.length === 0) return ungrouped(paired, context)
      return goal.edges === null ? nested(paired, context) : seriesByGroup(paired, goal.edges, context)
    }),
  )
}

function ungrouped(goal: Goal, context: Context): Costed {
  return goal.edges === null
    ? planTotal(goal.measures, goal.window, goal.where, context)
    : planSeries(goal.measures, goal.window, goal.edges, goal.where, context)
}

/** One listing innermost, value by value around it; small dimensions go outermost. */
function nested(goal: Goal, context: Context): Costed {
  const recurse = (inner: Goal) => solve(inner, context)
  const [only, ...others] = goal.groups
  if (only && others.length === 0) return tested(goal, only, planGroup(goal, only, context, recurse))
  return cheapest(outermost(goal, context).map((group) => through(goal, group, context, recurse)))
}

/** Value by value, the rows tested. */
function through(goal: Goal, group: Group, context: Context, recurse: (goal: Goal) => Costed): Costed {
  const listed = valueByValue(goal, group, listingFor(group.dimension, context), context, recurse)
  return tested(goal, group, cheapest([listed, byFewValues(goal, group, recurse)]))
}

/** Rows that fail a group's tests are dropped as soon as the group is whole, so that every plan of a goal has the same cells. */
function tested(goal: Goal, group: Group, way: Costed): Costed {
  const tests = goal.testsOf(group)
  return tests.length === 0 ? way : wrapped(way, (of) => ({ op: 'keep', of, group, tests, negated: false }))
}

/** Which group to go through first: the smallest, or, where it is to be innermost itself, the next. */
function outermost(goal: Goal, context: Context): readonly Group[] {
  const bySize = goal.groups.toSorted((one, other) => sizeOf(one, context) - sizeOf(other, context))
  return goal.groups.length > MOST_COMPARED ? bySize.slice(0, 1) : bySize
}

/** What no filter can say can only be innermost. */
function sizeOf({ dimension }: Group, context: Context): number {
  return dimensionEntry(dimension).filter === 'none' ? Number.POSITIVE_INFINITY : expectedValues(dimension, context)
}

/** A series a value, a listing a bucket, or each for the measures it is cheaper for. */
function seriesByGroup(goal: Goal, edges: readonly number[], context: Context): Costed {
  const recurse = (inner: Goal) => solve(inner, context)
  const byValue = (measures: Goal['measures']) =>
    outermost(goal, context).map((group) => through({ ...goal, measures }, group, context, recurse))
  return cheapest([
    bucketByBucket(goal, edges, context),
    ...byValue(goal.measures),
    split(goal, edges, context, byValue),
    ...splitGraph(goal, context, byValue, recurse),
  ])
}

function bucketByBucket(goal: Goal, edges: readonly number[], context: Context): Costed {
  const slices = edges.slice(0, -1).map((start, index): Window => ({ start, end: edges[index + 1] ?? start }))
  const inSlice = (slice: Window): Goal => ({
    ...goal,
    edges: null,
    window: { start: Math.max(slice.start, goal.window.start), end: Math.min(slice.end, goal.window.end) },
  })
  const [first] = slices
  if (!first) return { kind: 'impossible', measures: goal.measures }
  const one = solve(inSlice(first), context)
  if (one.kind === 'impossible') return one
  return {
    ...one,
    calls: one.calls * slices.length,
    least: one.least * slices.length,
    build: () => ({
      op: 'add',
      parts: slices.map((slice) => {
        const way = solve(inSlice(slice), context)
        if (way.kind === 'impossible') throw new TypeError('a bucket cannot be answered like the first')
        return { op: 'rebucket', of: way.build(), edges: [slice.start, slice.end] }
      }),
    }),
  }
}

/** What a listing carries bucket by bucket, the rest value by value. */
function split(
  goal: Goal,
  edges: readonly number[],
  context: Context,
  byValue: (measures: Goal['measures']) => readonly Costed[],
): Costed | null {
  const [group, ...others] = goal.groups
  if (!group || others.length > 0) return null
  const listing = listingFor(group.dimension, context)
  if (!listing) return null
  const listed = rowTakes(goal, group, listing, context).map((take) => take.measure)
  const rest = goal.measures.filter((measure) => !listed.includes(measure))
  if (rest.length === 0 || !listed.includes(context.rowMeasure)) return null
  return joined([bucketByBucket({ ...goal, measures: listed }, edges, context), cheapest(byValue(rest))], merged)
}

/** A graph that is split by the group, for all that it gives; the rest value by value. */
function splitGraph(
  goal: Goal,
  context: Context,
  byValue: (measures: Goal['measures']) => readonly Costed[],
  recurse: (goal: Goal) => Costed,
): readonly Costed[] {
  const [group, ...others] = goal.groups
  if (!group || others.length > 0) return []
  const measures = splitTakes(goal, group, context).map((take) => take.measure)
  const rest = goal.measures.filter((measure) => !measures.includes(measure))
  if (!measures.includes(context.rowMeasure)) return []
  const way = bySplit({ ...goal, measures }, group, context, recurse)
  if (way === null) return []
  const rows = tested(goal, group, way)
  return [rest.length === 0 ? rows : joined([rows, cheapest(byValue(rest))], merged)]
}
