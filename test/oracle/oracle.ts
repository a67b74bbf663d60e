import type { TrafficRow } from '../../src/emulator/emulator.js'
import { aggregateSql, isShare } from './aggregates.js'
import { edgesOf } from './buckets.js'
import { conditionOf } from './conditions.js'
import { type DatasourceMeaning, DIMENSIONS, type FieldMeaning, meaningOf, metadataSql, textSql } from './language.js'
import { orderPoints, topGroups } from './order.js'
import { type Point, type Question, spanOf } from './question.js'
import { createStore, type SqlValue } from './store.js'

/** Whose requests a key sees. `null` = of all. */
export type Reach = { readonly workspace: string | null; readonly user: string | null }

/** What the right answer is. */
export type Verdict =
  | {
      readonly kind: 'points'
      readonly points: readonly Point[]
      /** For sums, and averages made of them: the sum over the whole window, unfiltered, by key of the reply. */
      readonly wholes: ReadonlyMap<string, number>
    }
  /** The question is about things that Portkey does not know, so no answer is right. */
  | { readonly kind: 'unknown'; readonly names: readonly string[] }

/** Answers questions by SQL over the same requests that the emulator serves. Shares no code with the service. */
export type Oracle = {
  ask(question: Question, reach: Reach): Promise<Verdict>
  /** How many requests pass the question's window and filters and, in addition, the test on a field or a dimension. */
  count(question: Question, reach: Reach, name: string, test: 'isNull' | 'holdsComma'): Promise<number>
  /** Different values of a field (null left out) over all requests, the most frequent first. */
  values(datasource: string, field: string): Promise<readonly (string | number | boolean)[]>
  close(): void
}

/** Bound metadata keys by field, as METADATA_BINDINGS has them. */
export type Bindings = Readonly<Record<string, string>>

/** An oracle over the requests visible at `now` (epoch ms); rows that are not visible yet must not be among them. */
export async function createOracle(rows: readonly TrafficRow[], now: number, bindings: Bindings = {}): Promise<Oracle> {
  const store = await createStore(rows)

  async function ask(question: Question, reach: Reach): Promise<Verdict> {
    const datasource = meaningOf(question.datasource)
    const groups = (question.groupBy ?? []).map((name) => fieldOf(datasource, name, bindings))
    const aggregations = aggregationsOf(question, datasource, bindings)
    const unknown = unknownNames(question, datasource, bindings)
    if (unknown.length > 0) return { kind: 'unknown', names: unknown }
    const edges = question.type === 'timeseries' ? begunEdges(question, now) : null
    if (edges !== null && edges.length < 2) return { kind: 'points', points: [], wholes: new Map() }
    const bucket = edges === null ? 'NULL' : 'bucket.start_ms'
    const columns = [
      bucket,
      ...groups.map(({ sql }) => sql ?? 'NULL'),
      'count(*)::DOUBLE',
      ...aggregations.map(({ sql }) => sql),
    ]
    const from = edges === null ? 'requests' : `requests ASOF JOIN ${bucketsSql(edges)} ON at_ms >= bucket.start_ms`
    const where = conditionsOf(question, datasource, reach, bindings)
    const by = groups.length === 0 && edges === null ? '' : `GROUP BY ${groupPositions(groups.length + 1)}`
    const selected = await store.query(`SELECT ${columns} FROM ${from} WHERE ${where.join(' AND ')} ${by}`)
    const keys = groups.map(({ key }) => key)
    const names = ['', ...keys, 'total', ...aggregations.map(({ key }) => key)]
    const found = selected.map((row) => pointOf(row, names, edges))
    const points =
      keys.length > 0
        ? topGroups(orderPoints(found, keys), keys, question.limit)
        : filled(found, edges, [...aggregations.map(({ key, ofNone }) => [key, ofNone] as const)])
    return { kind: 'points', points, wholes: await wholesOf(question, reach, aggregations) }
  }

  async function wholesOf(question: Question, reach: Reach, aggregations: readonly Aggregation[]) {
    const shares = aggregations.filter(({ whole }) => whole !== null)
    if (shares.length === 0) return new Map<string, number>()
    const where = windowConditions(question, reach)
    const [row = []] = await store.query(
      `SELECT ${shares.map(({ whole }) => whole)} FROM requests WHERE ${where.join(' AND ')}`,
    )
    return new Map(shares.map(({ key }, index) => [key, Number(row[index] ?? 0)]))
  }

  return {
    ask,
    async count(question, reach, name, test) {
      const datasource = meaningOf(question.datasource)
      const sql = DIMENSIONS.get(name) ?? fieldOf(datasource, name, bindings).sql
      if (sql === null) throw new Error(`nothing is known of ${name}`)
      const where = [
        ...conditionsOf(question, datasource, reach, bindings),
        test === 'isNull' ? `(${sql}) IS NULL` : `contains((${sql})::VARCHAR, ',')`,
      ]
      const [row = []] = await store.query(`SELECT count(*)::DOUBLE FROM requests WHERE ${where.join(' AND ')}`)
      return Number(row[0] ?? 0)
    },
    async values(datasource, field) {
      const { sql } = fieldOf(meaningOf(datasource), field, bindings)
      if (sql === null) return []
      const order = 'GROUP BY 1 ORDER BY count(*) DESC, 1'
      const rowsOf = await store.query(`SELECT ${sql} FROM requests WHERE (${sql}) IS NOT NULL ${order}`)
      return rowsOf.flatMap(([value]) => (value === null || value === undefined ? [] : [value]))
    },
    close: store.close,
  }
}

type Aggregation = {
  readonly key: string
  readonly sql: string
  /** The sum that slack is measured by; `null` where numbers are to be equal. */
  readonly whole: string | null
  readonly ofNone: number | null
}

function aggregationsOf(question: Question, datasource: DatasourceMeaning, bindings: Bindings): readonly Aggregation[] {
  return (question.aggregations ?? []).flatMap(({ type, column }): readonly Aggregation[] => {
    const sql = columnSql(datasource, column, bindings)
    if (sql === null) return []
    return [
      {
        key: `${type}${column.charAt(0).toUpperCase()}${column.slice(1)}`,
        sql: aggregateSql(type, sql),
        whole: isShare(type) ? `coalesce(sum(abs(${sql})), 0)::DOUBLE` : null,
        ofNone: ['sum', 'count', 'countDistinct'].includes(type) ? 0 : null,
      },
    ]
  })
}

function columnSql(datasource: DatasourceMeaning, name: string, bindings: Bindings): string | null {
  const column = datasource.columns[name]
  return column === undefined ? fieldOf(datasource, name, bindings).sql : column
}

/** The field of a name or alias, or `metadata.<key>`. */
function fieldOf(datasource: DatasourceMeaning, name: string, bindings: Bindings): FieldMeaning {
  const entries = Object.entries(datasource.fields)
  const [own, field] = entries.find(([other, { aliases }]) => other === name || aliases.includes(name)) ?? []
  if (own !== undefined && field !== undefined) {
    const bound = bindings[own]
    return bound === undefined ? field : { ...field, sql: metadataSql(bound) }
  }
  if (name.startsWith('metadata.')) return metadataField(name.slice('metadata.'.length))
  throw new Error(`the oracle knows no field ${name}: teach it`)
}

function metadataField(key: string): FieldMeaning {
  return { sql: metadataSql(key), key: `metadata.${key}`, aliases: [] }
}

function unknownNames(question: Question, datasource: DatasourceMeaning, bindings: Bindings): readonly string[] {
  const fields = [
    ...(question.groupBy ?? []),
    ...(question.filters ?? []).flatMap((filter) => ('fieldName' in filter ? [filter.fieldName] : [])),
  ]
  const columns = (question.aggregations ?? []).map(({ column }) => column)
  return [
    ...fields.filter((name) => fieldOf(datasource, name, bindings).sql === null),
    ...columns.filter((name) => columnSql(datasource, name, bindings) === null),
  ]
}

function windowConditions(question: Question, reach: Reach): readonly string[] {
  const { start, end } = spanOf(question)
  return [
    `at_ms >= ${start} AND at_ms < ${end}`,
    reach.workspace === null ? 'true' : `workspace = ${textSql(reach.workspace)}`,
    reach.user === null ? 'true' : `${metadataSql('_user')} = ${textSql(reach.user)}`,
  ]
}

function conditionsOf(
  question: Question,
  datasource: DatasourceMeaning,
  reach: Reach,
  bindings: Bindings,
): readonly string[] {
  const filters = (question.filters ?? []).map((filter) => {
    const field =
      'fieldName' in filter ? fieldOf(datasource, filter.fieldName, bindings) : metadataField(filter.metadataKey)
    return conditionOf(field, filter.operator, filter.value)
  })
  return [...windowConditions(question, reach), datasource.rows, ...filters]
}

function begunEdges(question: Question, now: number): readonly number[] {
  const edges = edgesOf(spanOf(question), question.interval ?? '', question.timeZone ?? 'UTC')
  const ahead = edges.findIndex((edge) => edge > now)
  return ahead === -1 ? edges : edges.slice(0, ahead + 1)
}

/** The bucket and the groups, by their place: what they read as may be a constant, which cannot be named. */
function groupPositions(count: number): string {
  return Array.from({ length: count }, (_, index) => index + 1).join(', ')
}

function bucketsSql(edges: readonly number[]): string {
  return `(SELECT unnest([${edges.slice(0, -1)}]::DOUBLE[]) AS start_ms) bucket`
}

function pointOf(row: readonly SqlValue[], names: readonly string[], edges: readonly number[] | null): Point {
  const cells = names.flatMap((name, index) => (index === 0 ? [] : [[name, row[index] ?? null] as const]))
  const start = row[0]
  return {
    ...(edges === null || typeof start !== 'number' ? {} : stampsOf(start, edges)),
    ...Object.fromEntries(cells),
  }
}

function stampsOf(start: number, edges: readonly number[]) {
  const end = edges[edges.indexOf(start) + 1] ?? start
  return { startTimestamp: new Date(start).toISOString(), endTimestamp: new Date(end).toISOString() }
}

/** Without groups every bucket has its row, whatever happened in it. */
function filled(
  found: readonly Point[],
  edges: readonly number[] | null,
  ofNone: readonly (readonly [string, number | null])[],
): readonly Point[] {
  if (edges === null) return found
  const byStart = new Map(found.map((point) => [point.startTimestamp, point]))
  return edges.slice(0, -1).map((start) => {
    const stamps = stampsOf(start, edges)
    return byStart.get(stamps.startTimestamp) ?? { ...stamps, total: 0, ...Object.fromEntries(ofNone) }
  })
}
