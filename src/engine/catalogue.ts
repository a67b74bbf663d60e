import { setImmediate } from 'node:timers/promises'
import { type Catalog, columnAggregations, fieldAggregations, fieldOperators } from '../catalog/catalog.js'
import { originOf, rowsText } from '../catalog/origin.js'
import type { ColumnEntry, DatasourceEntry, FieldEntry } from '../catalog/types.js'
import { DATASOURCES, type Datasource } from '../catalog/vocabulary.js'
import { type Condition, conditionsOf } from './catalogue-conditions.js'
import { type Example, examplesOf } from './catalogue-examples.js'
import { filtersBy, filtersOf } from './catalogue-filters.js'
import { type Body, type Judge, type Judges, judgeUses, onto, type Refused } from './catalogue-judge.js'

/** All that can be asked, and what cannot and why: the catalogue as callers see it. */
export type Catalogue = {
  /** Of the examples, ISO 8601. */
  readonly window: { readonly startTs: string; readonly endTs: string }
  readonly datasources: readonly DescribedDatasource[]
}

/** One datasource: its rows, what they can be grouped and filtered by, and what can be computed of them. */
export type DescribedDatasource = {
  readonly name: Datasource
  /** Which requests are its rows. */
  readonly rows: string
  readonly fields: readonly DescribedField[]
  readonly columns: readonly DescribedColumn[]
  /** Any key of the request metadata. */
  readonly metadata: Omit<DescribedField, 'otherNames' | 'type' | 'responseKey' | 'extension' | 'from'>
  readonly examples: readonly Example[]
}

/** Something to group or filter by. `refused`: by Portkey at its best; `ruledOut`: by what this deployment lacks. */
export type DescribedField = {
  readonly name: string
  readonly otherNames: readonly string[]
  readonly type: FieldEntry['type']
  readonly responseKey: string
  /** It is this service's own. */
  readonly extension: boolean
  /** The upstream's name of it; `null` = it has none. */
  readonly from: string | null
  readonly groupable: boolean
  readonly filterable: boolean
  /** What it answers to. */
  readonly operators: readonly string[]
  readonly aggregations: readonly string[]
  /** Uses of those (and `groupBy`) that the language does not have here. */
  readonly extensions: readonly string[]
  /** A closed set of values. */
  readonly values?: readonly (string | number | boolean)[]
  readonly refused: readonly Refused[]
  readonly ruledOut: readonly Refused[]
}

/** Something to aggregate. `refused` and `ruledOut` are as those of a field. */
export type DescribedColumn = {
  readonly name: string
  readonly otherNames: readonly string[]
  readonly unit: ColumnEntry['unit']
  readonly extension: boolean
  readonly aggregations: readonly string[]
  /** Those of them that the language does not have here. */
  readonly extensions: readonly string[]
  /** Those of them that hang on the data, and on what. */
  readonly conditions: readonly Condition[]
  readonly refused: readonly Refused[]
  readonly ruledOut: readonly Refused[]
}

/**
 * The catalogue in words. Every claim in it is the planner's: `general` judges a question by what Portkey can do at best (`refused`),
 * `here` by what was learnt of the deployment (`ruledOut`: what only that stands in the way of). It plans more than a thousand
 * questions, so others get their turn in between.
 */
export async function describeCatalogue(
  catalog: Catalog,
  window: Catalogue['window'],
  general: Judge,
  here: Judge,
): Promise<Catalogue> {
  const datasources: DescribedDatasource[] = []
  for (const name of DATASOURCES) {
    const entry = catalog[name]
    const least = { ...window, datasource: name, type: 'distribution' }
    const judges = { general: onto(least, general), here: onto(least, here) }
    datasources.push({
      name,
      rows: rowsText(entry.rows),
      fields: await inTurns(entry.fields, (field) => describeField(field, judges)),
      columns: await inTurns(entry.columns, (column) => describeColumn(column, entry, judges)),
      metadata: describeMetadata(entry, judges),
      examples: examplesOf(entry, least, general, here),
    })
  }
  return { window, datasources }
}

async function inTurns<Row, Described>(
  rows: readonly Row[],
  describe: (row: Row) => Described,
): Promise<readonly Described[]> {
  const described: Described[] = []
  for (const row of rows) {
    described.push(describe(row))
    await setImmediate()
  }
  return described
}

function describeField(field: FieldEntry, judges: Judges): DescribedField {
  const groups = field.groupable === 'no' ? [] : [{ use: 'groupBy', body: { groupBy: [field.name] } }]
  const counts = fieldAggregations(field).map((type) => ({ use: type, body: aggregate(type, field.name) }))
  const { refused, ruledOut, answers } = judgeUses([...groups, ...filtersOf(field), ...counts], judges)
  const operators = fieldOperators(field).filter(answers)
  const own = [...(field.groupable === 'extension' ? ['groupBy'] : []), ...field.extensionOperators]
  return {
    name: field.name,
    otherNames: field.aliases,
    type: field.type,
    responseKey: field.responseKey,
    extension: field.extension,
    from: originOf(field.source),
    groupable: groups.length > 0 && answers('groupBy'),
    filterable: operators.length > 0,
    operators,
    aggregations: fieldAggregations(field).filter(answers),
    extensions: own.filter(answers),
    ...(field.values !== undefined && { values: field.values }),
    refused,
    ruledOut,
  }
}

function describeColumn(column: ColumnEntry, entry: DatasourceEntry, judges: Judges): DescribedColumn {
  const types = columnAggregations(column)
  const uses = types.map((type) => ({ use: type, body: aggregate(type, column.name) }))
  const { refused, ruledOut, answers } = judgeUses(uses, judges)
  return {
    name: column.name,
    otherNames: column.aliases,
    unit: column.unit,
    extension: column.extension,
    aggregations: types.filter(answers),
    extensions: column.extensionAggregations.filter(answers),
    conditions: conditionsOf(entry, column, answers),
    refused,
    ruledOut,
  }
}

function describeMetadata({ metadata }: DatasourceEntry, judges: Judges): DescribedDatasource['metadata'] {
  const all = [...metadata.operators, ...metadata.extensionOperators]
  const filters = all.flatMap((operator) => filtersBy('metadata.key', operator, ['a', 'b']))
  const group = { use: 'groupBy', body: { groupBy: ['metadata.key'] } }
  const { refused, ruledOut, answers } = judgeUses([group, ...filters], judges)
  const operators = all.filter(answers)
  return {
    name: 'metadata.<key>',
    groupable: answers('groupBy'),
    filterable: operators.length > 0,
    operators,
    aggregations: [],
    extensions: metadata.extensionOperators.filter(answers),
    refused,
    ruledOut,
  }
}

const aggregate = (type: string, column: string): Body => ({ aggregations: [{ type, column }] })
