import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { type ListingEntry, listingsOf } from '../catalog/listings.js'
import { MEASURES } from '../catalog/measures.js'
import type { MeasureName } from '../catalog/types.js'
import type { Endpoint } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import type { Window } from '../query/query.js'
import { type Capabilities, type Doubts, familyOf, placeOf } from './capabilities.js'
import type { Counted } from './formulas.js'
import type { Observation } from './ladder.js'
import type { Memo } from './memo.js'
import type { CallNode, Constraint, Group, MeasureKey, Take, Values, Where } from './plan.js'

/** What every step of planning looks at. */
export type Context = {
  readonly capabilities: Capabilities
  readonly doubts: Doubts
  readonly counted: readonly Counted[]
  /** What counts the rows of a cell: the requests, or those of them that the datasource is about. */
  readonly rows: MeasureName
  /** The dimensions that a question groups, filters and counts by. */
  readonly dimensions: readonly DimensionRef[]
  /** What a question calls a dimension. */
  readonly nameOf: (dimension: DimensionRef) => string
  /** Steps that windows were answered with, for the scope and for this question. */
  readonly steps: readonly Observation[]
  readonly memo: Memo
}

/** Whether the deployment is not known to lack the endpoint. */
export function isThere(endpoint: Endpoint, context: Context): boolean {
  const place = placeOf(endpoint)
  return !context.capabilities.missing.has(place) && !context.doubts.missing.has(place)
}

/** Whether the deployment is not known to lack the field of an endpoint. */
export function hasField(endpoint: Endpoint, field: string, context: Context): boolean {
  return !context.capabilities.lacking.has(`${endpointId(endpoint)}:${field}`)
}

/** The best listing of a dimension's values that the deployment has. */
export function listingFor(dimension: DimensionRef, context: Context): ListingEntry | undefined {
  return listingsOf(dimension).find((listing) => isThere(listing.endpoint, context) && !listing.failuresOnly)
}

/** Whether a listing is known to show what it does not attribute, so that the lack of a `''` row means there is none. */
export function showsAll(dimension: DimensionRef, listing: ListingEntry, context: Context): boolean {
  if (listing.failuresOnly || listing.valuedOnly) return false
  return dimensionEntry(dimension).attributed || context.capabilities.listsUnattributed.has(familyOf(listing.endpoint))
}

/** How many values a dimension is taken to have: as seen in this question, as last seen, or as is usual. */
export function expectedValues(dimension: DimensionRef, context: Context): number {
  const id = dimensionId(dimension)
  return context.doubts.values.get(id) ?? context.capabilities.values.get(id) ?? dimensionEntry(dimension).usual
}

/** A listing of a dimension's values with their requests, read as the upstream's own texts. */
export function valuesCall(group: Group, listing: ListingEntry, window: Window, where: Where): CallNode {
  const read = { kind: 'rows', group: { ...group, reading: 'text' }, takes: [REQUESTS] } as const
  return { op: 'call', endpoint: listing.endpoint, window, where, columns: [], read }
}

const REQUESTS: Take = { measure: 'requests', from: 'field', field: 'requests' }

/** Names a part of a plan: what it goes through, and the values that are bound around it. */
export function partName(what: string, where: Where): string {
  const bound = where.constraints
    .filter(({ values }) => values.kind === 'slot')
    .map(({ dimension }) => dimensionId(dimension))
  return `${what} within ${bound.join(', ') || 'all'}`
}

/** Whether cells of the measure add up over disjoint slices. */
export function isAdditive(measure: MeasureKey): boolean {
  return isNamed(measure) ? MEASURES[measure].kind === 'additive' : measure.startsWith('nonNull:')
}

/** Whether the key is a measure of the catalogue, not a count over a dimension. */
export function isNamed(measure: MeasureKey): measure is MeasureName {
  return Object.hasOwn(MEASURES, measure)
}

/** The filters with one more; a filter on the same dimension is replaced. */
export function constrained(where: Where, dimension: DimensionRef, values: Values): Where {
  return withConstraints(where, [...without(where, [dimension]), { dimension, values }])
}

/** The filters but for those on some dimensions. */
export function unconstrained(where: Where, dimensions: readonly DimensionRef[]): Where {
  return withConstraints(where, without(where, dimensions))
}

/** The constraint on a dimension, if there is one. */
export function constraintOn(where: Where, dimension: DimensionRef): Constraint | undefined {
  return where.constraints.find((other) => dimensionId(other.dimension) === dimensionId(dimension))
}

/** The same filters with other constraints, in the one order, so that equal questions make equal calls. */
export function withConstraints(where: Where, constraints: readonly Constraint[]): Where {
  return {
    ...where,
    constraints: constraints.toSorted((one, other) =>
      dimensionId(one.dimension) < dimensionId(other.dimension) ? -1 : 1,
    ),
  }
}

function without(where: Where, dimensions: readonly DimensionRef[]): readonly Constraint[] {
  const ids = dimensions.map(dimensionId)
  return where.constraints.filter((other) => !ids.includes(dimensionId(other.dimension)))
}
