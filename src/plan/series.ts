import type { Window } from '../query/query.js'
import { type Context, isAdditive, listingFor, showsAll, valuesCall } from './context.js'
import { type Candidate, cheapestCover } from './cover.js'
import type { Counted } from './formulas.js'
import type { MeasureKey, Plan, Take, Where } from './plan.js'
import { exactSeries, fineSeries } from './points.js'
import { graphTakes } from './sources.js'
import { totalCandidates } from './total.js'
import { type Costed, cheapest, wrapped } from './way.js'

/**
 * The cheapest way to a row of buckets without groups: a graph's own points where they divide the buckets, one call a bucket
 * otherwise. `edges` are bucket starts and the last end; the first and last bucket may reach over the window.
 */
export function planSeries(
  measures: readonly MeasureKey[],
  window: Window,
  edges: readonly number[],
  where: Where,
  context: Context,
): Costed {
  const candidates = seriesCandidates(measures, window, edges, where, context)
  const guarded = context.counted.filter(
    (counted) =>
      measures.includes(counted.measure) && !context.doubts.nulls.has(counted.measure) && canGuard(counted, context),
  )
  const aliases = guarded.map((counted) => counted.measure)
  const others = cheapestCover(
    measures.filter((measure) => !aliases.includes(measure)),
    candidates,
  )
  // A count of a nullable column equals the requests of every bucket when nothing in the window is unattributed.
  const alike = guarded.reduce(
    (way: Costed, counted) => wrapped(way, (of) => guard(of, counted, window, where, context), { calls: 1, rounds: 0 }),
    others,
  )
  return guarded.length === 0 ? others : cheapest([alike, cheapestCover(measures, candidates)])
}

function seriesCandidates(
  measures: readonly MeasureKey[],
  window: Window,
  edges: readonly number[],
  where: Where,
  context: Context,
): readonly Candidate[] {
  const points = graphTakes(measures, context).flatMap(({ graph, takes }): Candidate[] => {
    const additive = takes.filter((take) => isAdditive(take.measure))
    const asked = { endpoint: { kind: 'graph', name: graph }, window, edges, where } as const
    const fine = additive.length > 0 ? fineSeries(asked, context) : null
    const exact = exactSeries(asked, context)
    return [
      ...(fine ? [{ calls: fine.calls, takes: additive, build: fine.build }] : []),
      ...(exact ? [{ calls: exact.calls, takes, build: exact.build }] : []),
    ]
  })
  return [...points, ...bucketByBucket(measures, window, edges, where, context)]
}

/** One call a bucket, for whatever a call says about one cell. */
function bucketByBucket(
  measures: readonly MeasureKey[],
  window: Window,
  edges: readonly number[],
  where: Where,
  context: Context,
): readonly Candidate[] {
  const slices = edges.slice(0, -1).map((start, index) => ({ start, end: edges[index + 1] ?? window.end }))
  return totalCandidates(measures, window, where, context).map((candidate) => ({
    calls: candidate.calls * slices.length,
    takes: candidate.takes,
    build: (takes: readonly Take[]) => ({
      op: 'add',
      parts: slices.map((slice): Plan => {
        const clipped = { start: Math.max(slice.start, window.start), end: Math.min(slice.end, window.end) }
        return {
          op: 'rebucket',
          edges: [slice.start, slice.end],
          exact: true,
          of: inWindow(candidate.build(takes), clipped),
        }
      }),
    }),
  }))
}

function inWindow(plan: Plan, window: Window): Plan {
  return plan.op === 'call' ? { ...plan, window } : plan
}

function canGuard(counted: Counted, context: Context): boolean {
  return (
    !counted.distinct && counted.group.reading === 'text' && listingFor(counted.group.dimension, context) !== undefined
  )
}

function guard(of: Plan, counted: Counted, window: Window, where: Where, context: Context): Plan {
  const listing = listingFor(counted.group.dimension, context)
  if (!listing) return of
  const { takes } = valuesCall(counted.group, listing, window, where).read
  const nonNull: Take = { measure: counted.measure, from: 'nonNull', reading: counted.group.reading }
  const check: Plan = {
    ...valuesCall(counted.group, listing, window, where),
    read: { kind: 'sum', single: false, takes: [...takes, nonNull] },
  }
  return {
    op: 'guard',
    measure: counted.measure,
    check,
    trusted: showsAll(counted.group.dimension, listing, context),
    of,
  }
}
