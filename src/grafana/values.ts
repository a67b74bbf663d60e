import type { Datasource } from '../catalog/vocabulary.js'
import { resolveName, responseKeyOf } from '../query/fields.js'
import { parseQuery } from '../query/parse.js'
import { steadied } from './interval.js'
import type { Desk } from './query.js'
import type { Range } from './range.js'
import { stamps } from './timing.js'

/** Which values are wanted. */
export type Wanted = {
  readonly datasource: Datasource
  readonly field: string
  readonly range: Range
  /** Filters of the language. */
  readonly filters: readonly unknown[]
  /** The most values; 1,000 unless told. */
  readonly limit?: number
}

/** Values that a picker can hold. */
export const MOST_VALUES = 1_000

/**
 * The values of a field, the most frequent first: as the question by that field finds them, or the closed set that the catalogue knows.
 * Rows without a value have none to pick. Throws a `ServiceError`, as the question does.
 */
export async function liveValues(wanted: Wanted, { ask, catalog, maxRows }: Desk): Promise<readonly string[]> {
  const { datasource, field, range, filters } = wanted
  const named = resolveName({ datasource, catalog }, field)
  if (named.kind === 'field' && filters.length === 0) {
    if (named.entry.type === 'boolean') return ['true', 'false']
    if (named.entry.values !== undefined) return named.entry.values.map(String)
  }
  const body = {
    datasource,
    type: 'distribution',
    ...stamps(steadied(range)),
    groupBy: [field],
    filters,
    limit: Math.min(MOST_VALUES, maxRows),
  }
  const { rows } = await ask(parseQuery(body, catalog))
  const key = named.kind === 'unknown' ? field : responseKeyOf(named)
  const values = rows.flatMap((row) => (row[key] === null || row[key] === undefined ? [] : [String(row[key])]))
  return values.slice(0, wanted.limit ?? MOST_VALUES)
}
