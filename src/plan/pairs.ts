import { type DimensionRef, dimensionId } from '../catalog/dimensions.js'
import { KNOWN_PROVIDERS } from '../catalog/providers.js'
import type { Window } from '../query/query.js'
import type { Context } from './context.js'
import type { CallNode, Group, PairNode, Where } from './plan.js'
import { planTotal } from './total.js'
import { listingFor, valuesCall } from './values.js'
import { type Costed, wrapped } from './way.js'
import { constrained, constraintOn, partName, unconstrained } from './where.js'

/** The half of a pair behind `__`. */
export const MODEL: DimensionRef = { kind: 'dimension', name: 'model' }
/** The half of a pair before `__`: the provider. */
export const SERVICE: DimensionRef = { kind: 'dimension', name: 'ai_service' }

/**
 * A way to ask with these filters, whatever half of a `provider__model` pair they name. The upstream filters by pairs alone: a
 * model without its provider is paired with every provider seen in the window, a provider without its model with every model;
 * where providers cannot be listed, with those known to exist. Pairs that may not be all are held against the half's own listing.
 */
export function withPairs(where: Where, window: Window, context: Context, way: (where: Where) => Costed): Costed {
  const half = constraintOn(where, MODEL) ?? constraintOn(where, SERVICE)
  const both = constraintOn(where, MODEL) && constraintOn(where, SERVICE)
  if (!half || both) return way(where)
  const given = dimensionId(half.dimension) === dimensionId(MODEL) ? MODEL : SERVICE
  const other = given === MODEL ? SERVICE : MODEL
  const slot = `pair ${dimensionId(other)}`
  const at = partName(slot, where)
  const closed = constrained(where, other, { kind: 'slot', slot })
  const own = listingOf(given, window, where, context)
  const listed = listingOf(other, window, where, context)
  const asked = planTotal(['requests'], window, closed, context)
  const guessed = listed === null
  if (context.doubts.barred.has(at) || asked.kind === 'impossible' || own === null || (guessed && given === SERVICE)) {
    return { kind: 'impossible', measures: ['requests'] }
  }
  const source: PairNode['source'] = listed
    ? { kind: 'listing', of: listed }
    : { kind: 'known', values: KNOWN_PROVIDERS }
  const more = { calls: listed ? 1 : 1 + asked.calls, rounds: listed ? 1 : 0 }
  return wrapped(
    way(closed),
    (body) => ({
      op: 'pair',
      at,
      slot,
      field: context.nameOf(other),
      source,
      proof: { own, values: half.values, asked: asked.build() },
      body,
    }),
    more,
  )
}

/** The filters that can narrow a listing: half a model pair cannot travel. What is left lists more, never less. */
export function narrowing(where: Where): Where {
  const both = constraintOn(where, MODEL) && constraintOn(where, SERVICE)
  return both ? where : unconstrained(where, [MODEL, SERVICE])
}

/** The values of one half under the other filters; a half itself cannot narrow a listing. */
function listingOf(dimension: DimensionRef, window: Window, where: Where, context: Context): CallNode | null {
  const listing = listingFor(dimension, context)
  if (!listing) return null
  const label = context.nameOf(dimension)
  const group: Group = { id: `pair ${dimensionId(dimension)}`, label, dimension, reading: 'text' }
  return valuesCall(group, listing, window, unconstrained(where, [MODEL, SERVICE]))
}
