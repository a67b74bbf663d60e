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
    const first = await catalogOf(service)
    const sent = first.datasources.flatMap(({ name, examples }) => examples.map(({ body }) => ({ name, body })))
    t.ok(sent.length >= 6)
    const got = []
    // The first round teaches what the deployment lacks.
    for (const { body } of [...sent, ...sent]) got.push(await service.ask(body))
    const second = await catalogOf(service)
    const said = second.datasources.flatMap(({ examples }) => examples)
    got.slice(sent.length).forEach(({ status, code, message, rows }, index) => {
      const { summary, refused, body } = said[index] ?? {}
      const name = `${sent[index]?.name}: ${summary}`
      t.strictSame(body, sent[index]?.body, name)
      if (refused === null) t.equal(status, 200, `${name} ${message}`)
      else t.match({ status, code }, { status: 422, code: refused?.code }, name)
      if (status === 200) t.ok(rows.length > 0 || name.startsWith('mcp'), `${name}: rows`)
    })
    const answered = got.slice(sent.length).filter(({ status }) => status === 200).length
    t.ok(answered >= (profile === 'live' ? 15 : 8), `${answered} of ${sent.length} are answered`)
  })
}

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
})
