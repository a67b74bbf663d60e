import t from 'tap'
import { ask, faultsOf, filter, LEAST, refusal } from './question.js'

const model = (fieldName: string, operator: string, value: unknown) =>
  filter('modelMetrics', { fieldName, operator, value })[0]?.predicate

t.test('operators fold into predicates', async (t) => {
  t.same(model('modelName', 'EQUAL', 'a'), { kind: 'in', values: ['a'] })
  t.same(model('modelName', 'NOT_EQUAL', 'a'), { kind: 'notIn', values: ['a'] })
  t.same(model('modelName', 'IN', ['b', 'a', 'b']), { kind: 'in', values: ['a', 'b'] }, 'sorted, unique')
  t.same(model('modelName', 'NOT_IN', ['b', 'a']), { kind: 'notIn', values: ['a', 'b'] })
  t.same(model('team', 'ARRAY_HAS_ANY', ['b', 'a']), { kind: 'in', values: ['a', 'b'] })
  t.same(model('team', 'ARRAY_HAS_NONE', ['a']), { kind: 'notIn', values: ['a'] })
  t.same(model('httpStatusCode', 'IN', [500, 4, 1000]), { kind: 'in', values: [4, 500, 1000] }, 'numbers by size')
  t.same(model('isFailure', 'EQUAL', true), { kind: 'in', values: [true] })
  t.same(model('virtualModelName', 'IS_NULL', true), { kind: 'null', isNull: true })
  const match = (how: string, negated: boolean) => ({ kind: 'match', how, text: 'x', negated })
  t.same(model('modelName', 'STRING_CONTAINS', 'x'), match('contains', false))
  t.same(model('modelName', 'STRING_NOT_CONTAINS', 'x'), match('contains', true))
  t.same(model('modelName', 'STRING_STARTS_WITH', 'x'), match('startsWith', false))
  t.same(model('modelName', 'STRING_NOT_STARTS_WITH', 'x'), match('startsWith', true))
  t.same(model('modelName', 'STRING_ENDS_WITH', 'x'), match('endsWith', false))
  t.same(model('modelName', 'STRING_NOT_ENDS_WITH', 'x'), match('endsWith', true))
})

t.test('ranges', async (t) => {
  const bound = (value: number, inclusive: boolean) => ({ value, inclusive })
  const range = (min: object | null, max: object | null) => ({ kind: 'range', min, max })
  t.same(model('inputTokens', 'GREATER_THAN', 5), range(bound(5, false), null))
  t.same(model('inputTokens', 'GREATER_THAN_EQUAL', 5), range(bound(5, true), null))
  t.same(model('inputTokens', 'LESS_THAN', 5), range(null, bound(5, false)))
  t.same(model('inputTokens', 'LESS_THAN_EQUAL', 0.5), range(null, bound(0.5, true)), 'a fraction is a bound too')
  t.same(model('inputTokens', 'BETWEEN', [1, 5]), range(bound(1, true), bound(5, true)), 'both ends included')
  t.same(model('inputTokens', 'BETWEEN', [5, 5]), { kind: 'in', values: [5] }, 'of one number is that number')
  t.equal(Object.is(model('costInUSD', 'GREATER_THAN', -0), -0), false)
  t.same(JSON.stringify(model('costInUSD', 'EQUAL', -0)), JSON.stringify(model('costInUSD', 'EQUAL', 0)))
  t.same(faultsOf({ filters: [{ fieldName: 'costInUSD', operator: 'BETWEEN', value: [2, 1] }] }), [
    'VALIDATION_FAILED /filters/0/value',
  ])
})

t.test('ranges on one field are their intersection', async (t) => {
  const on = (...ranges: readonly (readonly [string, unknown])[]) =>
    ask({ filters: ranges.map(([operator, value]) => ({ fieldName: 'inputTokens', operator, value })) }).filters
  t.same(on(['GREATER_THAN_EQUAL', 1], ['LESS_THAN_EQUAL', 5]), on(['BETWEEN', [1, 5]]))
  t.same(on(['GREATER_THAN', 1], ['GREATER_THAN', 3], ['GREATER_THAN_EQUAL', 3]), on(['GREATER_THAN', 3]))
  t.same(on(['LESS_THAN', 1], ['LESS_THAN_EQUAL', 1]), on(['LESS_THAN', 1]))
  t.same(on(['LESS_THAN_EQUAL', 1], ['LESS_THAN', 1]), on(['LESS_THAN', 1]))
  t.same(on(['GREATER_THAN', 5], ['LESS_THAN', 1]).length, 1, 'a contradiction is a question whose answer is empty')
  t.same(on(['GREATER_THAN_EQUAL', 5], ['LESS_THAN_EQUAL', 5]), on(['EQUAL', 5]))
})

t.test('metadata', async (t) => {
  const env = filter('cacheMetrics', { metadataKey: 'env', operator: 'EQUAL', value: 'prod' })
  t.same(env, [{ field: { kind: 'metadata', key: 'env' }, predicate: { kind: 'in', values: ['prod'] } }])
  t.same(filter('cacheMetrics', { fieldName: 'metadata.env', operator: 'IN', value: ['prod'] }), env)
  const dotted = filter('modelMetrics', { fieldName: 'metadata.a.b', operator: 'EQUAL', value: 'x' })
  t.same(dotted, filter('modelMetrics', { metadataKey: 'a.b', operator: 'EQUAL', value: 'x' }))
  t.same(filter('modelMetrics', { metadataKey: 'metadata.env', operator: 'EQUAL', value: 'x' })[0]?.field, {
    kind: 'metadata',
    key: 'metadata.env',
  })
  t.same(filter('modelMetrics', { metadataKey: '__proto__', operator: 'EQUAL', value: 'x' }).length, 1)
})

t.test('the requests that the language refuses, in its own words', async (t) => {
  const cases = [
    ['guardrailMetrics', 'guardrailName', 'EQUAL', 'Field "guardrailName" does not support operator "EQUAL"'],
    ['cacheMetrics', 'cacheType', 'STRING_CONTAINS', 'Field "cacheType" does not support operator "STRING_CONTAINS"'],
    [
      'configMetrics',
      'loadbalanceRuleId',
      'STRING_CONTAINS',
      'Field "loadbalanceRuleId" does not support operator "STRING_CONTAINS"',
    ],
    ['configMetrics', 'httpStatusCode', 'EQUAL', 'Unsupported gateway config filter name: httpStatusCode'],
    ['configMetrics', 'errorType', 'IN', 'Unsupported gateway config filter name: errorType'],
    ['configMetrics', 'latencyMs', 'GREATER_THAN', 'Unsupported gateway config filter name: latencyMs'],
    ['agentMetrics', 'agentName', 'IS_NULL', 'Field "agentName" does not support operator "IS_NULL"'],
    ['agentMetrics', 'agentFramework', 'IS_NULL', 'Field "agentFramework" does not support operator "IS_NULL"'],
    ['agentMetrics', 'agentServerType', 'IS_NULL', 'Field "agentServerType" does not support operator "IS_NULL"'],
  ] as const
  for (const [datasource, fieldName, operator, words] of cases) {
    const value = operator === 'IS_NULL' ? true : operator === 'IN' ? ['x'] : operator === 'GREATER_THAN' ? 1 : 'x'
    const error = refusal({ ...LEAST, datasource, filters: [{ fieldName, operator, value }] })
    t.equal(error.statusCode, 400)
    t.ok(error.message.startsWith(words), error.message)
    t.ok(error.details[0]?.message.startsWith(words))
    t.match(error.code, /^UNSUPPORTED_(FIELD|OPERATOR)$/)
  }
})

t.test('extensions', async (t) => {
  const taken = [
    ['modelMetrics', 'modelName', 'IS_NULL', true],
    ['cacheMetrics', 'cacheNamespace', 'IS_NULL', true],
    ['mcpMetrics', 'team', 'STRING_CONTAINS', 'a'],
    ['modelMetrics', 'httpStatusCode', 'BETWEEN', [400, 499]],
    ['modelMetrics', 'inputTokens', 'EQUAL', 5],
    ['modelMetrics', 'totalTokens', 'LESS_THAN', 5],
    ['modelMetrics', 'promptSlug', 'IN', ['p']],
    ['modelMetrics', 'spanId', 'EQUAL', 's'],
    ['guardrailMetrics', 'guardrailAction', 'EQUAL', 'deny'],
  ] as const
  for (const [datasource, fieldName, operator, value] of taken) {
    t.equal(filter(datasource, { fieldName, operator, value }).length, 1, `${datasource} ${fieldName} ${operator}`)
  }
  t.equal(filter('modelMetrics', { metadataKey: 'env', operator: 'IS_NULL', value: true }).length, 1)
})

t.test('a value outside a closed set lists the set', async (t) => {
  const message = (datasource: string, fieldName: string, value: string) =>
    refusal({ ...LEAST, datasource, filters: [{ fieldName, operator: 'IN', value: [value] }] })
  t.match(message('cacheMetrics', 'cacheType', 'exact'), {
    message: /"exact".*"semantic" or "simple"/,
    details: [{ path: '/filters/0/value/0' }],
  })
  t.match(message('guardrailMetrics', 'guardrailResult', 'pass').message, /"fail"/)
  t.equal(filter('guardrailMetrics', { fieldName: 'guardrailResult', operator: 'IN', value: ['fail'] }).length, 1)
})

t.test('near misses', async (t) => {
  const message = (content: object) => refusal({ ...LEAST, filters: [content] }).message
  t.match(message({ fieldName: 'modelName', operator: 'CONTAINS', value: 'x' }), 'Did you mean "STRING_CONTAINS"?')
  t.match(message({ fieldName: 'modelName', operator: 'equal', value: 'x' }), 'Did you mean "EQUAL"?')
  t.match(message({ fieldName: 'modelNam', operator: 'EQUAL', value: 'x' }), 'Did you mean "modelName"?')
  t.match(message({ field: 'modelName', operator: 'EQUAL', value: 'x' }), 'Did you mean "fieldName"?')
  t.match(message({ fieldName: 'agentName', operator: 'IN', value: ['x'] }), 'It belongs to agentMetrics.')
  t.match(
    message({ fieldName: 'httpStatusCode', operator: 'EQUAL', value: '200' }),
    'a number (not as text); found "200"',
  )
})
