import { type Catalog, findField } from '../catalog/catalog.js'
import { type DimensionRef, dimensionId } from '../catalog/dimensions.js'
import type { FieldEntry } from '../catalog/types.js'
import type { Datasource } from '../catalog/vocabulary.js'
import type { FieldRef } from '../query/query.js'
import type { Group } from './plan.js'

/** The field as something to group by; `null` when the upstream cannot list its values. */
export function groupOf(field: FieldEntry): Group | null {
  const { source } = field
  switch (source.kind) {
    case 'dimension':
      return {
        id: field.name,
        label: field.name,
        dimension: { kind: 'dimension', name: source.dimension },
        reading: source.reading,
      }
    case 'metadata':
      return { id: field.name, label: field.name, dimension: { kind: 'metadata', key: source.key }, reading: 'text' }
    case 'part':
      return {
        id: field.name,
        label: field.name,
        dimension: { kind: 'part', name: source.part },
        reading: source.reading,
      }
    case 'parameter':
    case 'range':
    case 'unknown':
      return null
  }
}

/** What a reference groups by; `null` when the upstream cannot list its values. */
export function groupOfRef(catalog: Catalog, datasource: Datasource, ref: FieldRef): Group | null {
  if (ref.kind === 'metadata') return metadataGroup(ref.key)
  const entry = entryOf(catalog, datasource, ref)
  return entry && groupOf(entry)
}

/** The catalogue entry behind a reference; `null` for a metadata key. A query only holds names that exist. */
export function entryOf(catalog: Catalog, datasource: Datasource, ref: FieldRef): FieldEntry | null {
  return ref.kind === 'metadata' ? null : (findField(datasource, ref.name, catalog) ?? null)
}

/** What a question on this datasource calls a dimension. */
export function fieldNameOf(catalog: Catalog, datasource: Datasource, dimension: DimensionRef): string {
  if (dimension.kind === 'metadata' || dimension.kind === 'parameter') return dimensionId(dimension)
  const named = catalog[datasource].fields.find(
    ({ source }) => source.kind === 'dimension' && source.dimension === dimension.name,
  )
  return named?.name ?? dimension.name
}

/** Names of the fields of a datasource whose values the upstream can list: what can be grouped by and counted. */
export function listableFields(catalog: Catalog, datasource: Datasource): readonly string[] {
  const { fields } = catalog[datasource]
  return fields.filter((field) => field.groupable !== 'no' && groupOf(field)).map(({ name }) => name)
}

/** A key of the request metadata as something to group by. */
function metadataGroup(key: string): Group {
  const id = `metadata.${key}`
  return { id, label: id, dimension: { kind: 'metadata', key }, reading: 'text' }
}
