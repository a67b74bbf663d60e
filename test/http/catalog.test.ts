import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { FIELD_AGGREGATIONS } from '../../src/catalog/operators.js'
import type { Profile } from '../../src/emulator/emulator.js'
import type { Catalogue } from '../../src/engine/catalogue.js'
import { DAY, deploy, HOUR, NOW, TOKEN, type Whole } from '../engine/service.js'
import { errorOf, forbiddenEngine, serve } from './harness.js'

type Body = Catalogue & { readonly limits: Readonly<Record<string, number | null>> }

const catalogOf = async (service: Whole): Promise<Body> => {
  const before = service.emulator.requests.length
  const reply = await fetch(`${service.url}/v1/metrics/catalog`, { headers: { authorization: `Bearer ${TOKEN}` } })
  t.equal(reply.status, 200)
  t.equal(service.emulator.requests.length, before, 'nothing is asked of Portkey')
  return Object(await reply.json()).data
}

const fieldOf = (catalog: Catalogue, datasource: string, name: string) =>
  catalog.datasources.find((one) => one.name === datasource)?.fields.find((one) => one.name === name)

t.test('every datasource, field and column is in it, in the tables’ order', async (t) => {
  const catalog = await catalogOf(await deploy(t))
  t.strictSame(
    catalog.datasources.map(({ name }) => name),
    Object.keys(CATALOG),
  )
  for (const { name, fields, columns } of catalog.datasources) {
    const entry = CATALOG[name]
    t.strictSame(
      fields.map((field) => field.name),
      entry.fields.map((field) => field.name),
    )
    t.strictSame(
      columns.map((column) => column.name),
      entry.columns.map((column) => column.name),
    )
  }
  t.match(catalog.window, { startTs: new Date(Math.floor(NOW / HOUR) * HOUR - DAY).toISOString() })
  t.match(catalog.limits, { bodyBytes: 262_144, replyRows: 100_000, upstreamCalls: 200, buckets: 11_000, rows: 10_000 })
})

t.test('a field in words: names, origin, uses, what is refused and why', async (t) => {
  const catalog = await catalogOf(await deploy(t, {}, { METADATA_BINDINGS: 'team=squad' }))
  const { operators } = fieldOf(catalog, 'modelMetrics', 'modelName') ?? {}
  t.match(fieldOf(catalog, 'modelMetrics', 'modelName'), {
    ...{ from: 'ai_model', groupable: true, filterable: true, refused: [], ruledOut: [], extension: false },
    extensions: ['IS_NULL'],
    aggregations: FIELD_AGGREGATIONS,
  })
  t.ok(operators?.includes('STRING_CONTAINS'))
  t.match(fieldOf(catalog, 'modelMetrics', 'virtualAccount'), {
    otherNames: ['virtualaccount'],
    responseKey: 'createdBySubjectSlug',
  })
  t.equal(fieldOf(catalog, 'modelMetrics', 'team')?.from, 'metadata squad', 'bindings show')
  t.match(fieldOf(catalog, 'modelMetrics', 'httpStatusCode')?.extensions, ['groupBy', 'BETWEEN', 'IS_NULL'])
  t.match(fieldOf(catalog, 'modelMetrics', 'conversationID'), {
    ...{ from: null, groupable: false, filterable: false, operators: [] },
    refused: [{ uses: ['groupBy', 'EQUAL'], code: 'UNSUPPORTED_BY_UPSTREAM', message: /metadata\.<key>/ }],
  })
  t.match(fieldOf(catalog, 'modelMetrics', 'promptSlug'), { extension: true, from: 'prompt (slug)' })
  t.match(fieldOf(catalog, 'modelMetrics', 'inputTokens'), { groupable: false, filterable: true })
  const latency = catalog.datasources[0]?.columns.find(({ name }) => name === 'latencyMs')
  t.strictSame(latency?.aggregations, ['count', 'sum', 'avg', 'p50', 'p90', 'p99', 'p95'])
  t.strictSame(latency?.extensions, ['p95'])
  t.match(latency?.refused, [{ uses: ['countDistinct'] }, { uses: ['min'] }, { uses: ['p75'] }, { uses: ['max'] }])
})

t.test('what a deployment lacks is ruled out once that is learnt, for whose key it was', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const before = fieldOf(await catalogOf(service), 'modelMetrics', 'virtualModelName')
  t.strictSame(before?.ruledOut, [], 'nothing is known yet')
  const asked = await service.ask({ groupBy: ['virtualModelName'] })
  t.equal(asked.status, 422)
  const after = fieldOf(await catalogOf(service), 'modelMetrics', 'virtualModelName')
  t.strictSame(after?.refused, [])
  t.match(after?.ruledOut[0], { uses: ['groupBy'], code: asked.code, message: /lacks groups\/config/ })
  t.ok(after?.groupable, 'other deployments have it')
})

for (const profile of ['live', 'documented'] satisfies Profile[]) {
  t.test(`${profile}: every example is answered, or refused as the catalogue says`, async (t) => {
    const service = await deploy(t, { profile })
    const examplesOf = (catalog: Catalogue) =>
      catalog.datasources.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })))
    const first = examplesOf(await catalogOf(service))
    t.ok(first.length >= 6)
    // They teach what the deployment lacks; what takes their place may teach more.
    for (const { body } of [...first, ...first]) await service.ask(body)
    for (const { body } of examplesOf(await catalogOf(service))) await service.ask(body)
    const said = examplesOf(await catalogOf(service))
    for (const { name, summary, refused, body } of said) {
      const { status, code, message, rows } = await service.ask(body)
      if (refused === null) t.equal(status, 200, `${name}: ${summary} ${message}`)
      else t.match({ status, code }, { status: 422, code: refused.code }, `${name}: ${summary}`)
      if (status === 200) t.ok(rows.length > 0 || name.startsWith('mcp'), `${name}: ${summary}: rows`)
    }
    const answered = said.filter(({ refused }) => refused === null)
    t.ok(answered.length >= (profile === 'live' ? 15 : 8), `${answered.length} are answered`)
    const datasources = new Set(answered.map(({ name }) => name))
    for (const name of ['modelMetrics', 'configMetrics'] as const) t.ok(datasources.has(name), `${name} has some`)
    const figures = answered.filter(({ name, body }) => name === 'modelMetrics' && 'aggregations' in body)
    t.ok(figures.length > 0, 'and of modelMetrics some with figures')
  })
}

t.test('API keys are judged by texts that they can be', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const uuid = { fieldName: 'virtualAccount', operator: 'EQUAL', value: '00000000-0000-4000-8000-000000000001' }
  for (const column of ['totalTokens', 'latencyMs']) {
    await service.ask({ filters: [{ ...uuid, operator: 'NOT_EQUAL' }], aggregations: [{ type: 'avg', column }] })
  }
  const said = fieldOf(await catalogOf(service), 'modelMetrics', 'virtualAccount')?.ruledOut ?? []
  const claims = said.flatMap(({ uses }) => uses)
  const asked = await service.ask({ filters: [uuid] }, { path: '/v1/metrics/query?explain=true' })
  t.equal(claims.includes('EQUAL'), asked.status === 422, asked.text)
  t.notMatch(asked.text, /nothing can match/)
})

t.test('both values of IS_NULL are judged, and it is said which is ruled out', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  for (const field of ['virtualModelName', 'virtualAccount']) {
    await service.ask({ groupBy: [field] })
    await service.ask({ groupBy: [field] })
  }
  const catalog = await catalogOf(service)
  for (const name of ['virtualModelName', 'virtualAccount', 'modelName', 'errorCode', 'conversationID']) {
    const { ruledOut = [], refused = [] } = fieldOf(catalog, 'modelMetrics', name) ?? {}
    const out = [...ruledOut, ...refused].flatMap(({ uses }) => uses)
    for (const value of [true, false]) {
      if (name === 'conversationID') continue
      const filters = [{ fieldName: name, operator: 'IS_NULL', value }]
      const asked = await service.ask({ filters }, { path: '/v1/metrics/query?explain=true' })
      t.equal(out.includes('IS_NULL') || out.includes(`IS_NULL ${value}`), asked.status === 422, `${name} ${value}`)
    }
  }
  const ruledOut = fieldOf(catalog, 'modelMetrics', 'virtualModelName')?.ruledOut.flatMap(({ uses }) => uses)
  t.ok(ruledOut?.includes('IS_NULL false'))
  t.notOk(ruledOut?.includes('IS_NULL true'))
  t.ok(fieldOf(catalog, 'modelMetrics', 'virtualModelName')?.operators.includes('IS_NULL'))
})

t.test('figures that hang on a single value of metadata say so', async (t) => {
  const service = await deploy(t)
  const { datasources } = await catalogOf(service)
  const of = (name: string) => datasources.find((one) => one.name === name)?.columns ?? []
  const latency = of('mcpMetrics').find(({ name }) => name === 'latencyMs')
  const uses = ['avg', 'p50', 'p90', 'p95', 'p99']
  t.strictSame(latency?.conditions[0]?.uses.toSorted(), uses)
  t.match(latency?.conditions, [{ message: /single mcpServerName/ }, { uses: ['sum'], message: /precise/ }])
  t.strictSame(of('mcpMetrics').find(({ name }) => name === 'errorRate')?.conditions, [])
  for (const name of ['modelMetrics', 'agentMetrics', 'configMetrics', 'guardrailMetrics']) {
    for (const { conditions } of of(name)) t.strictSame(conditions, [], name)
  }
  for (const type of uses) {
    const aggregations = [{ type, column: 'latencyMs' }]
    const ask = (parts: object) => service.ask({ datasource: 'mcpMetrics', aggregations, ...parts })
    const one = { fieldName: 'mcpServerName', operator: 'IN', value: ['github-mcp'] }
    t.equal((await ask({})).status, 422, type)
    t.equal((await ask({ groupBy: ['mcpServerName'] })).status, 200, type)
    t.equal((await ask({ filters: [one] })).status, 200, type)
  }
})

t.test('every claim holds: what is offered is planned, what is refused gets that error', async (t) => {
  const service = await deploy(t)
  const catalog = await catalogOf(service)
  for (const { name, fields } of catalog.datasources) {
    for (const { name: field, groupable, refused } of fields) {
      if (!groupable && refused.every(({ uses }) => !uses.includes('groupBy'))) continue
      const asked = await service.ask(
        { datasource: name, groupBy: [field] },
        { path: '/v1/metrics/query?explain=true' },
      )
      const why = refused.find(({ uses }) => uses.includes('groupBy'))
      t.equal(asked.message, why?.message ?? '', `${name} by ${field}`)
    }
  }
})

t.test('only callers who are known see it', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const path = '/v1/metrics/catalog'
  await errorOf(
    t,
    await service.ask({ path, method: 'GET', headers: { authorization: 'Bearer x' } }),
    401,
    'UNAUTHENTICATED',
  )
  await errorOf(t, await service.ask({ path }), 405, 'METHOD_NOT_ALLOWED')
  const extra = await errorOf(
    t,
    await service.ask({ path: `${path}?x=1`, method: 'GET' }),
    400,
    'VALIDATION_FAILED',
    'a parameter that does nothing',
  )
  t.match(extra.details, [{ path: '/x', message: /The route takes none\./ }])
})
