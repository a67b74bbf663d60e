import { type DimensionRef, dimensionEntry, type FilterPath } from '../catalog/dimensions.js'
import { canHold } from '../portkey/encode.js'
import type { EachNode } from './plan.js'

/** Lists are comma separated upstream, so a value that holds a comma cannot be one of them. */
export function canTravel(filter: FilterPath, value: string): boolean {
  return !isList(filter) || canHold(value)
}

/** Whether a literal list is a filter of one call by itself. */
export function travelsAtOnce(filter: FilterPath, values: readonly string[]): boolean {
  if (filter === 'none' || filter === 'pair') return false
  if (!isList(filter)) return values.length === 1
  return values.every((value) => canTravel(filter, value))
}

/** Whether the values that an `each` goes through travel in a list: not where none is bound. */
export function travelsInList({ dimension, how }: Pick<EachNode, 'dimension' | 'how'>): boolean {
  return how.kind !== 'unless' && isList(dimensionEntry(dimension).filter)
}

/** The values that some request can have: the others match nothing, and the upstream may refuse the call that names them. */
export function sendable(dimension: DimensionRef, values: readonly string[]): readonly string[] {
  const some = values.filter((text) => text !== '')
  return dimensionEntry(dimension).filter === 'apiKeyIds' ? some.filter((text) => UUID.test(text)) : some
}

/** The form of an API key's id: the upstream refuses a call with any other text, and no request can have one. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A metadata key is compared with one value; all else that filters takes a list. */
function isList(filter: FilterPath): boolean {
  return filter !== 'metadata'
}
