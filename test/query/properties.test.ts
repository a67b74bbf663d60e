import fc from 'fast-check'
import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { ServiceError } from '../../src/errors.js'
import { queryKey } from '../../src/query/canonical.js'
import { parseQuery } from '../../src/query/parse.js'
import { type Body, validBody } from './arbitrary.js'
import { respelling } from './respelling.js'

/** Whether a body becomes a question or a refusal that names its faults; anything else is thrown. */
function isAnswered(body: unknown): boolean {
  try {
    return parseQuery(body, CATALOG).window.start >= 0
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return error.statusCode === 400 && error.details.length > 0 && JSON.stringify(error.details).length < 200_000
  }
}

t.test('whatever JSON arrives is a question or a 400', async () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), isAnswered))
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withObjectString: true }), isAnswered))
})

t.test('so is a valid body with one part replaced by any JSON', async () => {
  const broken = fc
    .tuple(validBody(), fc.jsonValue({ stringUnit: 'binary' }), fc.nat())
    .map(([body, stranger, at]) => replaced(body, stranger, at))
  fc.assert(fc.property(broken, isAnswered), { numRuns: 1_000 })
})

t.test('every body that the catalogue allows is a question', async (t) => {
  fc.assert(
    fc.property(validBody(), (body) => {
      const query = parseQuery(JSON.parse(JSON.stringify(body)), CATALOG)
      return query.datasource === body.datasource && query.groupBy.length === (body.groupBy?.length ?? 0)
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})

t.test('the same meaning is the same key, however it is spelled', async () => {
  const pairs = validBody().chain((body) => fc.tuple(fc.constant(body), respelling(body)))
  fc.assert(
    fc.property(pairs, ([body, other]) => queryKey(parseQuery(body, CATALOG)) === queryKey(parseQuery(other, CATALOG))),
    { numRuns: 1_000 },
  )
})

t.test('the key reads back as the question', async (t) => {
  fc.assert(
    fc.property(validBody(), (body) => {
      const query = parseQuery(body, CATALOG)
      t.same(JSON.parse(queryKey(query)), query)
    }),
  )
})

t.test('another window, group, type or filter value is another key', async (t) => {
  const key = (fields: object): string => queryKey(parseQuery({ ...base, ...fields }, CATALOG))
  const base = {
    startTs: '2026-04-21T00:00:00Z',
    endTs: '2026-04-22T00:00:00Z',
    datasource: 'modelMetrics',
    type: 'timeseries',
    interval: '1 day',
  }
  const filtered = (operator: string, value: unknown, name = 'modelName'): object => ({
    filters: [{ fieldName: name, operator, value }],
  })
  const questions = [
    {},
    { endTs: '2026-04-22T00:00:00.001Z' },
    { type: 'distribution' },
    { interval: '1 week' },
    { timeZone: 'Europe/Berlin' },
    { datasource: 'agentMetrics' },
    { groupBy: ['modelName'] },
    { groupBy: ['modelName'], limit: 1 },
    { groupBy: ['metadata.modelName'] },
    { groupBy: ['modelName', 'team'] },
    { groupBy: ['team', 'modelName'] },
    { aggregations: [{ type: 'count', column: 'virtualModel' }] },
    { aggregations: [{ type: 'count', column: 'virtualModelName' }] },
    filtered('EQUAL', 'a'),
    filtered('EQUAL', 'A'),
    filtered('EQUAL', ''),
    filtered('NOT_EQUAL', 'a'),
    filtered('IN', ['a', 'b']),
    filtered('IN', ['a,b']),
    filtered('STRING_CONTAINS', 'a'),
    filtered('STRING_NOT_CONTAINS', 'a'),
    filtered('EQUAL', 'a', 'providerModelName'),
    filtered('EQUAL', 'a', 'metadata.modelName'),
  ]
  t.equal(new Set(questions.map(key)).size, questions.length)
})

/** The body with its `at`-th part, counted in depth, replaced. */
function replaced(body: Body, stranger: unknown, at: number): unknown {
  const parts = countParts(body)
  let left = at % parts
  const walk = (value: unknown): unknown => {
    left -= 1
    if (left < 0) {
      left = Number.POSITIVE_INFINITY
      return stranger
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, walk(content)]))
  }
  return walk(body)
}

function countParts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return 1 + Object.values(value).reduce((sum: number, content: unknown) => sum + countParts(content), 0)
}
