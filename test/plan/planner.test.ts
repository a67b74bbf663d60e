import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { ServiceError } from '../../src/errors.js'
import { type Capabilities, NO_DOUBTS, NOTHING_LEARNT } from '../../src/plan/capabilities.js'
import { type Knowledge, type Planned, planQuery } from '../../src/plan/planner.js'
import { priceOf } from '../../src/plan/price.js'
import { parseQuery } from '../../src/query/parse.js'
import { validBody } from '../query/arbitrary.js'
import { ask } from '../query/question.js'

const NOW = Date.parse('2026-06-10T12:34:56.789Z')

const knowing = (capabilities: Partial<Capabilities> = {}, parts: Partial<Knowledge> = {}): Knowledge => ({
  capabilities: { ...NOTHING_LEARNT, ...capabilities },
  doubts: NO_DOUBTS,
  catalog: CATALOG,
  now: NOW,
  retentionDays: null,
  ...parts,
})

const DOCUMENTED: Partial<Capabilities> = {
  missing: new Set(
    ['model', 'ai_service', 'status_code', 'api_key', 'config', 'workspace', 'provider', 'prompt'].map(
      (name) => `groups/${name}`,
    ),
  ),
  lacking: new Set(['graphs/tokens:input', 'graphs/tokens:output', 'groups/ai-models:cost']),
}

/** Deployments as they may have been seen. */
const KNOWN: readonly Partial<Capabilities>[] = [
  {},
  { listsUnattributed: new Set(['metadata', 'newer']), preciseAverages: true },
  { manyRows: true, steps: [{ length: 86_400_000, step: 600_000 }], values: new Map([['model', 400]]) },
  DOCUMENTED,
]

const PLANNED_OR_REFUSED = ['UNSUPPORTED_BY_UPSTREAM', 'PLAN_TOO_EXPENSIVE', 'OUTSIDE_RETENTION']

/** The plan, or the refusal. */
const planOf = (body: unknown, knowledge: Knowledge): Planned | ServiceError => {
  const query = deepFreeze(parseQuery(body, CATALOG))
  try {
    return planQuery(query, knowledge)
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
}

/** All of a plan, its tree built. */
const printed = (planned: Planned) => ({ ...planned, root: planned.root() })

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}

t.test('every valid question has a plan or a refusal that says what to do', () => {
  const count = { planned: 0, refused: 0 }
  fc.assert(
    fc.property(validBody(), fc.constantFrom(...KNOWN), (body, known) => {
      const planned = planOf(body, knowing(known))
      if (planned instanceof ServiceError) {
        count.refused += 1
        assert.ok(PLANNED_OR_REFUSED.includes(planned.code), planned.code)
        assert.match(planned.message, /^\S.*\.$/s)
        for (const { path, message } of planned.details) {
          assert.match(path, /^$|^\/(groupBy|filters|aggregations|datasource|interval|limit)/)
          assert.match(message, /^\S.*\.$/s)
        }
        return
      }
      count.planned += 1
      assert.ok(Number.isInteger(planned.calls) && planned.calls >= 0, `${planned.calls} calls`)
    }),
    { numRuns: 600 },
  )
  // A planner that refuses everything would pass the above.
  assert.ok(count.planned > 60, `${count.planned} planned, ${count.refused} refused`)
  return Promise.resolve()
})

t.test('planning is pure: nothing is changed, and the same knowledge gives the same plan', () => {
  fc.assert(
    fc.property(validBody(), fc.constantFrom(...KNOWN), (body, known) => {
      const knowledge = knowing(known)
      const before = structuredClone(knowledge)
      const first = planOf(body, knowledge)
      assert.deepEqual(knowledge, before)
      const second = planOf(body, structuredClone(before))
      if (first instanceof ServiceError || second instanceof ServiceError) {
        assert.equal(String(second), String(first))
        return
      }
      assert.deepEqual(printed(second), printed(first))
    }),
    { numRuns: 200 },
  )
  return Promise.resolve()
})

t.test('a plan is a value: it can be printed and read back', () => {
  fc.assert(
    fc.property(validBody(), fc.constantFrom(...KNOWN), (body, known) => {
      const planned = planOf(body, knowing(known))
      if (planned instanceof ServiceError) return
      assert.deepEqual(JSON.parse(JSON.stringify(planned.root())), planned.root())
    }),
    { numRuns: 200 },
  )
  return Promise.resolve()
})

t.test('the price of a plan without unknown values is the number of its calls', (t) => {
  const cases = [
    ['a total', {}, 1],
    ['hours', { type: 'timeseries', interval: '1 hour' }, 1],
    ['hours of two graphs', hours('p99', 'latencyMs'), 2],
    ['minutes', { type: 'timeseries', interval: '1 minute' }, 30],
    ['a listing', { groupBy: ['modelName'], aggregations: [{ type: 'sum', column: 'costInUSD' }] }, 1],
    ['nothing', { filters: [{ fieldName: 'modelName', operator: 'EQUAL', value: '' }] }, 0],
    ['the future', { startTs: '2026-07-01T00:00:00Z', endTs: '2026-07-02T00:00:00Z' }, 0],
  ] as const
  for (const [name, fields, calls] of cases) {
    const planned = planQuery(ask(fields), knowing())
    t.equal(planned.calls, calls, name)
    t.equal(priceOf(planned.root()).calls, calls, `${name}: priced by itself`)
  }
  t.end()
})

function hours(type: string, column: string) {
  return { type: 'timeseries', interval: '1 hour', aggregations: [{ type, column }] }
}

t.test('equal questions have equal plans, however they are written', (t) => {
  const filters = [
    { fieldName: 'virtualaccount', operator: 'IN', value: ['b', 'a', 'b'] },
    { metadataKey: 'env', operator: 'EQUAL', value: 'production' },
  ]
  const other = [
    { fieldName: 'metadata.env', operator: 'IN', value: ['production'] },
    { fieldName: 'virtualAccount', operator: 'IN', value: ['a', 'b'] },
  ]
  const plan = (written: readonly object[]) =>
    printed(planQuery(ask({ filters: written, groupBy: ['modelName'] }), knowing()))
  t.strictSame(plan(other), plan(filters))
  t.end()
})

t.test('what was learnt missing is not asked again', (t) => {
  const query = ask({ groupBy: ['modelName'] })
  const text = (capabilities: Partial<Capabilities>) => JSON.stringify(planQuery(query, knowing(capabilities)).root())
  t.match(text({}), '"name":"model"')
  const without = text({ missing: new Set(['groups/model']) })
  t.notMatch(without, '"kind":"group","name":"model"')
  t.match(without, '"kind":"group","name":"ai-models"')
  t.end()
})

t.test('a filter is never left out for the number of its values', (t) => {
  // As many as there are status codes, of which a list of all is no filter.
  const values = Array.from({ length: 500 }, (_, index) => `value-${index}`)
  for (const fieldName of ['promptSlug', 'modelName', 'team']) {
    const operator = fieldName === 'team' ? 'ARRAY_HAS_ANY' : 'IN'
    const planned = planQuery(ask({ filters: [{ fieldName, operator, value: values }] }), knowing())
    t.match(JSON.stringify(planned.root()), 'value-499', fieldName)
  }
  const everyStatus = Array.from({ length: 500 }, (_, index) => 100 + index)
  const filters = [{ fieldName: 'httpStatusCode', operator: 'IN', value: everyStatus }]
  t.strictSame(printed(planQuery(ask({ filters }), knowing())), printed(planQuery(ask({}), knowing())), 'every status')
  t.end()
})

t.test('a window before the retention is refused without a plan; the edge itself is planned', (t) => {
  const known = knowing({}, { retentionDays: 10 })
  const at = (startTs: string) => ({ startTs, endTs: '2026-06-10T00:00:00.000Z' })
  t.throws(() => planQuery(ask(at('2026-05-31T12:34:56.788Z')), known), { code: 'OUTSIDE_RETENTION' })
  t.equal(planQuery(ask(at('2026-05-31T12:34:57.000Z')), known).calls, 1)
  t.equal(planQuery(ask(at('2020-01-01T00:00:00.000Z')), knowing()).calls, 1, 'no limit is known')
  t.end()
})
