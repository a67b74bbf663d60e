import { type Catalog, fieldAggregations, fieldOperators, findField } from '../catalog/catalog.js'
import type { FieldEntry } from '../catalog/types.js'
import { DATASOURCES, type Datasource } from '../catalog/vocabulary.js'
import { LIMITS } from './limits.js'
import type { FieldRef } from './query.js'
import { textFault } from './text.js'
import { didYouMean, quote } from './wording.js'

/** Where names are looked up: a datasource's tables, among all. */
export type Tables = { readonly datasource: Datasource; readonly catalog: Catalog }

/** What a name stands for in a datasource. */
export type Named =
  | { readonly kind: 'field'; readonly entry: FieldEntry }
  | { readonly kind: 'metadata'; readonly key: string }
  | { readonly kind: 'unknown' }

/** Where a name stands in a body. */
export type Place = 'groupBy' | 'filter' | 'column'

const METADATA_PREFIX = 'metadata.'

/** Reads a field's name or alias, or `metadata.<key>` (all that follows the first dot is the key). */
export function resolveName({ datasource, catalog }: Tables, name: string): Named {
  const entry = findField(datasource, name, catalog)
  if (entry !== undefined) return { kind: 'field', entry }
  if (name.startsWith(METADATA_PREFIX)) return { kind: 'metadata', key: name.slice(METADATA_PREFIX.length) }
  return { kind: 'unknown' }
}

/** The reference that a Query carries. */
export function refOf(named: Exclude<Named, { kind: 'unknown' }>): FieldRef {
  return named.kind === 'field' ? { kind: 'field', name: named.entry.name } : { kind: 'metadata', key: named.key }
}

/** How a question spells a reference. */
export function nameOfRef(ref: FieldRef): string {
  return ref.kind === 'metadata' ? `${METADATA_PREFIX}${ref.key}` : ref.name
}

/** The key of a group value in a reply. */
export function responseKeyOf(named: Exclude<Named, { kind: 'unknown' }>): string {
  return named.kind === 'field' ? named.entry.responseKey : nameOfRef(named)
}

/** The key in a reply of the group that a reference stands for. */
export function responseKeyOfRef({ datasource, catalog }: Tables, ref: FieldRef): string {
  const entry = ref.kind === 'field' ? findField(datasource, ref.name, catalog) : undefined
  return entry === undefined ? nameOfRef(ref) : responseKeyOf({ kind: 'field', entry })
}

/** Why a metadata key cannot be asked for, or `null` if it can. */
export function metadataKeyFault(key: string): string | null {
  if (key === '') return 'The metadata key is empty.'
  // They would be steps of the path in the upstream's URL.
  if (key === '.' || key === '..') return `The metadata key ${quote(key)} cannot travel in a URL.`
  const fault = textFault(key, LIMITS.metadataKeyLength)
  return fault === null ? null : `The metadata key ${quote(key)} cannot be asked for. ${fault}`
}

/** What to say about a name that the datasource does not have, or not in this place. */
export function unknownName(tables: Tables, name: string, place: Place): string {
  const allowed = namesIn(tables, place)
  const near = didYouMean(name, allowed)
  return `${whereItIs(tables, name, place)}${near} ${VERB[place]}: ${allowed.join(', ')}.`
}

const VERB: Readonly<Record<Place, string>> = {
  groupBy: 'Can be grouped by',
  filter: 'Can be filtered by',
  column: 'Can be aggregated',
}

/** What the name is elsewhere: in the same datasource in another place, in other datasources, or nowhere. */
function whereItIs({ datasource, catalog }: Tables, name: string, place: Place): string {
  if (isIn({ datasource, catalog }, name)) return `${datasource} has ${quote(name)}, but it ${NOT_HERE[place]}.`
  const others = DATASOURCES.filter((other) => isIn({ datasource: other, catalog }, name))
  const elsewhere = others.length === 0 ? '' : ` It belongs to ${others.join(', ')}.`
  return `${datasource} has no field ${quote(name)}.${elsewhere}`
}

const NOT_HERE: Readonly<Record<Place, string>> = {
  groupBy: 'cannot be grouped by',
  filter: 'cannot be filtered by',
  column: 'cannot be aggregated',
}

function isIn({ datasource, catalog }: Tables, name: string): boolean {
  const { fields, columns } = catalog[datasource]
  return [...fields, ...columns].some((row) => row.name === name || row.aliases.includes(name))
}

/** Names that may stand in a place, as the language spells them first. */
function namesIn({ datasource, catalog }: Tables, place: Place): readonly string[] {
  const { fields, columns } = catalog[datasource]
  switch (place) {
    case 'groupBy':
      return [...fields.filter((row) => row.groupable !== 'no').map((row) => row.name), 'metadata.<key>']
    case 'filter':
      return [...fields.filter((row) => fieldOperators(row).length > 0).map((row) => row.name), 'metadata.<key>']
    case 'column':
      return [...columns, ...fields.filter((row) => fieldAggregations(row).length > 0)].map((row) => row.name)
  }
}
