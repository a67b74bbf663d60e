import type { Catalog } from '../catalog/catalog.js'
import { DATASOURCES } from '../catalog/vocabulary.js'
import type { Restriction } from '../engine.js'
import { newFaults } from '../query/faults.js'
import type { Tables } from '../query/fields.js'
import { parseFilters } from '../query/filters.js'
import type { Filter } from '../query/query.js'
import { oneOf } from '../query/wording.js'
import type { TokenEntry } from './entries.js'
import { filterFault } from './filter-faults.js'
import { leavesNothingOut } from './openness.js'

/** What a token may ask, or why that cannot be made out: sentences that begin with the place in the entry. */
export type ReadRestriction =
  | { readonly ok: true; readonly restriction: Restriction | null }
  | { readonly ok: false; readonly faults: readonly string[] }

/**
 * Reads what an entry may ask. A datasource in which a filter does not exist cannot be asked; where the entry names such a one, or
 * where no datasource is left, that is a fault.
 */
export function restrictionOf(
  { filters, datasources }: Pick<TokenEntry, 'filters' | 'datasources'>,
  catalog: Catalog,
): ReadRestriction {
  if (filters === undefined && datasources === undefined) return { ok: true, restriction: null }
  const unknown = (datasources ?? []).filter((name) => !DATASOURCES.some((known) => known === name))
  if (unknown.length > 0) return { ok: false, faults: [`/datasources must be some of ${oneOf(DATASOURCES)}`] }
  const wanted = DATASOURCES.filter((name) => datasources?.includes(name) ?? true)
  const read = wanted.map((datasource) => ({ datasource, ...enforcedIn({ datasource, catalog }, filters ?? []) }))
  const good = read.filter(({ faults }) => faults.length === 0)
  const bad = read.find(({ faults }) => faults.length > 0)
  if (bad !== undefined && (datasources !== undefined || good.length === 0)) {
    return { ok: false, faults: bad.faults.map((fault) => `${fault} (in ${bad.datasource})`) }
  }
  return { ok: true, restriction: new Map(good.map(({ datasource, enforced }) => [datasource, enforced])) }
}

type Enforced = { readonly enforced: readonly Filter[]; readonly faults: readonly string[] }

function enforcedIn(tables: Tables, filters: readonly unknown[]): Enforced {
  const faults = newFaults()
  const enforced = parseFilters(filters, tables, faults)
  if (faults.count() > 0) {
    const said = faults.toError().details.map(({ path }) => filterFault(tables, filters, path))
    return { enforced: [], faults: [...new Set(said)] }
  }
  const open = enforced.some((filter) => leavesNothingOut(tables, filter))
  return { enforced, faults: open ? ['/filters holds one that leaves nothing out'] : [] }
}
