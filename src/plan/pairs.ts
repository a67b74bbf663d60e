import { type DimensionRef, dimensionId, KNOWN_PROVIDERS } from '../catalog/dimensions.js'
import type { Window } from '../query/query.js'
import { type Context, constrained, constraintOn, listingFor, partName, unconstrained, valuesCall } from './context.js'
import type { EachNode, Group, Plan, Where } from './plan.js'
import { type Costed, wrapped } from './way.js'

export const MODEL: DimensionRef = { kind: 'dimension', name: 'model' }
export const SERVICE: DimensionRef = { kind: 'dimension', name: 'ai_service' }

/** Whether filters name a model without its provider and providers have to be guessed: then what comes back must be verified. */
export function isGuessing(where: Where, context: Context): boolean {
  const alone = constraintOn(where, MODEL) !== undefined && constraintOn(where, SERVICE) === undefined
  return alone && listingFor(SERVICE, context) === undefined
}

/**
 * A way to ask with these filters, whatever half of a `provider__model` pair they name. The upstream filters by pairs alone: a
 * model without its provider is paired with every provider seen in the window, a provider without its model with every model;
 * where providers cannot be listed, with those known to exist, and then whoever asks has to verify (`isGuessing`).
 */
export function withPairs(where: Where, window: Window, context: Context, way: (where: Where) => Costed): Costed {
  const model = constraintOn(where, MODEL)
  const service = constraintOn(where, SERVICE)
  if ((model === undefined) === (service === undefined)) return way(where)
  const other = model ? SERVICE : MODEL
  const slot = `pair ${dimensionId(other)}`
  const at = partName(slot, where)
  if (context.doubts.barred.has(at)) return { kind: 'impossible', measures: ['requests'] }
  const inner = way(constrained(where, other, { kind: 'slot', slot }))
  const listing = listingFor(other, context)
  if (listing) {
    const group: Group = { id: slot, dimension: other, reading: 'text' }
    const of = valuesCall(group, listing, window, unconstrained(where, [MODEL, SERVICE]))
    return wrapped(inner, (body) => pairing(other, at, slot, { kind: 'listing', of }, body), { calls: 1, rounds: 1 })
  }
  if (!model || context.doubts.guessedProviders) return { kind: 'impossible', measures: ['requests'] }
  const items = [{ value: null, push: KNOWN_PROVIDERS }]
  return wrapped(inner, (body) => pairing(other, at, slot, { kind: 'literal', items }, body))
}

/** A request without a provider is in no pair, so nothing has to account for it here. */
function pairing(dimension: DimensionRef, at: string, slot: string, source: EachNode['source'], body: Plan): Plan {
  return {
    op: 'each',
    at,
    slot,
    dimension,
    source,
    how: { kind: 'together' },
    inList: true,
    verify: false,
    expected: Number.POSITIVE_INFINITY,
    check: null,
    body,
  }
}
