import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { DATASOURCES } from '../../src/catalog/vocabulary.js'
import { restrictionOf } from '../../src/teams/restriction.js'

const TEAM = { fieldName: 'team', operator: 'EQUAL', value: 'red' }

const read = (entry: Parameters<typeof restrictionOf>[0]) => {
  const found = restrictionOf(entry, CATALOG)
  return found.ok
    ? { names: found.restriction && [...found.restriction.keys()], faults: [] }
    : { ...found, names: null }
}

t.test('without filters and datasources there is no restriction', async (t) => {
  t.strictSame(restrictionOf({}, CATALOG), { ok: true, restriction: null })
})

t.test('filters hold in every datasource that knows them', async (t) => {
  t.strictSame(read({ filters: [TEAM] }).names, [...DATASOURCES])
  t.strictSame(read({ filters: [{ fieldName: 'toolName', operator: 'IN', value: ['x'] }] }).names, ['mcpMetrics'])
  t.strictSame(read({ datasources: ['modelMetrics'] }).names, ['modelMetrics'])
})

t.test(
  'a datasource that is named and cannot be filtered so is a fault, as is a filter that nobody knows',
  async (t) => {
    const tool = { fieldName: 'toolName', operator: 'IN', value: ['x'] }
    t.match(read({ filters: [tool], datasources: ['mcpMetrics', 'modelMetrics'] }).faults, [/modelMetrics/])
    t.match(read({ filters: [{ ...TEAM, fieldName: 'taem' }] }).faults, [/^\/filters\/0\/fieldName must be .*"team"/])
    t.match(read({ filters: [{ ...TEAM, operator: 'IS' }] }).faults, [/^\/filters\/0\/operator/])
    t.match(read({ datasources: ['model'] }).faults, [/^\/datasources must be some of "modelMetrics"/])
  },
)

t.test('no fault repeats what the file holds, and each says what is allowed', async (t) => {
  const secret = 'sekret-value'
  const filters = [
    { ...TEAM, operator: secret },
    { ...TEAM, fieldName: secret },
    { fieldName: 'isFailure', operator: 'EQUAL', value: secret },
    { metadataKey: `${secret}\u0000`, operator: 'EQUAL', value: 'x' },
    { ...TEAM, value: { [secret]: 1 } },
    { ...TEAM, [secret]: 1 },
    { fieldName: secret, metadataKey: secret, operator: 'EQUAL', value: 'x' },
    secret,
  ]
  for (const [index, filter] of filters.entries()) {
    for (const parts of [{}, { datasources: ['modelMetrics'] }]) {
      const { faults } = read({ filters: [TEAM, filter], ...parts })
      t.ok(faults.length > 0, String(index))
      for (const fault of faults) t.match(fault, /^\/filters\/1(\/[a-zA-Z]+)? must be /)
      t.notMatch(faults.join('\n'), /sekret/)
    }
  }
  t.match(
    read({ filters: [{ fieldName: 'cacheType', operator: 'IN', value: [secret] }], datasources: ['cacheMetrics'] })
      .faults,
    [/"semantic" or "simple"/],
  )
  t.notMatch(read({ datasources: [secret] }).faults.join(), /sekret/)
})

const open = (filter: object, datasource = 'modelMetrics') =>
  read({ filters: [filter], datasources: [datasource] }).faults.some((fault) => /leaves nothing out/.test(fault))

t.test('a filter that leaves nothing out restricts nobody, and is refused', async (t) => {
  const all = [
    { fieldName: 'virtualModelName', operator: 'IS_NULL', value: true },
    { fieldName: 'team', operator: 'NOT_EQUAL', value: '' },
    { fieldName: 'modelName', operator: 'NOT_IN', value: [''] },
    { metadataKey: 'env', operator: 'NOT_EQUAL', value: '' },
    { fieldName: 'httpStatusCode', operator: 'BETWEEN', value: [0, 99999] },
    { fieldName: 'httpStatusCode', operator: 'NOT_EQUAL', value: 7 },
    { fieldName: 'errorCode', operator: 'NOT_EQUAL', value: 'none' },
    { fieldName: 'costInUSD', operator: 'GREATER_THAN_EQUAL', value: 0 },
    { fieldName: 'costInUSD', operator: 'GREATER_THAN', value: -1 },
    { fieldName: 'inputTokens', operator: 'NOT_EQUAL', value: 0.5 },
    { fieldName: 'inputTokens', operator: 'BETWEEN', value: [-1, 1e300] },
  ]
  for (const filter of all) t.ok(open(filter), JSON.stringify(filter))
  t.ok(open({ fieldName: 'guardrailResult', operator: 'IN', value: ['fail'] }, 'guardrailMetrics'))
})

t.test('one that may leave something out is taken', async (t) => {
  const some = [
    TEAM,
    { ...TEAM, operator: 'NOT_EQUAL' },
    { fieldName: 'team', operator: 'NOT_IN', value: ['', 'red'] },
    { fieldName: 'team', operator: 'STRING_CONTAINS', value: 'r' },
    { fieldName: 'team', operator: 'IS_NULL', value: false },
    { fieldName: 'isFailure', operator: 'EQUAL', value: false },
    { fieldName: 'httpStatusCode', operator: 'BETWEEN', value: [200, 598] },
    { fieldName: 'httpStatusCode', operator: 'NOT_EQUAL', value: 200 },
    { fieldName: 'costInUSD', operator: 'GREATER_THAN', value: 0 },
    { fieldName: 'costInUSD', operator: 'BETWEEN', value: [0, 1] },
    { fieldName: 'inputTokens', operator: 'NOT_EQUAL', value: 1 },
  ]
  for (const filter of some) t.strictSame(read({ filters: [filter], datasources: ['modelMetrics'] }).faults, [])
})
