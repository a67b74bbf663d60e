import fc from 'fast-check'
import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { outlineOf } from '../../src/query/outline.js'
import { parseQuery } from '../../src/query/parse.js'

const BODY = {
  startTs: '2026-04-21T00:00:00.000Z',
  endTs: '2026-04-22T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'distribution',
}

t.test('an outline says what is asked', async (t) => {
  const query = parseQuery(
    {
      ...BODY,
      type: 'timeseries',
      interval: '2 hours',
      groupBy: ['modelName', 'metadata.env'],
      aggregations: [{ type: 'p99', column: 'latencyMs' }],
      filters: [
        { fieldName: 'modelName', operator: 'IN', value: ['a', 'b'] },
        { fieldName: 'metadata.env', operator: 'NOT_EQUAL', value: 'prod' },
        { fieldName: 'team', operator: 'IS_NULL', value: false },
        { fieldName: 'costInUSD', operator: 'GREATER_THAN', value: 1 },
      ],
      limit: 5,
    },
    CATALOG,
  )
  const { filters, ...others } = outlineOf(query)
  t.strictSame(others, {
    datasource: 'modelMetrics',
    type: 'timeseries',
    aggregations: ['p99LatencyMs'],
    groupBy: ['modelName', 'metadata.env'],
    interval: '7200 s',
    windowSeconds: 86_400,
    limit: 5,
  })
  t.strictSame(filters.toSorted(), ['costInUSD range', 'metadata.env !in', 'modelName in', 'team !null'])
})

t.test('no value that is filtered by is ever in it', async (t) => {
  const operators = ['EQUAL', 'NOT_EQUAL', 'STRING_CONTAINS', 'STRING_STARTS_WITH']
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.constantFrom(...operators), fc.stringMatching(/^[a-z0-9 ]{1,40}$/), (operator, text) => {
        const value = `planted ${text}`
        const query = parseQuery({ ...BODY, filters: [{ fieldName: 'modelName', operator, value }] }, CATALOG)
        return !JSON.stringify(outlineOf(query)).includes('planted')
      }),
    ),
  )
})

t.test('a question of a hundred filters has a short one', async (t) => {
  const filters = Array.from({ length: 100 }, (_, at) => ({
    fieldName: `metadata.key${at}`,
    operator: 'EQUAL',
    value: 'x',
  }))
  const outline = outlineOf(parseQuery({ ...BODY, filters }, CATALOG))
  t.equal(outline.filters.length, 21)
  t.equal(outline.filters.at(-1), 'and 80 more')
})
