import { type DimensionRef, dimensionEntry } from '../catalog/dimensions.js'
import { type ListingEntry, listingsOf, partialListingOf } from '../catalog/listings.js'
import { splitOf } from '../catalog/parts.js'
import { READINGS } from '../catalog/readings.js'
import { byParts } from './by-parts.js'
import { type Context, isThere } from './context.js'
import { isLeft, type Solve, valueByValue, wholeMeasures } from './each.js'
import { type Goal, wantsNull } from './goal.js'
import { isAdditive } from './measures.js'
import type { CallNode, Group, MeasureKey, Take } from './plan.js'
import { isFolding, readValue } from './predicate.js'
import { columnsOf, listingTakes } from './sources.js'
import { planSplit } from './split.js'
import { planTotal } from './total.js'
import { showsAll, valuesCall } from './values.js'
import { type Costed, cheapest, joined, merged, wrapped } from './way.js'
import { constraintOn, partName } from './where.js'

/**
 * The cheapest way to one cell a value of one group: what one listing carries, and a filtered call a value for the rest. The
 * unattributed group is the listing's own `''` row, or what is left of the whole.
 */
export function planGroup(goal: Goal, group: Group, context: Context, solve: Solve): Costed {
  const listings = listingsOf(group.dimension).filter(
    (listing) => isThere(listing.endpoint, context) && (showsGroup(group, listing) || !hidesSuccesses(listing, goal)),
  )
  return cheapest([
    ...listings.map((listing) => byListing(goal, group, listing, context, solve)),
    byFewValues(goal, group, solve),
    bySplit(goal, group, context, solve),
  ])
}

/** What a listing of the group's dimension gives of the goal; empty when it does not even count the requests. */
export function rowTakes(goal: Goal, group: Group, listing: ListingEntry, context: Context): readonly Take[] {
  const takes = listingTakes(goal.measures, group.dimension, listing, goal.where, context)
  if (!isFolding(group.reading)) return takes
  return takes.filter((take) => (isOneRow(group) || isAdditive(take.measure)) && take.from !== 'distinct')
}

/** Each value but null is one row of the listing, though others read alike as null. */
function isOneRow({ reading }: Group): boolean {
  return READINGS[reading].alike === 'nulls'
}

function byListing(goal: Goal, group: Group, listing: ListingEntry, context: Context, solve: Solve): Costed {
  const takes = rowTakes(goal, group, listing, context)
  const proven = takes.filter(isHits)
  if (proven.length === 0) return withTakes(goal, group, listing, takes, context, solve)
  // Hit rates need the hits in all beside, so they are not always worth it.
  const direct = takes.filter((take) => !isHits(take))
  return cheapest([direct, takes].map((chosen) => withTakes(goal, group, listing, chosen, context, solve)))
}

function isHits(take: Take): boolean {
  return take.from === 'average' && take.proof === 'hits'
}

function withTakes(
  goal: Goal,
  group: Group,
  listing: ListingEntry,
  takes: readonly Take[],
  context: Context,
  solve: Solve,
): Costed {
  const rest = goal.measures.filter((measure) => !takes.some((take) => take.measure === measure))
  if (takes.length === 0) {
    const each = valueByValue(goal, group, listing, context, solve)
    if (!hidesSuccesses(listing, goal)) return each
    return joined([each, byParts(goal, group, [null], solve)], (parts) => ({ op: 'add', parts }))
  }
  const call: CallNode = {
    op: 'call',
    endpoint: listing.endpoint,
    window: goal.window,
    where: goal.where,
    columns: columnsOf(takes, listing.optIn),
    read: { kind: 'rows', group, takes },
  }
  const ways = [withHidden(goal, group, listing, call, takes, context)]
  const folded = isOneRow(group) ? takes.map((take) => take.measure).filter((measure) => !isAdditive(measure)) : []
  if (folded.length > 0) ways.push(byParts({ ...goal, measures: folded }, group, [null], solve))
  if (rest.length > 0) {
    ways.push(restOf({ ...goal, measures: rest }, group, listing, context, solve))
    if (hidesSuccesses(listing, goal)) ways.push(byParts({ ...goal, measures: rest }, group, [null], solve))
  }
  return joined(ways, merged)
}

/** What a listing does not carry: value by value, or off a listing of some values where the others have nothing of it. */
function restOf(goal: Goal, group: Group, listing: ListingEntry, context: Context, solve: Solve): Costed {
  const whole = goal.measures.some((measure) => !isAdditive(measure)) && context.rowMeasure !== 'requests'
  // Whether the unattributed group has rows at all shows in these alone.
  const counted = whole ? { ...goal, measures: [...new Set<MeasureKey>([context.rowMeasure, ...goal.measures])] } : goal
  const each = valueByValue(counted, group, listing, context, solve)
  const partial = partialListingOf(group.dimension)
  const takes = partial ? listingTakes(goal.measures, group.dimension, partial, goal.where, context) : []
  if (!partial || takes.length === 0) return each
  const call: CallNode = {
    op: 'call',
    endpoint: partial.endpoint,
    window: goal.window,
    where: goal.where,
    columns: [],
    read: { kind: 'rows', group, takes },
  }
  const left = goal.measures.filter((measure) => !takes.some((take) => take.measure === measure))
  const rows: Costed = { kind: 'way', calls: 1, least: 1, rounds: 1, build: () => call }
  const others = left.length === 0 ? [] : [valueByValue({ ...goal, measures: left }, group, listing, context, solve)]
  // The others come first: they have every cell.
  return cheapest([joined([...others, rows], merged), each])
}

/** Values that are sets of status codes, few enough to ask for each; no listing is needed. */
export function byFewValues(goal: Goal, group: Group, solve: Solve): Costed | null {
  const { few } = READINGS[group.reading]
  return few ? byParts(goal, group, few, solve) : null
}

/** Off a graph that is split by the group; what is no failure is asked for itself where the graph shows failures alone. */
export function bySplit(goal: Goal, group: Group, context: Context, solve: Solve): Costed | null {
  const entry = splitOf(group.dimension)
  if (!entry) return null
  const split = planSplit(goal, group, context)
  if (!entry.failuresOnly || !hidesSuccesses({ failuresOnly: true }, goal)) return split
  if (!READINGS[group.reading].ofFailures) return null
  return joined([split, byParts(goal, group, [null], solve)], (parts) => ({ op: 'add', parts }))
}

/** A listing of failures shows every error code; other readings of a status need the successes too. */
function showsGroup(group: Group, listing: ListingEntry): boolean {
  return !listing.failuresOnly || READINGS[group.reading].ofFailures === true
}

/** Whether a listing of failures leaves requests out that pass the filters. */
function hidesSuccesses(listing: Pick<ListingEntry, 'failuresOnly'>, { where }: Goal): boolean {
  const values = constraintOn(where, STATUS)?.values
  const failures = values?.kind === 'literal' && values.values.every((code) => readValue(code, 'isFailure') === true)
  return listing.failuresOnly === true && !failures
}

const STATUS: DimensionRef = { kind: 'dimension', name: 'status_code' }

/** Adds the unattributed row where the listing may leave it out. */
function withHidden(
  goal: Goal,
  group: Group,
  listing: ListingEntry,
  call: CallNode,
  takes: readonly Take[],
  context: Context,
): Costed {
  const rows = balanced(goal, call, takes, context)
  const { attributed } = dimensionEntry(group.dimension)
  const named = attributed || constraintOn(goal.where, group.dimension) !== undefined
  if ((named && !hidesSuccesses(listing, goal)) || !wantsNull(goal, group)) return rows
  const measures = takes.map((take) => take.measure)
  const indivisible = measures.filter((measure) => !isAdditive(measure))
  const at = partName(`rows of ${group.id}`, goal.where)
  const check = planTotal(['requests'], goal.window, goal.where, context)
  const whole = wholeMeasures(measures, context)
  const left = whole && planTotal(whole, goal.window, goal.where, context)
  if (!isLeft(left, indivisible) && context.doubts.barred.has(at)) return { kind: 'impossible', measures }
  if (check.kind === 'impossible') return check
  const alone = indivisible.length === 0 ? null : planTotal(measures, goal.window, goal.where, context)
  const trusted = showsAll(group.dimension, listing, context)
  return wrapped(
    rows,
    (part) => ({
      op: 'subtract',
      at,
      group,
      part,
      own: true,
      listing: { ...valuesCall(group, listing, goal.window, goal.where), columns: call.columns },
      check: { plan: check.build(), trusted },
      whole: left?.kind === 'way' ? left.build() : null,
      alone: alone?.kind === 'way' ? alone.build() : null,
      rowMeasure: context.rowMeasure,
      indivisible,
    }),
    { calls: trusted ? 0 : check.calls, rounds: 0 },
  )
}

/** A listing; with hits off its rates, held against the hits in all. */
function balanced(goal: Goal, call: CallNode, takes: readonly Take[], context: Context): Costed {
  const rows: Costed = { kind: 'way', calls: 1, least: 1, rounds: 1, build: () => call }
  const measure = takes.find(isHits)?.measure
  if (measure === undefined) return rows
  const total = planTotal([measure], goal.window, goal.where, context)
  if (total.kind === 'impossible') return total
  return wrapped(rows, () => ({ op: 'balance', measure, of: call, total: total.build() }), {
    calls: total.calls,
    rounds: 0,
  })
}
