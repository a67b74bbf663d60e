import fc from 'fast-check'
import { CATALOG, columnAggregations, fieldAggregations, fieldOperators } from '../../src/catalog/catalog.js'
import type { DatasourceEntry, FieldEntry } from '../../src/catalog/types.js'
import { DATASOURCES, type Operator, type Scalar } from '../../src/catalog/vocabulary.js'

/** A body as a caller would write it; always a valid one. */
export type Body = {
  readonly startTs: string
  readonly endTs: string
  readonly datasource: string
  readonly type: 'distribution' | 'timeseries'
  readonly aggregations?: readonly { readonly type: string; readonly column: string }[]
  readonly groupBy?: readonly string[]
  readonly filters?: readonly BodyFilter[]
  readonly interval?: string
  readonly limit?: number
  readonly timeZone?: string
}
export type BodyFilter =
  | { readonly fieldName: string; readonly operator: Operator; readonly value: BodyValue }
  | { readonly metadataKey: string; readonly operator: Operator; readonly value: BodyValue }
export type BodyValue = Scalar | readonly Scalar[]

/** Valid bodies of all six datasources, built from the catalogue: each field, operator, column and spelling can come up. */
export function validBody(): fc.Arbitrary<Body> {
  return fc.constantFrom(...DATASOURCES).chain((datasource) => bodyOf(CATALOG[datasource]))
}

/** Valid bodies of one datasource. */
export function bodyOf(entry: DatasourceEntry): fc.Arbitrary<Body> {
  return fc
    .record({
      time: times(),
      aggregations: fc.option(fc.array(aggregation(entry), { maxLength: 5 }), { nil: undefined }),
      groupBy: fc.option(groupBy(entry), { nil: undefined }),
      filters: fc.option(fc.array(filter(entry), { maxLength: 5 }), { nil: undefined }),
      limit: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
    })
    .map(({ time, aggregations, groupBy, filters, limit }) => ({
      ...time,
      datasource: entry.name,
      ...(aggregations === undefined ? {} : { aggregations }),
      ...(groupBy === undefined ? {} : { groupBy }),
      ...(filters === undefined ? {} : { filters }),
      ...(limit === undefined || groupBy === undefined || groupBy.length === 0 ? {} : { limit }),
    }))
}

/** Keys of request metadata, ordinary and odd. */
export const metadataKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('env', 'environment', 'a.b', 'team', 'Ünïcode key', 'metadata.x', '__proto__', '-'),
  fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
)

/** Filter values: ordinary ones, and any well-formed text without NUL. */
export const textValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'prod', '', 'a,b', '%', 'É', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
)

const numberValue: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, 200, 400, 429, 500, 0.5, 1e-9, -3),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

type Times = Pick<Body, 'startTs' | 'endTs' | 'type' | 'interval' | 'timeZone'>

/** Window, type and interval that fit each other: never more than 2,000 buckets. */
function times(): fc.Arbitrary<Times> {
  const unit = fc.constantFrom(
    { name: 'second', ms: 1_000 },
    { name: 'minute', ms: 60_000 },
    { name: 'hour', ms: 3_600_000 },
    { name: 'day', ms: 86_400_000 },
    { name: 'week', ms: 7 * 86_400_000 },
    { name: 'month', ms: 28 * 86_400_000 },
    { name: 'year', ms: 365 * 86_400_000 },
  )
  return fc
    .record({
      start: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2027, 0) }),
      unit,
      amount: fc.integer({ min: 1, max: 60 }),
      length: fc.double({ min: 1e-9, max: 50, noNaN: true }),
      type: fc.constantFrom('distribution' as const, 'timeseries' as const),
      timeZone: fc.option(fc.constantFrom('UTC', 'Europe/Berlin', 'america/new_york', 'Asia/Kathmandu'), {
        nil: undefined,
      }),
    })
    .map(({ start, unit, amount, length, type, timeZone }) => ({
      startTs: new Date(start).toISOString(),
      endTs: new Date(
        start + Math.max(1, Math.min(100 * 365 * 86_400_000, Math.floor(length * unit.ms))),
      ).toISOString(),
      type,
      ...(type === 'timeseries' ? { interval: `${amount} ${unit.name}` } : {}),
      ...(timeZone === undefined ? {} : { timeZone }),
    }))
}

function aggregation(entry: DatasourceEntry): fc.Arbitrary<{ readonly type: string; readonly column: string }> {
  const columns = entry.columns.map((column) => ({ row: column, types: columnAggregations(column) }))
  const fields = entry.fields.map((field) => ({ row: field, types: fieldAggregations(field) }))
  const takers = [...columns, ...fields].filter(({ types }) => types.length > 0)
  return fc
    .constantFrom(...takers)
    .chain(({ row, types }) => fc.record({ type: fc.constantFrom(...types), column: spelling(row) }))
}

function groupBy(entry: DatasourceEntry): fc.Arbitrary<readonly string[]> {
  const groupable = entry.fields.filter((field) => field.groupable !== 'no')
  const named = fc
    .constantFrom(...groupable)
    .chain((row) => spelling(row).map((name) => ({ name, key: row.responseKey })))
  const metadata = metadataKey.map((key) => ({ name: `metadata.${key}`, key: `metadata.${key}` }))
  return fc
    .uniqueArray(fc.oneof({ weight: 3, arbitrary: named }, metadata), { maxLength: 3, selector: (group) => group.key })
    .map((groups) => groups.map((group) => group.name))
}

function filter(entry: DatasourceEntry): fc.Arbitrary<BodyFilter> {
  const filterable = entry.fields.filter((field) => fieldOperators(field).length > 0)
  const onField = fc.constantFrom(...filterable).chain((field) =>
    fc.constantFrom(...fieldOperators(field)).chain((operator) =>
      fc.record({
        fieldName: spelling(field),
        operator: fc.constant(operator),
        value: fittingValue(operator, field),
      }),
    ),
  )
  const operators = [...entry.metadata.operators, ...entry.metadata.extensionOperators]
  const onMetadata = fc
    .constantFrom(...operators)
    .chain((operator) =>
      fc.record({ metadataKey, operator: fc.constant(operator), value: fittingValue(operator, null) }),
    )
  return fc.oneof({ weight: 3, arbitrary: onField }, onMetadata)
}

/** A value that fits operator and field; `null` = a metadata key. */
function fittingValue(operator: Operator, field: FieldEntry | null): fc.Arbitrary<BodyValue> {
  const scalar = scalarOf(field)
  if (operator === 'IS_NULL') return fc.boolean()
  if (operator === 'BETWEEN') {
    return fc.tuple(numberValue, numberValue).map(([a, b]) => [Math.min(a, b), Math.max(a, b)])
  }
  if (operator.startsWith('GREATER') || operator.startsWith('LESS')) return numberValue
  if (operator === 'IN' || operator === 'NOT_IN' || operator.startsWith('ARRAY')) {
    return fc.array(scalar, { minLength: 1, maxLength: 6 })
  }
  return scalar
}

function scalarOf(field: FieldEntry | null): fc.Arbitrary<Scalar> {
  if (field?.values !== undefined) return fc.constantFrom(...field.values)
  if (field?.type === 'number') return numberValue
  return field?.type === 'boolean' ? fc.boolean() : textValue
}

function spelling(row: { readonly name: string; readonly aliases: readonly string[] }): fc.Arbitrary<string> {
  return fc.constantFrom(row.name, ...row.aliases)
}
