import t, { type Test } from 'tap'
import { type Environment, loadConfig } from '../../src/config.js'
import { createEmulator, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { startTracing } from '../../src/telemetry/otlp.js'
import { collect } from './collector.js'
import { run } from './process.js'

const NOW = Date.UTC(2026, 3, 23)
const WINDOW = { startTs: '2026-04-21T00:00:00.000Z', endTs: '2026-04-22T00:00:00.000Z' }
const QUESTION = { ...WINDOW, datasource: 'modelMetrics', type: 'distribution', groupBy: ['modelName'] }
const TOKEN = 'a-token-of-the-tests'

const deployed = async (t: Test, env: Environment) => {
  const emulator = createEmulator({ now: NOW, historyDays: 3 })
  t.teardown(() => emulator.close())
  const settings = { PORTKEY_API_KEY: WORKSPACE_KEY, PORTKEY_BASE_URL: await emulator.listen(), API_TOKENS: TOKEN }
  const running = await run(t, { ...settings, ...env })
  const ask = (question: object, headers: Record<string, string> = {}, path = '/v1/metrics/query') =>
    fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(question),
    })
  return { emulator, running, ask }
}

t.test('a question is a span of its caller’s trace, its calls are spans below it', async (t) => {
  const collector = await collect(t)
  const { emulator, running, ask } = await deployed(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=planted%20value',
    OTEL_SERVICE_NAME: 'metrics-of-the-tests',
  })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const parent = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  const filters = [{ fieldName: 'metadata.env', operator: 'EQUAL', value: 'planted-value' }]
  emulator.injectFault({ kind: 'status', status: 503 }, { times: 1 })
  t.equal((await ask({ ...QUESTION, filters }, parent)).status, 200)
  t.equal((await ask({ ...QUESTION, filters }, parent)).headers.get('x-cache'), 'hit')
  t.equal((await ask({ ...QUESTION, groupBy: ['nothing'] })).status, 400)
  emulator.injectFault({ kind: 'status', status: 401 }, { times: 1 })
  t.equal((await ask({ ...QUESTION, groupBy: ['team'] })).status, 502)
  t.equal((await ask({ ...QUESTION }, { traceparent: `00-${traceId}-b7ad6b7169203331-00` })).status, 200)
  t.equal(await running.stop(), 0)

  const spans = collector.spans()
  const questions = spans.filter(({ kind }) => kind === 2)
  const facts = questions.map(({ name, status, attributes }) => ({
    name,
    failed: status === 2,
    code: attributes['http.response.status_code'],
    outcome: attributes['pmp.outcome'],
    cache: attributes['pmp.cache'],
  }))
  const name = 'POST /v1/metrics/query'
  t.strictSame(
    facts.toSorted((one, other) => Number(one.code) - Number(other.code)),
    [
      { name, failed: false, code: 200, outcome: 'ok', cache: 'miss' },
      { name, failed: false, code: 200, outcome: 'ok', cache: 'hit' },
      { name, failed: false, code: 400, outcome: 'UNSUPPORTED_FIELD', cache: undefined },
      { name, failed: true, code: 502, outcome: 'UPSTREAM_UNAUTHORIZED', cache: undefined },
    ],
  )
  const [first] = questions.filter(({ attributes }) => attributes['pmp.cache'] === 'miss')
  t.equal(first?.traceId, traceId, 'the one that the caller did not sample is missing, too')
  t.equal(first?.parentSpanId, 'b7ad6b7169203331')
  t.match(first?.attributes, {
    'pmp.datasource': 'modelMetrics',
    'pmp.type': 'distribution',
    'http.route': '/v1/metrics/query',
  })
  const calls = spans.filter(({ parentSpanId }) => parentSpanId === first?.spanId)
  t.equal(calls.length, Number(first?.attributes['pmp.upstream_calls']))
  t.match(
    calls.map(({ kind, name, status, traceId, attributes }) => ({ kind, name, status, traceId, attributes })),
    [
      {
        kind: 3,
        name: /^GET g/,
        status: 2,
        traceId,
        attributes: { 'pmp.attempt': 1, 'http.response.status_code': 503 },
      },
      {
        kind: 3,
        name: /^GET g/,
        status: 0,
        traceId,
        attributes: { 'pmp.attempt': 2, 'http.response.status_code': 200 },
      },
    ],
  )
  t.ok(calls.every(({ ms }) => ms >= 0 && ms < 60_000))
  t.match(collector.text(), 'metrics-of-the-tests')
  t.equal(collector.headers()[0]?.['x-collector-key'], 'planted value')
  t.equal(collector.headers()[0]?.[':path'], '/v1/traces')
  const said = JSON.stringify(spans)
  for (const secret of [TOKEN, WORKSPACE_KEY, 'planted']) t.notOk(said.includes(secret), `no span says ${secret}`)
  t.ok(
    emulator.requests.every((request) => !JSON.stringify(request).includes(traceId)),
    'Portkey is not told of the trace',
  )
})

t.test('a held reply is a span of its route, whatever path it was asked under', async (t) => {
  const collector = await collect(t)
  const { running, ask } = await deployed(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    BASE_PATH: '/tools/metrics',
  })
  const path = '/tools/metrics/v1/metrics/query'
  t.equal((await ask(QUESTION, {}, path)).headers.get('x-cache'), 'miss')
  t.equal((await ask(QUESTION, {}, path)).headers.get('x-cache'), 'hit')
  t.equal(await running.stop(), 0)
  const questions = collector.spans().filter(({ kind }) => kind === 2)
  t.strictSame(
    questions.map(({ name, attributes }) => [name, attributes['http.route'], attributes['pmp.cache']]).toSorted(),
    [
      ['POST /v1/metrics/query', '/v1/metrics/query', 'hit'],
      ['POST /v1/metrics/query', '/v1/metrics/query', 'miss'],
    ],
  )
})

t.test('variables that nobody documents change nothing of what is sent', async (t) => {
  const collector = await collect(t)
  const { running, ask } = await deployed(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-known=1',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-undocumented=1',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/elsewhere',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_RESOURCE_ATTRIBUTES: 'planted=1',
    OTEL_BSP_MAX_QUEUE_SIZE: '0',
    OTEL_SDK_DISABLED: 'true',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1',
  })
  t.equal((await ask(QUESTION)).status, 200)
  t.equal(await running.stop(), 0)
  const [headers] = collector.headers()
  t.equal(headers?.['x-known'], '1')
  t.equal(headers?.['x-undocumented'], undefined)
  t.equal(headers?.['content-encoding'], undefined)
  t.equal(collector.spans().filter(({ kind }) => kind === 2)[0]?.attributes['pmp.cache'], 'miss')
  t.notMatch(collector.text(), 'planted')
})

t.test('Grafana’s questions are one span with all their calls', async (t) => {
  const collector = await collect(t)
  const { running, ask } = await deployed(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  const targets = [
    { refId: 'A', target: 'modelMetrics', payload: {} },
    { refId: 'B', target: 'modelMetrics', payload: { groupBy: ['modelName'] } },
  ]
  const range = { from: WINDOW.startTs, to: WINDOW.endTs }
  t.equal((await ask({ range, targets }, {}, '/grafana/query')).status, 200)
  await fetch(`${running.url}/healthz`)
  t.equal(await running.stop(), 0)
  const [span, ...others] = collector.spans().filter(({ kind }) => kind === 2)
  t.equal(span?.name, 'POST /grafana/query')
  t.same(others, [])
  const calls = collector.spans().filter(({ parentSpanId }) => parentSpanId === span?.spanId)
  t.equal(calls.length, Number(span?.attributes['pmp.upstream_calls']))
  t.ok(calls.length >= 2)
})

t.test(
  'a collector that never answers holds up neither a question nor, for long, a stop',
  { timeout: 30_000 },
  async (t) => {
    const collector = await collect(t, () => null)
    const { running, ask } = await deployed(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    t.equal((await ask(QUESTION)).status, 200)
    t.equal(await running.stop(), 0)
    t.match(running.output(), '"msg":"stopped"')
    t.notMatch(running.output(), 'stopping by force')
  },
)

t.test('a collector that takes nothing is told of once', { timeout: 30_000 }, async (t) => {
  const collector = await collect(t, () => 400)
  const { tracing } = loadConfig({
    AUTH_MODE: 'passthrough',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '1.0',
  })
  if (tracing === null) throw new Error('tracing is configured')
  const told: string[] = []
  const { begin, close } = startTracing(tracing, { onFailure: (reason) => told.push(reason) })
  const facts = { status: 200, outcome: 'ok', datasource: null, type: null, cache: null, price: null, upstreamCalls: 0 }
  for (let span = 0; span < 1_100; span++) begin('POST /v1/metrics/query', {}, Date.now()).end(facts)
  await close()
  t.ok(collector.headers().length > 1, 'several batches were sent')
  t.equal(told.length, 1)
})
