import { type ColumnMeaning, type DatasourceMeaning, type FieldMeaning, meaningOf, metadataSql } from './language.js'
import type { Question } from './question.js'

/** Bound metadata keys by field, as METADATA_BINDINGS has them. */
export type Bindings = Readonly<Record<string, string>>

/** What a column, or a field in its place, is of one request. */
export function columnOf(datasource: DatasourceMeaning, name: string, bindings: Bindings): ColumnMeaning {
  const column = datasource.columns[name]
  return column === undefined ? fieldOf(datasource, name, bindings).sql : column
}

/** The field of a name or alias, or `metadata.<key>`. Throws on one that the oracle was not taught. */
export function fieldOf(datasource: DatasourceMeaning, name: string, bindings: Bindings): FieldMeaning {
  const entries = Object.entries(datasource.fields)
  const [own, field] = entries.find(([other, { aliases }]) => other === name || aliases.includes(name)) ?? []
  if (own !== undefined && field !== undefined) {
    const bound = bindings[own]
    return bound === undefined ? field : { ...field, sql: metadataSql(bound) }
  }
  if (name.startsWith('metadata.')) return metadataField(name.slice('metadata.'.length))
  throw new Error(`the oracle knows no field ${name}: teach it`)
}

/** The field behind a metadata key. */
export function metadataField(key: string): FieldMeaning {
  return { sql: metadataSql(key), key: `metadata.${key}`, aliases: [] }
}

/** What a question names that Portkey has not. */
export function unknownNames(question: Question, bindings: Bindings): readonly string[] {
  const datasource = meaningOf(question.datasource)
  const fields = [
    ...(question.groupBy ?? []),
    ...(question.filters ?? []).flatMap((filter) => ('fieldName' in filter ? [filter.fieldName] : [])),
  ]
  const columns = (question.aggregations ?? []).map(({ column }) => column)
  return [
    ...fields.filter((name) => fieldOf(datasource, name, bindings).sql === null),
    ...columns.filter((name) => columnOf(datasource, name, bindings) === null),
  ]
}

/** What the rows of a question are taken from: requests, or rescues where it groups or filters by those. */
export function tableOf(question: Question, bindings: Bindings): 'requests' | 'rescues' {
  const datasource = meaningOf(question.datasource)
  const named = [
    ...(question.groupBy ?? []),
    ...(question.filters ?? []).flatMap((filter) => ('fieldName' in filter ? [filter.fieldName] : [])),
  ]
  return named.some((name) => fieldOf(datasource, name, bindings).unnests) ? 'rescues' : 'requests'
}
