import { type DimensionRef, dimensionId, KNOWN_PROVIDERS, listingsOf } from '../catalog/dimensions.js'
import type { Window } from '../query/query.js'
import { type Context, constrained, constraintOn, isThere } from './context.js'
import type { Group, Plan, Where } from './plan.js'

const MODEL: DimensionRef = { kind: 'dimension', name: 'model' }
const SERVICE: DimensionRef = { kind: 'dimension', name: 'ai_service' }

/** A `where` whose model and provider can travel, and what has to run around whatever uses it. */
export type Paired = {
  readonly where: Where
  readonly wrap: (body: Plan) => Plan
  readonly calls: number
  /** The other half was guessed, so what comes back must be held against the model's own row. */
  readonly guessed: boolean
}

/**
 * The upstream filters by `provider__model` pairs alone. A model without its provider is paired with every provider seen in
 * the window, a provider without its model with every model; where providers cannot be listed, with those known to exist.
 * `null` when the other half is not to be had.
 */
export function pair(where: Where, window: Window, context: Context): Paired | null {
  const model = constraintOn(where, MODEL)
  const service = constraintOn(where, SERVICE)
  if ((model === undefined) === (service === undefined))
    return { where, wrap: (body) => body, calls: 0, guessed: false }
  const other = model ? SERVICE : MODEL
  const slot = dimensionId(other)
  const listing = listingsOf(other).find((entry) => isThere(entry.endpoint, context))
  const paired = constrained(where, other, { kind: 'slot', slot })
  if (listing) {
    const group: Group = { id: slot, dimension: other, reading: 'text' }
    const constraints = where.constraints.filter((constraint) => constraint !== model && constraint !== service)
    const of: Plan = {
      op: 'call',
      endpoint: listing.endpoint,
      window,
      where: { ...where, constraints },
      columns: [],
      read: { kind: 'rows', group, takes: [{ measure: 'requests', from: 'field', field: 'requests' }] },
    }
    const source = { kind: 'listing', of } as const
    return {
      where: paired,
      wrap: (body) => ({ op: 'each', slot, source, how: { kind: 'together' }, inList: true, body }),
      calls: 1,
      guessed: false,
    }
  }
  if (!model || context.doubts.guessedProviders) return null
  const source = { kind: 'literal', items: [{ value: null, push: KNOWN_PROVIDERS }] } as const
  return {
    where: paired,
    wrap: (body) => ({ op: 'each', slot, source, how: { kind: 'together' }, inList: true, body }),
    calls: 0,
    guessed: true,
  }
}
