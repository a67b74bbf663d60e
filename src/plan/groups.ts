import { type DimensionRef, dimensionEntry, dimensionId, type ListingEntry, listingsOf } from '../catalog/dimensions.js'
import {
  type Context,
  constrained,
  constraintOn,
  isAdditive,
  isThere,
  partName,
  showsAll,
  valuesCall,
} from './context.js'
import { valueByValue } from './each.js'
import { type Goal, wantsNull } from './goal.js'
import type { CallNode, EachItem, Group, GroupValue, Take } from './plan.js'
import { isFolding, readValue, STATUS_CODES } from './predicate.js'
import { columnsOf, listingTakes } from './sources.js'
import { planTotal } from './total.js'
import { type Costed, cheapest, joined, merged, wrapped } from './way.js'

/**
 * The cheapest way to one cell a value of one group: what one listing carries, and a filtered call a value for the rest. The
 * unattributed group is the listing's own `''` row, or what is left of the whole.
 */
export function planGroup(goal: Goal, group: Group, context: Context, solve: (goal: Goal) => Costed): Costed {
  const listings = listingsOf(group.dimension).filter(
    (listing) => isThere(listing.endpoint, context) && (showsGroup(group, listing) || !hidesSuccesses(listing, goal)),
  )
  return cheapest([
    ...listings.map((listing) => byListing(goal, group, listing, context, solve)),
    group.reading === 'isFailure' ? byParts(goal, group, [false, true], context) : null,
  ])
}

/** What a listing of the group's dimension gives of the goal; empty when it does not even count the requests. */
export function rowTakes(goal: Goal, group: Group, listing: ListingEntry, context: Context): readonly Take[] {
  const takes = listingTakes(goal.measures, group.dimension, listing, goal.where, context)
  if (!isFolding(group.reading)) return takes
  // An error code is one row of the listing, but for the null that stands for all the others.
  const single = group.reading === 'errorText'
  return takes.filter((take) => (single || isAdditive(take.measure)) && take.from !== 'distinct')
}

function byListing(
  goal: Goal,
  group: Group,
  listing: ListingEntry,
  context: Context,
  solve: (goal: Goal) => Costed,
): Costed {
  const takes = rowTakes(goal, group, listing, context)
  const rest = goal.measures.filter((measure) => !takes.some((take) => take.measure === measure))
  if (takes.length === 0) return valueByValue(goal, group, listing, context, solve)
  const call: CallNode = {
    op: 'call',
    endpoint: listing.endpoint,
    window: goal.window,
    where: goal.where,
    columns: columnsOf(takes, listing.optIn),
    read: { kind: 'rows', group, takes },
  }
  const rows = withHidden(goal, group, listing, call, takes, context)
  const ways = [rows]
  const folded =
    group.reading === 'errorText' ? takes.map((take) => take.measure).filter((measure) => !isAdditive(measure)) : []
  if (folded.length > 0) ways.push(byParts({ ...goal, measures: folded }, group, [null], context))
  if (rest.length > 0) ways.push(valueByValue({ ...goal, measures: rest }, group, listing, context, solve))
  if (rest.length > 0 && hidesSuccesses(listing, goal))
    ways.push(byParts({ ...goal, measures: rest }, group, [null], context))
  return joined(ways, merged)
}

/** A listing of failures shows every error code; other readings of a status need the successes too. */
function showsGroup(group: Group, listing: ListingEntry): boolean {
  return !listing.failuresOnly || group.reading === 'errorText'
}

/** Whether a listing of failures leaves requests out that pass the filters. */
function hidesSuccesses(listing: ListingEntry, { where }: Goal): boolean {
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
  const rows: Costed = { kind: 'way', calls: 1, least: 1, rounds: 1, build: () => call }
  const { attributed } = dimensionEntry(group.dimension)
  const named = attributed || constraintOn(goal.where, group.dimension) !== undefined
  if ((named && !hidesSuccesses(listing, goal)) || !wantsNull(goal, group)) return rows
  const measures = takes.map((take) => take.measure)
  const indivisible = measures.filter((measure) => !isAdditive(measure))
  const at = partName(`rows of ${group.id}`, goal.where)
  const check = planTotal(['requests'], goal.window, goal.where, context)
  const whole = indivisible.length > 0 ? null : planTotal(measures, goal.window, goal.where, context)
  if (whole?.kind !== 'way' && context.doubts.barred.has(at)) return { kind: 'impossible', measures }
  if (check.kind === 'impossible') return check
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
      whole: whole?.kind === 'way' ? whole.build() : null,
      indivisible,
    }),
    { calls: trusted ? 0 : check.calls, rounds: 0 },
  )
}

/** Values of a field that are sets of status codes: one filtered plan a value, no listing. */
function byParts(goal: Goal, group: Group, values: readonly GroupValue[], context: Context): Costed {
  const literal = constraintOn(goal.where, group.dimension)?.values
  const codes = literal?.kind === 'literal' ? literal.values : STATUS_CODES
  const items = values.flatMap((value): EachItem[] => {
    const push = codes.filter((code) => readValue(code, group.reading) === value)
    return push.length === 0 ? [] : [{ value, push }]
  })
  const slot = dimensionId(group.dimension)
  const where = constrained(goal.where, group.dimension, { kind: 'slot', slot })
  const body = planTotal(goal.measures, goal.window, where, context)
  if (body.kind === 'impossible') return body
  return {
    ...body,
    calls: items.length * body.calls,
    least: items.length * body.least,
    build: () => ({
      op: 'each',
      at: slot,
      slot,
      dimension: group.dimension,
      field: group.label,
      source: { kind: 'literal', items },
      how: { kind: 'group', group },
      inList: dimensionEntry(group.dimension).filter !== 'metadata',
      most: null,
      expected: items.length,
      check: null,
      body: body.build(),
    }),
  }
}
