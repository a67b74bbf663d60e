import type { Catalog } from '../catalog/catalog.js'
import { nameOfRef } from '../query/fields.js'
import type { FieldRef, Query } from '../query/query.js'
import { entryOf, groupOfRef, listableFields } from './fields.js'
import type { Group } from './plan.js'
import type { Refusal } from './refusal.js'

/** The groups of a question as dimensions of the upstream, and those that it cannot list. Pure. */
export function groupsOf(
  query: Query,
  catalog: Catalog,
): { readonly groups: readonly Group[]; readonly refusals: readonly Refusal[] } {
  const groups: Group[] = []
  const refusals: Refusal[] = []
  query.groupBy.forEach((ref, index) => {
    const group = groupOfRef(catalog, query.datasource, ref)
    if (group) groups.push(group)
    else refusals.push({ path: `/groupBy/${index}`, ...reason(query, ref, catalog) })
  })
  return { groups, refusals }
}

function reason(query: Query, ref: FieldRef, catalog: Catalog): Omit<Refusal, 'path'> {
  const source = entryOf(catalog, query.datasource, ref)?.source
  if (source?.kind === 'unknown') return { why: source.why, instead: source.instead }
  return {
    why: `Portkey cannot list the values of ${nameOfRef(ref)}.`,
    instead: `Group by one of ${listableFields(catalog, query.datasource).join(', ')} or metadata.<key>.`,
  }
}
