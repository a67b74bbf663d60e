import t from 'tap'
import { at, newFaults } from '../../src/query/faults.js'
import { nearest, quote } from '../../src/query/wording.js'
import { LEAST, refusal } from './question.js'

t.test('every fault is reported at once, each at its place', async (t) => {
  const error = refusal({
    startTs: 'soon',
    endTs: '2026-04-22T00:00:00Z',
    datasource: 'modelMetrics',
    type: 'timeseries',
    aggregations: [
      { type: 'sum', column: 'inputTokens' },
      { type: 'sum', column: 'modelName' },
    ],
    groupBy: ['modelName', 'color'],
    filters: [
      { fieldName: 'modelName', operator: 'IN', value: [] },
      { fieldName: 'modelName', operator: 'LIKE', value: 1 },
    ],
    'a/b~c': true,
  })
  t.equal(error.code, 'VALIDATION_FAILED')
  t.same(
    error.details.map(({ path, code }) => `${code} ${path}`),
    [
      'VALIDATION_FAILED /a~1b~0c',
      'WINDOW_INVALID /startTs',
      'INTERVAL_REQUIRED /interval',
      'UNSUPPORTED_FIELD /groupBy/1',
      'UNSUPPORTED_AGGREGATION /aggregations/1/type',
      'VALIDATION_FAILED /filters/0/value',
      'UNSUPPORTED_OPERATOR /filters/1/operator',
    ],
  )
  t.match(error.message, /^7 faults\./)
})

t.test('faults of one kind keep their code, and a lone one its message', async (t) => {
  const one = refusal({ ...LEAST, groupBy: ['color'] })
  t.equal(one.code, 'UNSUPPORTED_FIELD')
  t.equal(one.message, one.details[0]?.message)
  t.equal(refusal({ ...LEAST, groupBy: ['color', 'size'] }).code, 'UNSUPPORTED_FIELD')
})

t.test('a misspelt datasource hides no fault of shape', async (t) => {
  const error = refusal({ ...LEAST, datasource: 'modelMetric', groupBy: [1], filters: [{ fieldName: 'x' }], limit: 0 })
  t.same(
    error.details.map(({ path }) => path),
    ['/datasource', '/groupBy/0', '/filters/0/operator', '/limit'],
  )
  t.match(error.message, 'Did you mean "modelMetrics"?')
})

t.test('a reply to a hostile body stays small', async (t) => {
  const strangers = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]))
  t.ok(JSON.stringify(refusal({ ...LEAST, ...strangers }).details).length < 20_000)
  const values = Array.from({ length: 1_000 }, () => 1)
  const filters = Array.from({ length: 100 }, () => ({ fieldName: 'modelName', operator: 'IN', value: values }))
  const error = refusal({ ...LEAST, filters })
  t.ok(JSON.stringify(error.details).length < 50_000)
  t.match(error.message, /^100000 faults/)
  t.match(error.details.at(-1)?.message, /99800 more/)
})

t.test('pointers and quotes', async (t) => {
  t.equal(at(at('', 'a/b'), '~1'), '/a~1b/~01')
  t.equal(quote('a"b\n'), '"a\\"b\\n"')
  t.ok(quote('x'.repeat(1e6)).length < 100)
  t.equal(quote([1, 2]), 'an array of 2')
  t.equal(quote({}), 'an object')
  t.equal(quote(undefined), 'nothing')
  t.equal(nearest('zebra', ['modelName']), undefined)
  t.equal(newFaults().count(), 0)
})
