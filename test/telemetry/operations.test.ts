import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createEmulator, MAIN_WORKSPACE } from '../../src/emulator/emulator.js'
import { LOG_FIELDS } from '../../src/http/log-fields.js'
import { PROCESS_METRICS } from '../../src/telemetry/process-table.js'
import { METRICS } from '../../src/telemetry/table.js'
import { fakeRedis } from '../cache/fake-redis.js'
import { ROOT } from '../fixtures/places.js'
import { collect } from './collector.js'
import { type Running, run } from './process.js'

/** One in every slot of the configuration. */
const SECRETS = {
  key: 'planted-portkey-key-1',
  teamKey: 'planted-team-key-2',
  refusedKey: 'planted-refused-key-3',
  apiToken: 'planted-api-token-4',
  teamToken: 'planted-team-token-5',
  refusedToken: 'planted-refused-token-6',
  redisPassword: 'planted-redis+password/7',
  proxyPassword: 'planted-proxy&password-8',
  otlp: 'planted-otlp-header-9',
  otlpSecond: 'planted otlp header "10"',
  filterValue: 'planted-value-11',
} as const

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const NOW = Date.UTC(2026, 3, 23)
const WINDOW = { startTs: '2026-04-21T00:00:00.000Z', endTs: '2026-04-22T00:00:00.000Z' }
const LEAST = { ...WINDOW, datasource: 'modelMetrics', type: 'distribution' }

/** Names in the first column of README's table of that name. */
const documented = (table: string): readonly string[] => {
  const text = readme.slice(readme.indexOf(`<!-- ${table} -->`), readme.indexOf(`<!-- /${table} -->`))
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const tokensFile = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'pmp-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'tokens.json')
  const filters = [{ fieldName: 'metadata.env', operator: 'NOT_EQUAL', value: SECRETS.filterValue }]
  const good = {
    tokens: [
      { name: 'part', sha256: sha256(SECRETS.teamToken), upstreamKey: 'KEY_OF_TEAM', filters },
      { name: 'refused', sha256: sha256(SECRETS.refusedToken), upstreamKey: 'KEY_REFUSED' },
    ],
  }
  writeFileSync(path, JSON.stringify(good))
  return { path, good }
}

const ask = async (url: string, token: string, fields: object = {}, path = '/v1/metrics/query') => {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(path.startsWith('/v1') ? { ...LEAST, ...fields } : fields),
  })
  return { status: reply.status, text: (await reply.text()) + JSON.stringify([...reply.headers]) }
}

/** Asks, and leaves before there is an answer. */
const leave = async (url: string) => {
  const body = JSON.stringify({ ...LEAST, groupBy: ['team'] })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    `POST /v1/metrics/query HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRETS.apiToken}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  socket.destroy()
}

/** Where a secret is found in a text, in any spelling of it. */
const found = (text: string): readonly string[] =>
  Object.entries(SECRETS).flatMap(([name, secret]) => {
    const spelt = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
    const basic = Buffer.from(`user:${secret}`).toString('base64')
    return [...spelt, basic].some((one) => text.includes(one)) ? [name] : []
  })

/** Names of the fields of log lines; of a question's outline each by itself. */
const fieldsOf = (running: Running): ReadonlySet<string> =>
  new Set(
    running
      .lines()
      .flatMap((line) =>
        Object.entries(line).flatMap(([name, value]) =>
          name === 'question' ? Object.keys(Object(value)).map((inner) => `question.${inner}`) : [name],
        ),
      ),
  )

t.test(
  'README names every metric and log field there is, and no secret is in any of them',
  { timeout: 40_000 },
  async (t) => {
    const emulator = createEmulator({
      now: NOW,
      historyDays: 3,
      keys: {
        [SECRETS.key]: { workspace: MAIN_WORKSPACE, analytics: true },
        [SECRETS.teamKey]: { workspace: MAIN_WORKSPACE, analytics: true },
      },
    })
    t.teardown(() => emulator.close())
    // Takes whatever is said, and hangs up.
    const redis = await fakeRedis(t, (socket) => socket.on('data', () => socket.destroy()))
    const collector = await collect(t, (batch) => (batch === 0 ? 400 : 200))
    const file = tokensFile(t)
    const running = await run(t, {
      PORTKEY_API_KEY: SECRETS.key,
      PORTKEY_BASE_URL: await emulator.listen(),
      API_TOKENS: `${SECRETS.apiToken},short-token`,
      TOKENS_FILE: file.path,
      KEY_OF_TEAM: SECRETS.teamKey,
      KEY_REFUSED: SECRETS.refusedKey,
      REDIS_URL: redis.url.replace('redis://', `redis://user:${encodeURIComponent(SECRETS.redisPassword)}@`),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRETS.otlp},x-other=${encodeURIComponent(SECRETS.otlpSecond)}`,
      LOG_LEVEL: 'trace',
    })
    const { url } = running
    const replies: string[] = []
    const note = async (asked: Promise<{ readonly status: number; readonly text: string }>) => {
      const { status, text } = await asked
      replies.push(text)
      return status
    }

    const example = { groupBy: ['modelName'], aggregations: [{ type: 'sum', column: 'inputTokens' }] }
    t.equal(await note(ask(url, SECRETS.apiToken, example)), 200)
    t.equal(await note(ask(url, SECRETS.apiToken, example)), 200, 'held')
    t.equal(await note(ask(url, SECRETS.teamToken, { type: 'timeseries', interval: '1 hour' })), 200)
    t.equal(await note(ask(url, SECRETS.refusedToken)), 502, 'a key that Portkey refuses')
    t.equal(await note(ask(url, 'nobody')), 401)
    t.equal(await note(ask(url, SECRETS.apiToken, { groupBy: ['nothing'] })), 400)
    emulator.injectFault(
      { kind: 'status', status: 400, body: `{"message":"the key ${SECRETS.key} was sent"}` },
      { times: 1 },
    )
    t.equal(await note(ask(url, SECRETS.apiToken, { groupBy: ['userEmail'] })), 502, 'a refusal that repeats the key')
    emulator.injectFault({ kind: 'slow', ms: 1_000 }, { times: 1 })
    await leave(url)
    const grafana = {
      range: { from: WINDOW.startTs, to: WINDOW.endTs },
      targets: [
        { refId: 'A', target: 'modelMetrics', payload: {} },
        { refId: 'B', target: 'modelMetrics', payload: { groupBy: ['modelName'] } },
        { refId: 'C', target: 'modelMetrics', payload: { aggregations: ['min latencyMs'] } },
      ],
    }
    t.equal(await note(ask(url, SECRETS.apiToken, grafana, '/grafana/query')), 200)
    await running.logged(({ msg, code }) => msg === 'question' && code !== undefined)
    writeFileSync(file.path, '{ "tokens": "none" }')
    await running.logged(({ faults }) => faults !== undefined)
    writeFileSync(file.path, JSON.stringify(file.good))
    await running.logged(({ tokens }) => tokens !== undefined)
    await running.logged(({ batches }) => batches !== undefined)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    await running.logged(({ aborted }) => aborted !== undefined)
    t.equal(await running.stop(), 0)

    const own = metrics.split('\n').flatMap((line) => /^(pmp_\w+?)(?:_bucket|_sum|_count)?[ {]/.exec(line)?.[1] ?? [])
    for (const name of Object.keys(METRICS)) t.ok(own.includes(name), `${name} has a value`)
    const emitted = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name)
    t.strictSame(emitted.toSorted(), [...Object.keys(METRICS), ...Object.keys(PROCESS_METRICS)].toSorted())
    t.strictSame(documented('metrics').toSorted(), emitted.toSorted())

    const fields = fieldsOf(running)
    t.strictSame(documented('log').toSorted(), Object.keys(LOG_FIELDS).toSorted())
    t.strictSame([...fields].toSorted(), documented('log').toSorted())

    t.ok(collector.spans().length > 0, 'there were traces')
    const planted = { logs: running.output(), metrics, replies: replies.join('\n'), traces: collector.spans() }
    for (const [where, what] of Object.entries(planted)) {
      t.strictSame(found(typeof what === 'string' ? what : JSON.stringify(what)), [], `no secret in ${where}`)
    }
    t.notOk(
      /"[^"]*(?:userEmail|modelName|part|refused|token-1|env|gpt)[^"]*"/.test(metrics.replaceAll('"partial"', '')),
      'no name is a label',
    )
  },
)

t.test('a proxy that refuses, or is not there, tells nobody its password', { timeout: 60_000 }, async (t) => {
  const proxy = createServer()
  proxy.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  const address = proxy.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  for (const at of [port, 1]) {
    const running = await run(t, {
      AUTH_MODE: 'passthrough',
      PORTKEY_BASE_URL: 'https://portkey.invalid/v1',
      HTTPS_PROXY: `http://user:${encodeURIComponent(SECRETS.proxyPassword)}@127.0.0.1:${at}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_HEADERS: `x-key=${SECRETS.otlp}`,
      LOG_LEVEL: 'trace',
      REQUEST_TIMEOUT_MS: '3000',
    })
    const reply = await fetch(`${running.url}/v1/metrics/query`, {
      method: 'POST',
      headers: { 'x-portkey-api-key': SECRETS.key, 'content-type': 'application/json' },
      body: JSON.stringify(LEAST),
    })
    t.ok(reply.status >= 500)
    const text = (await reply.text()) + (await (await fetch(`${running.url}/metrics`)).text())
    t.equal(await running.stop(), 0)
    t.match(running.output(), 'request failed')
    t.strictSame(found(text + running.output()), [], `proxy at ${at === 1 ? 'nowhere' : 'hand'}`)
  }
})
