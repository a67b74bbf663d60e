import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { ask, faultsOf, LEAST, refusal } from './question.js'

const of = (...aggregations: readonly (readonly [type: string, column: string])[]) =>
  ask({ aggregations: aggregations.map(([type, column]) => ({ type, column })) }).aggregations

t.test('an aggregation answers under its type and the column as asked', async (t) => {
  t.same(of(['sum', 'costInUSD']), [{ type: 'sum', column: 'costInUSD', key: 'sumCostInUSD' }])
  t.same(of(['count', 'virtualModel']), [{ type: 'count', column: 'virtualModelName', key: 'countVirtualModel' }])
  t.same(of(['countDistinct', 'modelName'])[0]?.key, 'countDistinctModelName')
  t.same(of(['count', 'team'])[0]?.key, 'countTeam')
})

t.test('doubled ones count once, in the order asked', async (t) => {
  const keys = of(['sum', 'inputTokens'], ['count', 'modelName'], ['sum', 'inputTokens']).map(({ key }) => key)
  t.same(keys, ['sumInputTokens', 'countModelName'])
  t.equal(of(['count', 'virtualModel'], ['count', 'virtualModelName']).length, 2, 'two spellings are two keys')
})

t.test('numbers take every type, the extensions too; text takes counts', async (t) => {
  const types = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max', 'p50', 'p75', 'p90', 'p95', 'p99']
  for (const { name, extension } of CATALOG.modelMetrics.columns) {
    if (!extension) t.equal(of(...types.map((type) => [type, name] as const)).length, types.length, name)
  }
  for (const type of types.slice(2)) {
    t.same(faultsOf({ aggregations: [{ type, column: 'modelName' }] }), [
      'UNSUPPORTED_AGGREGATION /aggregations/0/type',
    ])
  }
  t.same(faultsOf({ aggregations: [{ type: 'sum', column: 'errorRate' }] }), [
    'UNSUPPORTED_AGGREGATION /aggregations/0/type',
  ])
})

t.test('a refusal says what there is', async (t) => {
  const message = (type: string, column: string) => refusal({ ...LEAST, aggregations: [{ type, column }] }).message
  t.match(message('sum', 'modelName'), /takes "count" or "countDistinct"/)
  t.match(message('sum', 'inputTokenz'), /Did you mean "inputTokens"/)
  t.match(message('sum', 'potentialCostSavings'), /belongs to cacheMetrics/)
  t.match(message('mean', 'inputTokens'), /no aggregation "mean"/)
  t.match(message('Sum', 'inputTokens'), /Did you mean "sum"/)
  t.match(message('count', 'spanId'), /cannot be aggregated/)
})

t.test('tokens and cost do not exist on MCP servers', async (t) => {
  for (const column of ['inputTokens', 'costInUSD', 'timeToFirstTokenMs']) {
    const body = { datasource: 'mcpMetrics', aggregations: [{ type: 'sum', column }] }
    t.same(faultsOf(body), ['UNSUPPORTED_AGGREGATION /aggregations/0/column'])
  }
})
