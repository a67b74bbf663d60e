import { agentMetrics } from './datasources/agent-metrics.js'
import { cacheMetrics } from './datasources/cache-metrics.js'
import { configMetrics } from './datasources/config-metrics.js'
import { guardrailMetrics } from './datasources/guardrail-metrics.js'
import { mcpMetrics } from './datasources/mcp-metrics.js'
import { modelMetrics } from './datasources/model-metrics.js'
import { FIELD_AGGREGATIONS } from './operators.js'
import type { ColumnEntry, DatasourceEntry, FieldEntry } from './types.js'
import type { AggregationType, Datasource, Operator } from './vocabulary.js'

/** What can be asked, by datasource: parser and planner take one as a value, so another field or column is another row. */
export type Catalog = Readonly<Record<Datasource, DatasourceEntry>>

/** Everything that can be asked, before `METADATA_BINDINGS`: a deployment asks `withBindings` of it. */
export const CATALOG: Catalog = {
  modelMetrics,
  mcpMetrics,
  guardrailMetrics,
  cacheMetrics,
  configMetrics,
  agentMetrics,
}

/** The field of that name or alias; letter case counts. `undefined` = in no table of the datasource. */
export function findField(datasource: Datasource, name: string, catalog: Catalog): FieldEntry | undefined {
  return named(catalog[datasource].fields, name)
}

/** The numeric column of that name or alias. String fields have no entry: see `fieldAggregations`. */
export function findColumn(datasource: Datasource, name: string, catalog: Catalog): ColumnEntry | undefined {
  return named(catalog[datasource].columns, name)
}

/** Operators that may stand beside the field in a filter: the language's, then this service's own. */
export function fieldOperators(field: FieldEntry): readonly Operator[] {
  return [...field.operators, ...field.extensionOperators]
}

/** Operators that may stand beside any metadata key of the datasource. */
export function metadataOperators(datasource: Datasource, catalog: Catalog): readonly Operator[] {
  const { operators, extensionOperators } = catalog[datasource].metadata
  return [...operators, ...extensionOperators]
}

/** Aggregations that a numeric column takes: the language's, then this service's own. */
export function columnAggregations(column: ColumnEntry): readonly AggregationType[] {
  return [...column.aggregations, ...column.extensionAggregations]
}

/** Aggregations on a field in the place of a column: whatever can be grouped by can be counted. */
export function fieldAggregations(field: FieldEntry): readonly AggregationType[] {
  return field.groupable === 'no' ? [] : FIELD_AGGREGATIONS
}

/**
 * The fields that `METADATA_BINDINGS` may move, sorted: those that hold whatever text there is, in every datasource that has them.
 * Numbers, booleans, closed sets and readings of something else (a status as text) mean what metadata cannot.
 */
export function bindableFields(catalog: Catalog): readonly string[] {
  const fields = Object.values(catalog).flatMap((datasource) => datasource.fields)
  const closed = new Set(fields.filter((field) => !isOpenText(field)).map(({ name }) => name))
  return [...new Set(fields.map(({ name }) => name))].filter((name) => !closed.has(name)).toSorted()
}

function isOpenText({ type, values, source }: FieldEntry): boolean {
  if ((type !== 'string' && type !== 'array') || values !== undefined) return false
  return source.kind !== 'part' && (source.kind !== 'dimension' || source.reading === 'text')
}

/**
 * The same catalogue with fields moved to other metadata keys, by the fields' catalogue names (`METADATA_BINDINGS`). Throws a
 * `RangeError` on a field that is not bindable: its values would contradict its type.
 */
export function withBindings(catalog: Catalog, bindings: Readonly<Record<string, string>>): Catalog {
  const bindable = bindableFields(catalog)
  const bad = Object.keys(bindings).filter((name) => !bindable.includes(name))
  if (bad.length > 0) throw new RangeError(`${bad.join(', ')} cannot be bound to metadata: ${bindable.join(', ')} can`)
  const moved = (entry: DatasourceEntry): DatasourceEntry => ({
    ...entry,
    fields: entry.fields.map((field) => {
      const key = Object.hasOwn(bindings, field.name) ? bindings[field.name] : undefined
      return key === undefined ? field : { ...field, source: { kind: 'metadata', key } }
    }),
  })
  return {
    modelMetrics: moved(catalog.modelMetrics),
    mcpMetrics: moved(catalog.mcpMetrics),
    guardrailMetrics: moved(catalog.guardrailMetrics),
    cacheMetrics: moved(catalog.cacheMetrics),
    configMetrics: moved(catalog.configMetrics),
    agentMetrics: moved(catalog.agentMetrics),
  }
}

function named<Row extends { readonly name: string; readonly aliases: readonly string[] }>(
  rows: readonly Row[],
  name: string,
): Row | undefined {
  return rows.find((row) => row.name === name || row.aliases.includes(name))
}
