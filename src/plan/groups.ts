import { dimensionEntry, dimensionId, type ListingEntry, listingsOf } from '../catalog/dimensions.js'
import type { Window } from '../query/query.js'
import { familyOf } from './capabilities.js'
import { type Context, type Costed, constrained, constraintOn, isAdditive, isThere } from './context.js'
import { pair } from './pairs.js'
import type { CallNode, EachItem, Group, MeasureKey, Plan, Take, Where } from './plan.js'
import { isFolding, readValue } from './predicate.js'
import { GUESSED_VALUES } from './price.js'
import { columnsOf, listingTakes } from './sources.js'
import { merged, planTotal } from './total.js'

const REQUESTS: Take = { measure: 'requests', from: 'field', field: 'requests' }

/**
 * The cheapest way to one cell a value of `group`: what one listing carries, and a filtered call a value for the rest. The
 * unattributed group is the listing's own `''` row, or what is left of the whole.
 */
export function planGroups(
  measures: readonly MeasureKey[],
  group: Group,
  window: Window,
  where: Where,
  context: Context,
  nullWanted: boolean,
): Costed {
  const ways = listingsOf(group.dimension)
    .filter((listing) => isThere(listing.endpoint, context))
    .map((listing) => byListing(measures, group, listing, window, where, context, nullWanted))
  const parts = byParts(measures, group, window, where, context)
  const all = parts ? [...ways, parts] : ways
  const best = all.filter((way) => way.kind === 'plan').toSorted((one, other) => one.calls - other.calls)[0]
  return best ?? all[0] ?? { kind: 'impossible', measures: ['requests'] }
}

function byListing(
  measures: readonly MeasureKey[],
  group: Group,
  listing: ListingEntry,
  window: Window,
  where: Where,
  context: Context,
  nullWanted: boolean,
): Costed {
  const folding = isFolding(group.reading)
  const takes = listingTakes(measures, group.dimension, listing, context).filter(
    (take) => !folding || (isAdditive(take.measure) && take.from !== 'distinct'),
  )
  if (!takes.some((take) => take.measure === 'requests')) return { kind: 'impossible', measures: ['requests'] }
  const rows: CallNode = {
    op: 'call',
    endpoint: listing.endpoint,
    window,
    where,
    columns: columnsOf(takes, listing.optIn),
    read: { kind: 'rows', group, takes },
  }
  const rest = measures.filter((measure) => !takes.some((take) => take.measure === measure))
  const whole = { plan: rows, calls: 1 }
  if (rest.length === 0) {
    return nullWanted ? unattributed(measures, group, rows, listing, whole, where, context) : { kind: 'plan', ...whole }
  }
  const each = valueByValue(rest, group, rows, where, context)
  if (each.kind === 'impossible') return each
  const part = { plan: merged([rows, each.plan]), calls: 1 + each.calls }
  return nullWanted ? unattributed(measures, group, rows, listing, part, where, context) : { kind: 'plan', ...part }
}

/** One filtered plan a value, over the values that `rows` lists. */
function valueByValue(
  measures: readonly MeasureKey[],
  group: Group,
  rows: CallNode,
  where: Where,
  context: Context,
): Costed {
  if (dimensionEntry(group.dimension).filter === 'none') return { kind: 'impossible', measures }
  const slot = group.id
  const paired = pair(constrained(where, group.dimension, { kind: 'slot', slot }), rows.window, context)
  if (paired === null) return { kind: 'impossible', measures }
  const asked: readonly MeasureKey[] = paired.guessed ? ['requests', ...measures] : measures
  const body = planTotal(asked, rows.window, paired.where, context)
  if (body.kind === 'impossible') return body
  // The same request as `rows`, read as the upstream's own texts: those are what is pushed down.
  const raw: CallNode = { ...rows, read: { kind: 'rows', group: { ...group, reading: 'text' }, takes: [REQUESTS] } }
  const plan: Plan = {
    op: 'each',
    slot,
    source: { kind: 'listing', of: raw },
    how: { kind: 'group', group, verify: paired.guessed },
    inList: dimensionEntry(group.dimension).filter !== 'metadata',
    body: paired.wrap(body.plan),
  }
  return { kind: 'plan', plan, calls: GUESSED_VALUES * body.calls + paired.calls }
}

/** Adds what a listing does not attribute, unless it is known to show that itself or the filter leaves it out. */
function unattributed(
  measures: readonly MeasureKey[],
  group: Group,
  rows: CallNode,
  listing: ListingEntry,
  part: { readonly plan: Plan; readonly calls: number },
  where: Where,
  context: Context,
): Costed {
  const entry = dimensionEntry(group.dimension)
  const complete = part.plan === rows
  const shown = entry.attributed || context.capabilities.listsUnattributed.has(familyOf(listing.endpoint))
  const excluded = constraintOn(where, group.dimension) !== undefined
  if (excluded || (complete && shown) || !entry.nullable) return { kind: 'plan', ...part }
  const whole = planTotal(measures.filter(isAdditive), rows.window, where, context)
  const check = planTotal(['requests'], rows.window, where, context)
  const plan: Plan = {
    op: 'subtract',
    group,
    part: part.plan,
    check: shown || check.kind === 'impossible' ? null : check.plan,
    whole: whole.kind === 'impossible' ? null : whole.plan,
    shown,
  }
  return { kind: 'plan', plan, calls: part.calls + (shown ? 0 : 1) }
}

/** A field with few values that are sets of codes (`isFailure`): one filtered plan a value, no listing. */
function byParts(
  measures: readonly MeasureKey[],
  group: Group,
  window: Window,
  where: Where,
  context: Context,
): Costed | null {
  if (group.reading !== 'isFailure') return null
  const literal = constraintOn(where, group.dimension)?.values
  const codes =
    literal?.kind === 'literal' ? literal.values : Array.from({ length: 500 }, (_, index) => String(100 + index))
  const items = [false, true].flatMap((value): EachItem[] => {
    const push = codes.filter((code) => readValue(code, group.reading) === value)
    return push.length === 0 ? [] : [{ value, push }]
  })
  const slot = dimensionId(group.dimension)
  const body = planTotal(measures, window, constrained(where, group.dimension, { kind: 'slot', slot }), context)
  if (body.kind === 'impossible') return body
  const how = { kind: 'group', group, verify: false } as const
  return {
    kind: 'plan',
    plan: { op: 'each', slot, source: { kind: 'literal', items }, how, inList: true, body: body.plan },
    calls: items.length * body.calls,
  }
}
