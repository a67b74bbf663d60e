import { dimensionEntry, listingsOf } from '../catalog/dimensions.js'
import type { Window } from '../query/query.js'
import { familyOf } from './capabilities.js'
import { type Context, type Costed, isAdditive, isThere } from './context.js'
import { type Candidate, cheapestCover } from './cover.js'
import type { Counted } from './formulas.js'
import type { MeasureKey, Plan, Take, Where } from './plan.js'
import { exactSeries, fineSeries } from './points.js'
import { graphTakes } from './sources.js'
import { merged, totalCandidates } from './total.js'

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
  // A count of a nullable column equals the requests of every bucket when nothing in the window is unattributed.
  const alike = context.counted.filter(
    (counted) => !context.doubts.nulls.has(counted.measure) && canGuard(counted, context),
  )
  const aliases = new Set(
    alike.filter((counted) => measures.includes(counted.measure)).map((counted) => counted.measure),
  )
  const cover = cheapestCover(
    measures.filter((measure) => !aliases.has(measure)),
    seriesCandidates(measures, window, edges, where, context),
  )
  if (cover.kind === 'uncovered') return { kind: 'impossible', measures: cover.measures }
  const guards = alike.filter((counted) => aliases.has(counted.measure))
  const plan = guards.reduce((of: Plan, counted) => guard(of, counted, window, where, context), merged(cover.plans))
  return { kind: 'plan', plan, calls: cover.calls + guards.length }
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
  return !counted.distinct && counted.group.reading === 'text' && guardListing(counted, context) !== undefined
}

function guardListing(counted: Counted, context: Context) {
  return listingsOf(counted.group.dimension).find((listing) => isThere(listing.endpoint, context))
}

function guard(of: Plan, counted: Counted, window: Window, where: Where, context: Context): Plan {
  const listing = guardListing(counted, context)
  if (!listing) return of
  const { attributed } = dimensionEntry(counted.group.dimension)
  const check: Plan = {
    op: 'call',
    endpoint: listing.endpoint,
    window,
    where,
    columns: [],
    read: {
      kind: 'sum',
      single: false,
      takes: [
        { measure: 'requests', from: 'field', field: 'requests' },
        { measure: counted.measure, from: 'nonNull', reading: counted.group.reading },
      ],
    },
  }
  const trusted = attributed || context.capabilities.listsUnattributed.has(familyOf(listing.endpoint))
  return { op: 'guard', measure: counted.measure, check, trusted, of }
}
