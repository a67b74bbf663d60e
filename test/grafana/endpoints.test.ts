import t from 'tap'
import { byValue, type Row } from '../engine/scan.js'
import { HOUR, NOW } from '../engine/service.js'
import { DAY, GET, grafana, lastHours, openGrafana } from './panel.js'

const names = (choices: unknown, key = 'value'): readonly string[] =>
  Array.isArray(choices) ? choices.map((choice) => Object(choice)[key]) : []

const valuesOf = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ value }) => (value === null ? [] : [String(value)]))

t.test('the connection can be tested, with and without the last slash', async (t) => {
  const service = await openGrafana(t)
  for (const path of ['', '/']) {
    const { status, calls } = await service.send(path, GET)
    t.equal(status, 200)
    t.equal(calls, 0)
  }
})

t.test('the builder offers datasources with the boxes of a question', async (t) => {
  const service = await openGrafana(t)
  for (const body of [{}, { metric: 'modelMetrics', payload: { groupBy: ['team'] } }, undefined]) {
    const { status, body: metrics } = await service.send('/metrics', body)
    t.equal(status, 200)
    t.strictSame(names(metrics), [
      'modelMetrics',
      'mcpMetrics',
      'guardrailMetrics',
      'cacheMetrics',
      'configMetrics',
      'agentMetrics',
    ])
    for (const { payloads } of Object(metrics)) {
      for (const box of payloads) {
        t.match(box, {
          name: String,
          label: String,
          type: /^(select|multi-select|input|textarea)$/,
          placeholder: String,
        })
      }
    }
  }
  t.strictSame((await service.send('/search', { target: '' })).body, names((await service.send('/metrics', {})).body))
  t.strictSame((await service.send('/annotations', { range: DAY, annotation: { name: 'x', query: '' } })).body, [])
})

t.test('a box offers what fits the datasource and what was chosen so far', async (t) => {
  const service = await openGrafana(t)
  const options = async (name: string, payload: unknown = {}, metric = 'modelMetrics') =>
    names((await service.send('/metric-payload-options', { metric, payload, name })).body)
  const shown = await options('aggregations')
  for (const one of ['total', 'sum costInUSD', 'p99 latencyMs', 'countDistinct modelName'])
    t.ok(shown.includes(one), one)
  t.notOk(
    shown.some((one) => /p75|timeToFirstToken|requestType/.test(one)),
    'nothing that Portkey does not know',
  )
  t.ok((await options('aggregations', {}, 'cacheMetrics')).includes('sum potentialCostSavings'))
  t.ok((await options('groupBy', {}, 'guardrailMetrics')).includes('guardrailAction'))
  t.notOk((await options('groupBy')).includes('traceId'))
  t.ok((await options('field')).includes('traceId'))
  t.strictSame(await options('operator', { field: 'traceId' }), ['EQUAL'])
  t.ok((await options('operator', { field: 'metadata.env' })).includes('STRING_CONTAINS'))
  t.strictSame(await options('operator'), [])
  t.ok((await options('interval')).includes('1 hour'))
  t.strictSame(await options('type'), ['distribution', 'timeseries'])
  const recent = service.seen({ startTs: new Date(NOW - 24 * HOUR).toISOString(), endTs: new Date(NOW).toISOString() })
  const models = await options('value', { field: 'modelName', operator: 'IN', value: ['gpt-4o'] })
  t.ok(recent.every(({ model }) => model === null || models.includes(model)))
  t.strictSame(await options('value', { field: 'isFailure' }), ['true', 'false'])
  t.strictSame(await options('value', { field: 'costInUSD' }), [], 'what has no values to list can be typed')
  const bad = await service.send('/metric-payload-options', { metric: 'x', name: 'y', payload: { feld: 1 } })
  t.strictSame(
    Object(bad.body).details.map(({ path }: { path: string }) => path),
    ['/payload/feld', '/name', '/metric'],
  )
})

t.test('a variable is filled with the live values of a field, the most frequent first', async (t) => {
  const service = await openGrafana(t)
  const ask = (payload: unknown, more = {}) => service.send('/variable', { payload, range: DAY, ...more })
  const rows = service.seen()
  const teams = valuesOf(byValue(rows, 'value', ({ metadata }) => metadata.team ?? null))
  const { body } = await ask({ target: 'team' })
  t.strictSame(names(body, '__value'), teams)
  t.strictSame(names(body, '__text'), teams)
  const frame = grafana.toDataFrame(Object(body))
  t.strictSame(frame.fields.map(({ name }) => name).toSorted(), ['__text', '__value'], 'the plugin’s parser finds both')
  const envs = valuesOf(byValue(rows, 'value', ({ metadata }) => metadata.env ?? null))
  for (const payload of ['metadata.env', { target: 'modelMetrics metadata.env' }, { field: 'metadata.env' }]) {
    t.strictSame(names((await ask(payload)).body, '__value'), envs)
  }
  const ofTeams = rows.filter(({ metadata }) => metadata.team === 'search' || metadata.team === 'R&D')
  const models = valuesOf(byValue(ofTeams, 'value', ({ model }) => model))
  const filters = [{ fieldName: 'team', operator: 'ARRAY_HAS_ANY', value: '{search,R&D}' }]
  t.strictSame(names((await ask({ field: 'modelName', filters })).body, '__value'), models)
  t.strictSame(names((await ask({ field: 'modelName', filters, limit: '2' })).body, '__value'), models.slice(0, 2))
  t.strictSame(names((await ask({ datasource: 'guardrailMetrics', field: 'guardrailAction' })).body, '__value'), [
    'deny',
    'flag',
  ])
  t.equal((await service.send('/variable', { payload: { target: 'team' } })).status, 200, 'without a range')
  const moving = { range: lastHours(6) }
  t.equal((await ask({ target: 'modelName' }, moving)).calls, 1)
  t.equal((await ask({ target: 'modelName' }, moving)).calls, 0)
  for (const [payload, path] of [
    [{ target: '' }, '/payload'],
    [{ target: 'modelNam' }, '/payload/field'],
    [{ field: 'team', datasource: 'x' }, '/payload/datasource'],
    [{ field: 'team', limit: 0 }, '/payload/limit'],
    [{ field: 'team', wher: 1 }, '/payload/wher'],
  ] as const) {
    const bad = await ask(payload)
    t.equal(bad.status, 400, path)
    t.equal(Object(bad.body).details[0].path, path)
  }
})

t.test('ad hoc filters are offered fields and their live values', async (t) => {
  const service = await openGrafana(t)
  const keys = (await service.send('/tag-keys', {})).body
  for (const key of ['modelName', 'team', 'costInUSD', 'mcpServerName']) t.ok(names(keys, 'text').includes(key), key)
  t.notOk(names(keys, 'text').includes('requestType'))
  t.strictSame((await service.send('/tag-keys')).body, keys, 'a plugin that has nothing to say sends no body')
  const queries = [{ target: 'guardrailMetrics' }, { target: 'configMetrics' }]
  const shared = names((await service.send('/tag-keys', { filters: [], queries })).body, 'text')
  t.ok(shared.includes('team') && !shared.includes('costInUSD') && !shared.includes('guardrailAction'))
  const rows = service.seen()
  const timeRange = DAY
  for (const [key, wanted] of [
    ['modelName', valuesOf(byValue(rows, 'value', ({ model }) => model))],
    ['httpStatusCode', valuesOf(byValue(rows, 'value', ({ status }) => status))],
    ['metadata.env', valuesOf(byValue(rows, 'value', ({ metadata }) => metadata.env ?? null))],
    ['isFailure', ['true', 'false']],
    ['costInUSD', []],
  ] as const) {
    const { body } = await service.send('/tag-values', { key, timeRange, filters: [] })
    t.strictSame(names(body, 'text'), wanted, key)
    t.strictSame(names(body, 'value'), wanted, key)
  }
  t.equal((await service.send('/tag-values', { key: 'modelName' })).status, 200, 'without a range')
  t.equal((await service.send('/tag-values', { key: 'nothing' })).status, 400)
  t.equal((await service.send('/tag-values', {})).status, 400)
})

t.test('values for one ad hoc filter are those of the rows that the others keep', async (t) => {
  const service = await openGrafana(t)
  const ask = (key: string, ...filters: readonly unknown[]) =>
    service.send('/tag-values', { key, timeRange: DAY, filters, queries: [{ target: 'modelMetrics' }] })
  const ofTeam = service.seen().filter(({ metadata }) => metadata.team === 'search')
  const own = { key: 'modelName', operator: '=', value: 'nothing of the kind' }
  const { body } = await ask('modelName', own, { key: 'team', operator: '=', value: 'search' })
  t.strictSame(names(body), valuesOf(byValue(ofTeam, 'value', ({ model }) => model)))
  const bad = await ask('modelName', own, { key: 'team', operator: '=~', value: 'a.c' })
  t.equal(bad.status, 400)
  t.equal(Object(bad.body).details[0].path, '/filters/1/value')
  const other = await ask('team', { key: 'mcpServerName', operator: '=', value: 'x' })
  t.equal(other.status, 200, 'a datasource that has both is asked')
})
