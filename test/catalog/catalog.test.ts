import t from 'tap'
import {
  CATALOG,
  columnAggregations,
  fieldAggregations,
  fieldOperators,
  findColumn,
  findField,
} from '../../src/catalog/catalog.js'
import { MEASURES } from '../../src/catalog/measures.js'
import { DATASOURCES, type Datasource, type Operator } from '../../src/catalog/vocabulary.js'

for (const name of DATASOURCES) {
  const entry = CATALOG[name]
  t.test(`${name} is well formed`, async (t) => {
    t.equal(entry.name, name)
    for (const table of [entry.fields, entry.columns]) {
      const spellings = table.flatMap((row) => [row.name, ...row.aliases])
      t.equal(new Set(spellings).size, spellings.length, 'no spelling stands twice')
    }
    for (const field of entry.fields) {
      t.equal(
        new Set(fieldOperators(field)).size,
        fieldOperators(field).length,
        `${field.name}: no operator stands twice`,
      )
      t.ok(fieldOperators(field).length > 0 || field.groupable !== 'no', `${field.name} is of some use`)
      if (field.extension)
        t.ok(field.operators.length === 0 && field.groupable !== 'language', `${field.name}: wholly ours`)
      if (field.source.kind === 'unknown') {
        t.match(field.source.why, /^[A-Z].*\.$/)
        t.match(field.source.instead, /^(Ask|Group|Filter|If) .*[.>]$/)
      }
    }
    for (const column of entry.columns) {
      const types = columnAggregations(column)
      t.equal(new Set(types).size, types.length, `${column.name}: no aggregation stands twice`)
      t.ok(
        Object.keys(column.formulas).every((type) => types.some((known) => known === type)),
        `${column.name}: formulas are allowed`,
      )
      t.ok(
        Object.values(column.formulas).every(({ measure }) => measure in MEASURES),
        `${column.name}: measures exist`,
      )
      t.match(column.why, /^[A-Z].*\.$/)
      t.match(column.instead, /^Ask .*\.$/)
    }
    if (entry.rows.kind === 'having')
      t.ok(findField(name, entry.rows.field, CATALOG), 'its rows are told by a field of its own')
  })
}

const operators: readonly (readonly [datasource: Datasource, fields: readonly string[], operators: string])[] = [
  [
    'modelMetrics',
    ['modelName', 'requestType', 'providerModelName', 'errorCode', 'userEmail', 'virtualAccount', 'conversationID'],
    'FULL',
  ],
  ['modelMetrics', ['virtualModelName'], 'FULL IS_NULL'],
  ['modelMetrics', ['providerAccountType', 'createdBySubjectType'], 'COMPARE'],
  ['modelMetrics', ['traceId', 'isFailure'], 'EQUAL'],
  ['modelMetrics', ['team'], 'ARRAY'],
  ['modelMetrics', ['httpStatusCode'], 'STATUS'],
  ['modelMetrics', ['latencyMs', 'inputTokens', 'outputTokens', 'costInUSD'], 'RANGE'],
  ['mcpMetrics', ['mcpServerName', 'method', 'toolName'], 'NARROW'],
  ['mcpMetrics', ['userEmail', 'virtualAccount', 'conversationID'], 'FULL'],
  ['mcpMetrics', ['team'], 'ARRAY'],
  ['mcpMetrics', ['latencyMs'], 'RANGE'],
  ['guardrailMetrics', ['guardrailName', 'appliedOnEntityScope', 'guardrailResult'], 'NARROW'],
  ['guardrailMetrics', ['userEmail', 'virtualAccount', 'conversationID'], 'FULL'],
  ['guardrailMetrics', ['team'], 'ARRAY'],
  ['guardrailMetrics', ['latencyMs'], 'RANGE'],
  ['cacheMetrics', ['cacheType'], 'LIST'],
  ['cacheMetrics', ['cacheNamespace'], 'NARROW'],
  [
    'cacheMetrics',
    ['cacheLookupStatus', 'modelName', 'requestType', 'errorCode', 'providerAccountType', 'providerModelName'],
    'FULL',
  ],
  ['cacheMetrics', ['userEmail', 'virtualAccount', 'conversationID'], 'FULL'],
  ['cacheMetrics', ['virtualModelName'], 'FULL IS_NULL'],
  ['cacheMetrics', ['httpStatusCode'], 'STATUS BETWEEN'],
  ['cacheMetrics', ['isFailure'], 'EQUAL IS_NULL'],
  [
    'cacheMetrics',
    ['costInUSD', 'inputTokens', 'outputTokens', 'cacheCreationInputTokens', 'cacheReadInputTokens', 'latencyMs'],
    'RANGE',
  ],
  ['cacheMetrics', ['team'], 'ARRAY'],
  ['cacheMetrics', ['traceId'], 'EQUAL'],
  ['configMetrics', ['loadbalanceRuleId', 'ratelimitRuleId', 'budgetRuleId', 'requestedModel', 'targetModel'], 'LIST'],
  ['configMetrics', ['userEmail', 'virtualAccount', 'conversationID'], 'FULL'],
  ['configMetrics', ['team'], 'ARRAY'],
  ['agentMetrics', ['agentName', 'agentFramework', 'agentServerType'], 'NARROW'],
  ['agentMetrics', ['isFailure'], 'EQUAL'],
  ['agentMetrics', ['httpStatusCode'], 'STATUS IS_NULL'],
  ['agentMetrics', ['userEmail', 'virtualAccount', 'conversationID'], 'FULL'],
  ['agentMetrics', ['team'], 'ARRAY'],
  ['agentMetrics', ['latencyMs'], 'RANGE'],
]
const SHORT: Readonly<Record<string, string>> = {
  FULL: 'EQUAL NOT_EQUAL IN NOT_IN STRING_CONTAINS STRING_NOT_CONTAINS STRING_STARTS_WITH STRING_NOT_STARTS_WITH STRING_ENDS_WITH STRING_NOT_ENDS_WITH',
  NARROW: 'IN NOT_IN STRING_CONTAINS STRING_STARTS_WITH STRING_ENDS_WITH',
  LIST: 'IN NOT_IN',
  COMPARE: 'EQUAL NOT_EQUAL IN NOT_IN',
  RANGE: 'GREATER_THAN LESS_THAN GREATER_THAN_EQUAL LESS_THAN_EQUAL BETWEEN',
  STATUS: 'EQUAL NOT_EQUAL IN NOT_IN GREATER_THAN LESS_THAN GREATER_THAN_EQUAL LESS_THAN_EQUAL',
  ARRAY: 'ARRAY_HAS_ANY ARRAY_HAS_NONE',
}
for (const [datasource, names, words] of operators) {
  for (const name of names) {
    t.test(`${datasource}: ${name} takes ${words}`, async (t) => {
      const expected = words.split(' ').flatMap((word) => (SHORT[word] ?? word).split(' '))
      t.same([...(findField(datasource, name, CATALOG)?.operators ?? [])].sort(), expected.sort())
    })
  }
}

t.test('groups of the language', async (t) => {
  const groups: Readonly<Record<Datasource, string>> = {
    modelMetrics:
      'modelName virtualModel userEmail virtualaccount team errorCode requestType providerAccountType providerModelName',
    mcpMetrics: 'mcpServerName toolName method userEmail virtualaccount team',
    guardrailMetrics: 'guardrailName guardrailResult appliedOnEntityScope team userEmail virtualaccount',
    cacheMetrics:
      'cacheType cacheNamespace modelName virtualModel cacheLookupStatus userEmail virtualaccount team errorCode',
    configMetrics: 'configType status loadbalanceRuleId requestedModel targetModel team userEmail virtualaccount',
    agentMetrics: 'agentName agentFramework isFailure httpStatusCode agentServerType userEmail virtualaccount team',
  }
  for (const name of DATASOURCES) {
    for (const group of groups[name].split(' '))
      t.equal(findField(name, group, CATALOG)?.groupable, 'language', `${name} ${group}`)
  }
})

t.test('both spellings of a field are one field, under one key of the reply', async (t) => {
  for (const name of DATASOURCES) {
    t.equal(findField(name, 'virtualaccount', CATALOG), findField(name, 'virtualAccount', CATALOG))
    t.equal(findField(name, 'virtualaccount', CATALOG)?.responseKey, 'createdBySubjectSlug')
    t.equal(findField(name, 'userEmail', CATALOG)?.responseKey, 'createdBySubjectSlug')
  }
  t.equal(findField('modelMetrics', 'virtualModel', CATALOG), findField('modelMetrics', 'virtualModelName', CATALOG))
  t.equal(findField('modelMetrics', 'virtualModel', CATALOG)?.responseKey, 'virtualModelName')
  t.equal(findField('modelMetrics', 'VirtualModel', CATALOG), undefined, 'letter case counts')
  t.equal(findField('modelMetrics', 'constructor', CATALOG), undefined)
})

t.test('null tests are allowed where rows may lack a value, and refused where the language refuses them', async (t) => {
  const takes = (datasource: Datasource, name: string): boolean => {
    const field = findField(datasource, name, CATALOG)
    return field !== undefined && fieldOperators(field).includes('IS_NULL')
  }
  for (const name of [
    'modelName',
    'userEmail',
    'team',
    'httpStatusCode',
    'errorCode',
    'isFailure',
    'virtualModelName',
  ]) {
    t.ok(takes('modelMetrics', name) && takes('cacheMetrics', name), name)
  }
  for (const name of ['agentName', 'agentFramework', 'agentServerType', 'userEmail', 'virtualAccount']) {
    t.notOk(takes('agentMetrics', name), name)
  }
  const refusing: readonly Datasource[] = ['mcpMetrics', 'guardrailMetrics', 'configMetrics']
  const nullTest: Operator = 'IS_NULL'
  for (const name of refusing)
    t.notOk(
      CATALOG[name].fields.some((field) => fieldOperators(field).includes(nullTest)),
      name,
    )
})

t.test('columns of the language', async (t) => {
  const columns: Readonly<Record<Datasource, string>> = {
    modelMetrics:
      'costInUSD inputTokens outputTokens latencyMs timeToFirstTokenMs interTokenLatencyMs timePerOutputTokenLatencyMs',
    mcpMetrics: 'latencyMs',
    guardrailMetrics: 'latencyMs',
    cacheMetrics:
      'potentialCostSavings cacheReadInputTokens cacheLookupLatencyMs cacheCreationInputTokens costInUSD latencyMs',
    configMetrics: 'loadbalanceTargetAttemptCount',
    agentMetrics: 'latencyMs',
  }
  const language = ['count', 'countDistinct', 'sum', 'avg', 'min', 'p50', 'p75', 'p90', 'p99']
  for (const name of DATASOURCES) {
    for (const column of columns[name].split(' '))
      t.same(findColumn(name, column, CATALOG)?.aggregations, language, `${name} ${column}`)
  }
})

t.test('cost is cents ÷ 100, averages are over requests, a count is of requests', async (t) => {
  t.match(findColumn('modelMetrics', 'costInUSD', CATALOG)?.formulas, {
    sum: { kind: 'measure', measure: 'costCents', divideBy: 100 },
    avg: { kind: 'perRequest', measure: 'costCents', divideBy: 100 },
    count: { kind: 'measure', measure: 'requests', divideBy: 1 },
  })
  t.same(Object.keys(findColumn('modelMetrics', 'latencyMs', CATALOG)?.formulas ?? {}).sort(), [
    'avg',
    'count',
    'p50',
    'p90',
    'p95',
    'p99',
    'sum',
  ])
  t.same(
    findColumn('cacheMetrics', 'costInUSD', CATALOG)?.formulas,
    { count: { kind: 'measure', measure: 'hits', divideBy: 1 } },
    'no filter picks the cached requests out, they are only counted',
  )
})

t.test('whatever can be grouped by can be counted', async (t) => {
  for (const name of DATASOURCES) {
    for (const field of CATALOG[name].fields) {
      t.same(fieldAggregations(field).length > 0, field.groupable !== 'no', `${name} ${field.name}`)
    }
  }
})
