import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { type ListingEntry, listingsOf } from '../catalog/listings.js'
import type { Window } from '../query/query.js'
import { familyOf } from './capabilities.js'
import { type Context, isThere } from './context.js'
import type { CallNode, Group, Take, Where } from './plan.js'

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
