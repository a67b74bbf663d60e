import fc from 'fast-check'
import {
  CATALOG,
  columnAggregations,
  fieldAggregations,
  fieldOperators,
  metadataOperators,
} from '../../src/catalog/catalog.js'
import type { DatasourceEntry, FieldEntry } from '../../src/catalog/types.js'
import type { Datasource } from '../../src/catalog/vocabulary.js'
import type { Question, QuestionFilter } from './question.js'
import { type Era, simpleTimes, times } from './times.js'
import { filterValue, type Seen } from './values.js'

/** What questions are made of. */
export type Matter = { readonly era: Era; readonly seen: Seen; readonly metadataKeys: readonly string[] }

/** Valid questions of all datasources: everything the catalogue lists, the answerable more often. */
export function questions(matter: Matter): fc.Arbitrary<Question> {
  const pick = fc.oneof(
    { weight: 10, arbitrary: fc.constant<Datasource>('modelMetrics') },
    { weight: 3, arbitrary: fc.constant<Datasource>('agentMetrics') },
    { weight: 3, arbitrary: fc.constant<Datasource>('mcpMetrics') },
    { weight: 3, arbitrary: fc.constant<Datasource>('configMetrics') },
    { weight: 2, arbitrary: fc.constant<Datasource>('guardrailMetrics') },
    { weight: 5, arbitrary: fc.constant<Datasource>('cacheMetrics') },
  )
  const any = pick.chain((datasource) => questionOf(CATALOG[datasource], matter))
  return fc.oneof({ weight: 14, arbitrary: any }, { weight: 1, arbitrary: pointed(matter) })
}

/** Questions that chance seldom asks: distinct values of cells that are themselves added up, sums that may be negative. */
function pointed(matter: Matter): fc.Arbitrary<Question> {
  const rescues = {
    ...CATALOG.configMetrics,
    fields: CATALOG.configMetrics.fields.filter(({ name }) => isRescue(name)),
  }
  const counts = fc.constantFrom('team', 'userEmail', 'targetModel', 'loadbalanceRuleId')
  const distinct = fc.record({
    datasource: fc.constant<Datasource>('configMetrics'),
    groupBy: fc.constantFrom<readonly string[]>(['rescue'], ['rescue', 'rescueAttempt'], ['rescueAttempt'], []),
    filters: fc.oneof(fc.constant([]), fc.tuple(filter(rescues, { ...matter, metadataKeys: ['env'] }))),
    aggregations: fc.tuple(fc.record({ type: fc.constant('countDistinct'), column: counts })),
  })
  const models = CATALOG.modelMetrics
  const signed = fc.record({
    datasource: fc.constant<Datasource>('modelMetrics'),
    groupBy: fc.constantFrom<readonly string[]>(['modelName'], ['team'], ['userEmail'], ['metadata.env'], []),
    filters: fc.tuple(filter({ ...models, fields: models.fields.filter(({ name }) => name === 'team') }, matter)),
    aggregations: fc.constant([{ type: 'avg', column: 'weightedFeedback' }]),
  })
  return fc
    .record({ time: times(matter.era), asked: fc.oneof(distinct, signed) })
    .map(({ time, asked: { groupBy, filters, ...asked } }) => ({
      ...time,
      ...asked,
      ...(groupBy.length === 0 ? {} : { groupBy }),
      ...(filters.length === 0 ? {} : { filters }),
    }))
}

function isRescue(name: string): boolean {
  return name === 'rescue' || name === 'rescueAttempt'
}

/**
 * The everyday question: no filter, no group or one, sums and averages over whole hours or days. Percentiles are asked of
 * fields that every request has: no filter names the requests without a user or a team.
 */
export function simpleQuestions(matter: Matter): fc.Arbitrary<Question> {
  const columns = ['costInUSD', 'inputTokens', 'outputTokens', 'totalTokens']
  const sums = fc.record({ type: fc.constantFrom('sum', 'avg', 'count'), column: fc.constantFrom(...columns) })
  const latencies = fc.record({ type: fc.constantFrom('avg', 'p50', 'p99'), column: fc.constant('latencyMs') })
  const few = (one: fc.Arbitrary<{ readonly type: string; readonly column: string }>) =>
    fc.uniqueArray(one, { maxLength: 3, selector: ({ type, column }) => type + column })
  const asked = fc.oneof(
    fc.record({ aggregations: few(fc.oneof(sums, latencies)), group: fc.constantFrom(null, ...WITHOUT_NULL) }),
    fc.record({ aggregations: few(sums), group: fc.constantFrom('userEmail', 'team', 'virtualModel', 'metadata.env') }),
  )
  return fc.record({ time: simpleTimes(matter.era), asked }).map(({ time, asked: { aggregations, group } }) => ({
    ...time,
    datasource: 'modelMetrics',
    aggregations,
    ...(group === null || time.type === 'timeseries' ? {} : { groupBy: [group] }),
  }))
}

const WITHOUT_NULL = ['modelName', 'providerAccountType', 'virtualaccount', 'httpStatusCode'] as const

function questionOf(entry: DatasourceEntry, matter: Matter): fc.Arbitrary<Question> {
  return fc
    .record({
      time: times(matter.era),
      aggregations: fc.array(aggregation(entry), { maxLength: 4 }),
      groupBy: groupBy(entry, matter),
      filters: fewOf(filter(entry, matter)),
      limit: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 3 }),
    })
    .map(({ time, aggregations, groupBy, filters, limit }) => ({
      ...time,
      datasource: entry.name,
      ...(aggregations.length === 0 ? {} : { aggregations }),
      ...(groupBy.length === 0 ? {} : { groupBy }),
      ...(filters.length === 0 ? {} : { filters }),
      ...(limit === null || groupBy.length === 0 ? {} : { limit }),
    }))
}

/** Mostly none or one, up to three. */
function fewOf<T>(item: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.tuple(item) },
    { weight: 3, arbitrary: fc.array(item, { minLength: 2, maxLength: 3 }) },
  )
}

/** Of things that can be had and things that cannot, the former far more often. */
function mostly<T>(had: readonly T[], not: readonly T[]): fc.Arbitrary<T> {
  if (had.length === 0) return fc.constantFrom(...not)
  if (not.length === 0) return fc.constantFrom(...had)
  return fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...had) }, { weight: 1, arbitrary: fc.constantFrom(...not) })
}

function aggregation(entry: DatasourceEntry) {
  const named = entry.columns.flatMap((column) =>
    columnAggregations(column).map((type) => ({
      names: [column.name, ...column.aliases],
      type,
      had: type in column.formulas,
    })),
  )
  const counted = entry.fields.flatMap((field) =>
    fieldAggregations(field).map((type) => ({ names: [field.name, ...field.aliases], type, had: isListed(field) })),
  )
  const of = (all: typeof named) =>
    mostly(
      all.filter(({ had }) => had),
      all.filter(({ had }) => !had),
    )
  const rich = named.some(({ had }) => had)
  const taken =
    named.length === 0
      ? of(counted)
      : fc.oneof({ weight: rich ? 30 : 1, arbitrary: of(named) }, { weight: 10, arbitrary: of(counted) })
  return taken.chain(({ names, type }) => fc.record({ type: fc.constant(type), column: fc.constantFrom(...names) }))
}

function isHad(field: FieldEntry): boolean {
  return field.source.kind !== 'unknown'
}

function isListed(field: FieldEntry): boolean {
  return field.source.kind === 'dimension' || field.source.kind === 'metadata' || field.source.kind === 'part'
}

function groupBy(entry: DatasourceEntry, { metadataKeys }: Matter): fc.Arbitrary<readonly string[]> {
  const groupable = entry.fields.filter((field) => field.groupable !== 'no')
  const named = mostly(
    groupable.filter(isListed),
    groupable.filter((field) => !isListed(field)),
  ).chain((field) => fc.constantFrom(field.name, ...field.aliases).map((name) => ({ name, key: field.responseKey })))
  const metadata = fc.constantFrom(...metadataKeys).map((key) => ({
    name: `metadata.${key}`,
    // The users' key is the field userEmail: both at once are a fault.
    key: key === '_user' ? 'createdBySubjectSlug' : `metadata.${key}`,
  }))
  const one = fc.oneof({ weight: 4, arbitrary: named }, metadata)
  const some = (minLength: number, maxLength: number) =>
    fc
      .uniqueArray(one, { minLength, maxLength, selector: ({ key }) => key })
      .map((groups) => groups.map(({ name }) => name))
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<readonly string[]>([]) },
    { weight: 4, arbitrary: some(1, 1) },
    { weight: 3, arbitrary: some(2, 3) },
  )
}

function filter(entry: DatasourceEntry, { seen, metadataKeys }: Matter): fc.Arbitrary<QuestionFilter> {
  const valuesOf = (name: string) => seen.get(`${entry.name}.${name}`) ?? []
  const filterable = entry.fields.filter((field) => fieldOperators(field).length > 0)
  const onField = mostly(
    filterable.filter(isHad),
    filterable.filter((field) => !isHad(field)),
  ).chain((field) =>
    fc.constantFrom(...fieldOperators(field)).chain((operator) =>
      fc.record({
        fieldName: fc.constantFrom(field.name, ...field.aliases),
        operator: fc.constant(operator),
        value: filterValue(operator, field, valuesOf(field.name)),
      }),
    ),
  )
  const onMetadata = fc.constantFrom(...metadataKeys).chain((key) =>
    fc.constantFrom(...metadataOperators(entry.name, CATALOG)).chain((operator) =>
      fc.record({
        metadataKey: fc.constant(key),
        operator: fc.constant(operator),
        value: filterValue(operator, null, valuesOf(`metadata.${key}`)),
      }),
    ),
  )
  return fc.oneof({ weight: 4, arbitrary: onField }, onMetadata)
}
