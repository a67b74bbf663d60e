import { at } from '../query/faults.js'
import { moved } from '../query/places.js'
import type { Placed } from './filters.js'

/** Where the parts of a question stand in the request that it was read from. */
export type Places = {
  /** Pointer of the target's payload. */
  readonly payload: string
  /** In the order of the question's own. */
  readonly filters: readonly Placed[]
  /** For each aggregation and group of the question its position in the payload. */
  readonly aggregations: readonly number[]
  readonly groupBy: readonly number[]
}

/** The error of a question with every fault at its place in the request, in the message too; other errors as they are. */
export function placed(error: unknown, places: Places): unknown {
  return moved(error, (path) => placeOf(path, places))
}

function placeOf(path: string, { payload, filters, aggregations, groupBy }: Places): string {
  const [, list = '', index, rest = ''] = /^\/(filters|aggregations|groupBy)\/(\d+)(\/.*)?$/.exec(path) ?? []
  if (list === 'filters') {
    const filter = filters[Number(index)]
    return filter === undefined ? `${payload}${path}` : placeInFilter(filter, rest)
  }
  const positions = { aggregations, groupBy }[list]
  return list === ''
    ? `${payload}${path}`
    : `${at(at(payload, list), positions?.[Number(index)] ?? Number(index))}${rest}`
}

/** A filter that is not spelled in the language's words has its parts under other names. */
function placeInFilter({ path, parts }: Placed, rest: string): string {
  if (parts === undefined) return `${path}${rest}`
  const [, part = '', more = ''] = /^\/(\w+)(\/.*)?$/.exec(rest) ?? []
  const own = parts[part]
  // Several values may have been one text.
  return own === undefined ? path : part === 'value' ? own : `${own}${more}`
}
