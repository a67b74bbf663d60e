import t, { type Test } from 'tap'
import { CATALOG, type Catalog, withBindings } from '../../src/catalog/catalog.js'
import { MEASURES } from '../../src/catalog/measures.js'
import { FULL_STRING } from '../../src/catalog/operators.js'
import { column, field, measure } from '../../src/catalog/rows.js'
import { loadConfig } from '../../src/config.js'
import { createEmulator, MAIN_WORKSPACE, type TrafficRow, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { createEngine } from '../../src/engine.js'
import { parseQuery } from '../../src/query/parse.js'
import { principal } from '../engine/principal.js'
import { LEAST, NOW } from '../engine/service.js'

/** What is added to the language: one row of a field, one row of a column. Nothing else in the house knows of them. */
const environment = field({
  name: 'environment',
  aliases: ['stage'],
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  source: { kind: 'metadata', key: 'env' },
})
const failures = column({
  name: 'failures',
  unit: 'count',
  aggregations: ['sum'],
  formulas: { sum: measure('errors') },
  why: 'Failures are counted, not measured.',
  instead: 'Ask for sum.',
})

const { modelMetrics } = CATALOG
const EXTENDED: Catalog = {
  ...CATALOG,
  modelMetrics: {
    ...modelMetrics,
    fields: [...modelMetrics.fields, environment],
    columns: [...modelMetrics.columns, failures],
  },
}

/** Asks the least question with these fields put in, over a catalogue. */
async function answer(t: Test, fields: object, catalog: Catalog = EXTENDED) {
  const emulator = createEmulator({ now: NOW, historyDays: 3, requestsPerHour: 20 })
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: 'a-token-that-nobody-uses',
    PORTKEY_BASE_URL: await emulator.listen(),
  })
  const engine = createEngine(config, { now: emulator.now, tables: catalog })
  t.teardown(async () => {
    await engine.close()
    await emulator.close()
  })
  const query = parseQuery({ ...LEAST, ...fields }, catalog)
  const caller = principal({ scope: 'scope', upstreamKey: WORKSPACE_KEY })
  const reply = await engine.ask(query, caller, { signal: new AbortController().signal })
  const window = { start: Date.parse(LEAST.startTs), end: Date.parse(LEAST.endTs) }
  const rows = emulator.rows(window).filter((row) => row.workspace === MAIN_WORKSPACE)
  return { points: reply.data.dataPoints, rows }
}

const failed = (rows: readonly TrafficRow[]) => rows.filter(({ status }) => status >= 400).length

t.test('a field and a column that the catalogue gains can be asked for at once', async (t) => {
  const { points, rows } = await answer(t, {
    groupBy: ['environment'],
    aggregations: [
      { type: 'sum', column: 'failures' },
      { type: 'count', column: 'stage' },
    ],
  })
  const values = [...new Set(rows.map(({ metadata }) => metadata.env ?? null))]
  t.ok(values.length > 1 && failed(rows) > 0, 'there is something to tell apart')
  const expected = values.map((value) => {
    const own = rows.filter(({ metadata }) => (metadata.env ?? null) === value)
    return { environment: value, total: own.length, sumFailures: failed(own), countStage: value ? own.length : 0 }
  })
  const byTotal = (one: { readonly total: number }, other: { readonly total: number }) => other.total - one.total
  t.strictSame(points, expected.toSorted(byTotal))
})

t.test('the field filters, and moves to another metadata key like any other', async (t) => {
  const filters = [{ fieldName: 'stage', operator: 'EQUAL', value: 'production' }]
  const asked = await answer(t, { filters })
  const production = asked.rows.filter(({ metadata }) => metadata.env === 'production').length
  t.ok(production > 0)
  t.strictSame(asked.points, [{ total: production }])
  const team = asked.rows.flatMap(({ metadata }) => metadata.team ?? [])[0] ?? ''
  const moved = await answer(
    t,
    { filters: [{ fieldName: 'environment', operator: 'EQUAL', value: team }] },
    withBindings(EXTENDED, { environment: 'team' }),
  )
  t.ok(team !== '')
  t.strictSame(moved.points, [{ total: moved.rows.filter(({ metadata }) => metadata.team === team).length }])
})

t.test('without the row the names are refused, and its own rows are named', async (t) => {
  const ask = (fields: object, catalog: Catalog = CATALOG) => parseQuery({ ...LEAST, ...fields }, catalog)
  t.throws(() => ask({ groupBy: ['environment'] }), { code: 'UNSUPPORTED_FIELD' })
  t.throws(() => ask({ aggregations: [{ type: 'sum', column: 'failures' }] }), { code: 'UNSUPPORTED_AGGREGATION' })
  t.throws(() => ask({ groupBy: ['enviroment'] }, EXTENDED), { message: /Did you mean "environment"\?/ })
  t.throws(() => ask({ groupBy: ['environment'], datasource: 'agentMetrics' }, EXTENDED), {
    message: /It belongs to modelMetrics\./,
  })
})

t.test('a measure that the catalogue gains is planned from its source', async (t) => {
  // A commit would add a name to the closed type and a row to the table; here the row is added to the table as it runs.
  const uniqueUsers = {
    name: 'uniqueUsers',
    label: 'the number of users',
    instead: { kind: 'always', text: 'Ask with fewer filters.' },
    kind: 'whole',
    sources: [{ kind: 'graph', graph: 'users', field: 'total' }],
  }
  Object.assign(MEASURES, { uniqueUsers })
  t.teardown(() => Reflect.deleteProperty(MEASURES, 'uniqueUsers'))
  const activeUsers = Object.assign(
    {},
    { ...failures, name: 'activeUsers', aggregations: ['countDistinct'] as const },
    { formulas: { countDistinct: { kind: 'measure', measure: 'uniqueUsers', divideBy: 1 } } },
  )
  const columns = [...modelMetrics.columns, activeUsers]
  const { points, rows } = await answer(
    t,
    {
      type: 'timeseries',
      interval: '1 hour',
      aggregations: [
        { type: 'countDistinct', column: 'activeUsers' },
        { type: 'sum', column: 'costInUSD' },
      ],
    },
    { ...CATALOG, modelMetrics: { ...modelMetrics, columns } },
  )
  t.equal(points.length, 24)
  for (const point of points) {
    const start = Date.parse(String(point.startTimestamp))
    const own = rows.filter(({ at }) => at >= start && at < start + 3_600_000)
    t.equal(point.total, own.length)
    t.equal(point.countDistinctActiveUsers, new Set(own.flatMap(({ metadata }) => metadata._user ?? [])).size)
  }
})
