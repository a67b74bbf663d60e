import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { listingsOf } from '../catalog/listings.js'
import { READINGS } from '../catalog/readings.js'
import type { Window } from '../query/query.js'
import { type Context, hasField } from './context.js'
import { type Candidate, cheapestCover } from './cover.js'
import { isAdditive } from './measures.js'
import type { MeasureKey, Plan, Take, Where } from './plan.js'
import { CACHE_SUMMARY, columnsOf, graphTakes, listingTakes, summaryTakes } from './sources.js'
import { showsAll } from './values.js'
import type { Costed } from './way.js'

/** A key's own workspace: one row, so it may carry measures that do not add up. */
const WORKSPACE: DimensionRef = { kind: 'dimension', name: 'workspace' }
/** Small dimensions of which every request has a value: their rows add up to the whole. */
const COMPLETE: readonly DimensionRef[] = [WORKSPACE, { kind: 'dimension', name: 'ai_service' }]

/** The cheapest way to one cell: a whole window without groups. */
export function planTotal(measures: readonly MeasureKey[], window: Window, where: Where, context: Context): Costed {
  return cheapestCover(measures, totalCandidates(measures, window, where, context))
}

/** Everything that one call says about a cell. */
export function totalCandidates(
  measures: readonly MeasureKey[],
  window: Window,
  where: Where,
  context: Context,
): readonly Candidate[] {
  const graphs = graphTakes(measures, where, context).map(
    ({ graph, takes }): Candidate => ({
      calls: 1,
      // Without a summary the points still add up, where they do.
      takes: takes.filter(
        (take) => isAdditive(take.measure) || hasField({ kind: 'graph', name: graph }, 'summary', context),
      ),
      build: (chosen) => ({
        op: 'call',
        endpoint: { kind: 'graph', name: graph },
        window,
        where,
        columns: [],
        read: { kind: 'window', takes: chosen },
      }),
    }),
  )
  const summary: Candidate = {
    calls: 1,
    takes: summaryTakes(measures, where, context),
    build: (takes) => ({
      op: 'call',
      endpoint: CACHE_SUMMARY,
      window,
      where,
      columns: [],
      read: { kind: 'window', takes },
    }),
  }
  const dimensions = new Map<string, DimensionRef>()
  for (const dimension of COMPLETE) dimensions.set(dimensionId(dimension), dimension)
  for (const { group } of context.counted) dimensions.set(dimensionId(group.dimension), group.dimension)
  const listings = [...dimensions.values()].flatMap((dimension) =>
    listingsOf(dimension).map((listing): Candidate => {
      const entry = dimensionEntry(dimension)
      const single = entry.single === true && !context.capabilities.manyRows
      // Rows of a listing that shows what it does not attribute add up to the whole.
      const complete = showsAll(dimension, listing, context) && !context.doubts.empty.has(dimensionId(dimension))
      const takes = listingTakes(measures, dimension, listing, where, context).filter((take) =>
        take.from === 'nonNull' || take.from === 'distinct'
          ? !listing.failuresOnly || READINGS[take.reading].ofFailures === true
          : complete && (isAdditive(take.measure) || single) && !(take.from === 'average' && take.proof === 'hits'),
      )
      const build = (chosen: readonly Take[]): Plan => ({
        op: 'call',
        endpoint: listing.endpoint,
        window,
        where,
        columns: columnsOf(chosen, listing.optIn),
        read: { kind: 'sum', takes: chosen },
      })
      return { calls: 1, takes, build }
    }),
  )
  // Counts of values come off listings that other measures may need too, so among equals those go before the graph of users.
  const counting = (candidate: Candidate) => candidate.takes.every((take) => take.measure.startsWith('distinct:'))
  return [...graphs.filter((graph) => !counting(graph)), summary, ...listings, ...graphs.filter(counting)]
}
