import type { Window } from '../query/query.js'
import type { Context } from './context.js'
import { type Candidate, cheapestCover } from './cover.js'
import { isAdditive } from './measures.js'
import type { MeasureKey, Plan, Take, Where } from './plan.js'
import { exactSeries, fineSeries } from './points.js'
import { graphTakes } from './sources.js'
import { totalCandidates } from './total.js'
import type { Costed } from './way.js'

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
  return cheapestCover(measures, seriesCandidates(measures, window, edges, where, context))
}

function seriesCandidates(
  measures: readonly MeasureKey[],
  window: Window,
  edges: readonly number[],
  where: Where,
  context: Context,
): readonly Candidate[] {
  const points = graphTakes(measures, where, context).flatMap(({ graph, takes }): Candidate[] => {
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
          of: inWindow(candidate.build(takes), clipped),
        }
      }),
    }),
  }))
}

function inWindow(plan: Plan, window: Window): Plan {
  return plan.op === 'call' ? { ...plan, window } : plan
}
