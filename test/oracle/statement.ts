import { aggregateSql, isShare } from './aggregates.js'
import { conditionOf } from './conditions.js'
import { type DatasourceMeaning, meaningOf, metadataSql, textSql } from './language.js'
import { type Bindings, columnOf, fieldOf, metadataField, tableOf } from './names.js'
import { type Question, spanOf } from './question.js'

/** Whose requests a key sees. `null` = of all. */
export type Reach = { readonly workspace: string | null; readonly user: string | null }

/** One aggregation of a question. */
export type Aggregation = {
  readonly key: string
  readonly sql: string
  /** The sum that slack is measured by; `null` where numbers are to be equal. */
  readonly whole: string | null
  readonly ofNone: number | null
}

/** The aggregations of a question as SQL; those of unknown columns are left out. */
export function aggregationsOf(question: Question, bindings: Bindings): readonly Aggregation[] {
  const datasource = meaningOf(question.datasource)
  return (question.aggregations ?? []).flatMap(({ type, column }): readonly Aggregation[] => {
    const meaning = columnOf(datasource, column, bindings)
    const key = `${type}${column.charAt(0).toUpperCase()}${column.slice(1)}`
    if (meaning === null) return []
    if (typeof meaning !== 'string') return [{ key, sql: meaning.aggregate, whole: null, ofNone: null }]
    return [
      {
        key,
        sql: aggregateSql(type, meaning, rowsOf(datasource)),
        whole: isShare(type) ? `coalesce(sum(abs(${meaning})), 0)::DOUBLE` : null,
        ofNone: ['sum', 'count', 'countDistinct'].includes(type) ? 0 : null,
      },
    ]
  })
}

/** The query for a question: bucket start (null without), group values, `total`, aggregations. `edges`: of the buckets. */
export function statementOf(
  question: Question,
  reach: Reach,
  edges: readonly number[] | null,
  bindings: Bindings,
): string {
  const datasource = meaningOf(question.datasource)
  const groups = (question.groupBy ?? []).map((name) => fieldOf(datasource, name, bindings).sql ?? 'NULL')
  const aggregations = aggregationsOf(question, bindings).map(({ sql }) => sql)
  const bucket = edges === null ? 'NULL' : 'bucket.start_ms'
  const table = tableOf(question, bindings)
  const from = edges === null ? table : `${table} ASOF JOIN ${bucketsSql(edges)} ON at_ms >= bucket.start_ms`
  const where = conditionsOf(question, reach, bindings).join(' AND ')
  const by = groups.length === 0 && edges === null ? '' : `GROUP BY ${places(groups.length + 1)}`
  const total = `(count(*) FILTER (${rowsOf(datasource)}))::DOUBLE`
  const having = groups.length === 0 ? '' : `HAVING ${total} > 0`
  return `SELECT ${[bucket, ...groups, total, ...aggregations]} FROM ${from} WHERE ${where} ${by} ${having}`
}

/** The condition on what an aggregate takes, where others than the rows of the datasource are in reach too. */
function rowsOf({ rows, counted }: DatasourceMeaning): string {
  return counted ? rows : 'true'
}

/** In the window and within reach. */
export function windowConditions(question: Question, reach: Reach): readonly string[] {
  const { start, end } = spanOf(question)
  return [
    `at_ms >= ${start} AND at_ms < ${end}`,
    reach.workspace === null ? 'true' : `workspace = ${textSql(reach.workspace)}`,
    reach.user === null ? 'true' : `${metadataSql('_user')} = ${textSql(reach.user)}`,
  ]
}

/** All that a request has to pass to be a row of the question. */
export function conditionsOf(question: Question, reach: Reach, bindings: Bindings): readonly string[] {
  const { counted, rows } = meaningOf(question.datasource)
  return [...filterConditions(question, reach, bindings), ...(counted ? [] : [rows])]
}

/** In the window, within reach, and past the filters. */
export function filterConditions(question: Question, reach: Reach, bindings: Bindings): readonly string[] {
  const datasource = meaningOf(question.datasource)
  const filters = (question.filters ?? []).map((filter) => {
    const field =
      'fieldName' in filter ? fieldOf(datasource, filter.fieldName, bindings) : metadataField(filter.metadataKey)
    return conditionOf(field, filter.operator, filter.value)
  })
  return [...windowConditions(question, reach), ...filters]
}

/** The bucket and the groups, by their place: what they read as may be a constant, which cannot be named. */
function places(count: number): string {
  return Array.from({ length: count }, (_, index) => index + 1).join(', ')
}

function bucketsSql(edges: readonly number[]): string {
  return `(SELECT unnest([${edges.slice(0, -1)}]::DOUBLE[]) AS start_ms) bucket`
}
