import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { createEmulator, type Emulator, type Fault, MAIN_WORKSPACE } from '../../src/emulator/emulator.js'
import { createEngine } from '../../src/engine.js'
import { startUpstream } from '../portkey/upstream.js'
import { config, errorOf, KEY, type Service, serve } from './harness.js'

// A rejection that nobody handles ends the process, and with it the test; so does a handle that stays open, by the timeout.

const NOW = Date.parse('2026-06-10T12:34:56.789Z')
const DAY = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z', datasource: 'modelMetrics' }

/** One call; a listing of pages; several calls at once; a listing, then a call a value. */
const QUESTIONS: Readonly<Record<string, string>> = {
  total: JSON.stringify({ ...DAY, type: 'distribution' }),
  listing: JSON.stringify({ ...DAY, type: 'distribution', groupBy: ['modelName'] }),
  series: JSON.stringify({
    ...DAY,
    type: 'timeseries',
    interval: '1 hour',
    aggregations: [
      { type: 'sum', column: 'costInUSD' },
      { type: 'p99', column: 'latencyMs' },
    ],
  }),
  fan: JSON.stringify({
    ...DAY,
    type: 'distribution',
    groupBy: ['virtualAccount'],
    aggregations: [{ type: 'p50', column: 'latencyMs' }],
  }),
}

/** The service over some upstream; timeouts as a test needs them. */
const over = (t: Test, baseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<Service> => {
  const all = { PORTKEY_BASE_URL: baseUrl, UPSTREAM_TIMEOUT_MS: '300', REQUEST_TIMEOUT_MS: '4000', ...env }
  return serve(t, { engine: createEngine(config(all), { now: () => NOW }), env: all })
}

const emulated = async (t: Test): Promise<{ readonly emulator: Emulator; readonly baseUrl: string }> => {
  const keys = { [KEY]: { workspace: MAIN_WORKSPACE, analytics: true } }
  const emulator = createEmulator({ now: NOW, historyDays: 2, requestsPerHour: 8, keys })
  const baseUrl = await emulator.listen()
  t.teardown(() => emulator.close())
  return { emulator, baseUrl }
}

type Case = {
  readonly fault: Fault
  readonly status: number
  readonly code: string
  /** `null` = none; left out = any. */
  readonly retryAfter?: string | null
}

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
})
const says = (body: string): Fault => ({ kind: 'status', status: 200, body })
/** Shaped as an answer of any kind, but for its figures. */
const figures = (figure: string): Fault =>
  says(
    `{"total":1,"data":[{"model":"m","api_key":"k","requests":${figure}}],` +
      `"summary":{"total":${figure},"p50":${figure}},` +
      `"data_points":[{"timestamp":"2026-06-09T00:00:00Z","total":${figure},"p99":${figure}}]}`,
  )

const unavailable = { status: 503, code: 'UPSTREAM_UNAVAILABLE' } as const
const malformed = { status: 502, code: 'UPSTREAM_MALFORMED' } as const
const limited = { status: 503, code: 'UPSTREAM_RATE_LIMITED' } as const

const CASES: Readonly<Record<string, Case>> = {
  hangs: { fault: { kind: 'hang' }, status: 504, code: 'UPSTREAM_TIMEOUT' },
  'is too slow': { fault: { kind: 'slow', ms: 100_000 }, status: 504, code: 'UPSTREAM_TIMEOUT' },
  'resets the connection': { fault: { kind: 'reset' }, ...unavailable },
  'resets it half way through a body': { fault: { kind: 'resetMidBody' }, ...unavailable },
  'sends half of a JSON text': { fault: { kind: 'truncatedJson' }, ...malformed },
  'talks HTML': { fault: { kind: 'notJson' }, ...malformed },
  'sends other types': { fault: { kind: 'wrongTypes' }, ...malformed },
  'sends NaN as text': { fault: figures('"NaN"'), ...malformed },
  'sends Infinity as text': { fault: figures('"Infinity"'), ...malformed },
  'sends a number beyond all numbers': { fault: figures('1e999'), ...malformed },
  'sends no text': { fault: figures('""'), ...malformed },
  'sends negative counts': { fault: figures('-3'), ...malformed },
  'sends null': { fault: says('null'), ...malformed },
  'sends a list': { fault: says('[]'), ...malformed },
  'sends an empty object': { fault: says('{}'), ...malformed },
  'sends an empty body': { fault: says(''), ...malformed },
  'says so in a 200': { fault: says('{"success":false,"data":{"message":"no","errorCode":"AB04"}}'), ...malformed },
  'flags its quota': { fault: { kind: 'quota' }, status: 503, code: 'UPSTREAM_QUOTA_EXCEEDED', retryAfter: null },
  'answers 402': { fault: status(402), status: 503, code: 'UPSTREAM_QUOTA_EXCEEDED' },
  'answers 400': { fault: status(400), status: 502, code: 'UPSTREAM_ERROR' },
  'answers 401': { fault: status(401), status: 502, code: 'UPSTREAM_UNAUTHORIZED', retryAfter: null },
  'answers 403': { fault: status(403), status: 502, code: 'UPSTREAM_FORBIDDEN', retryAfter: null },
  'answers 404 everywhere': { fault: status(404), status: 502, code: 'UPSTREAM_ERROR' },
  'answers 429': { fault: status(429), ...limited },
  'answers 429 and says when': { fault: status(429, { 'retry-after': '120' }), ...limited, retryAfter: '120' },
  'answers 500': { fault: status(500), ...unavailable },
  'answers 503': { fault: status(503), ...unavailable },
  'answers 503 and says when': { fault: status(503, { 'retry-after': '90' }), ...unavailable, retryAfter: '90' },
}

for (const [name, { fault, status, code, retryAfter }] of Object.entries(CASES)) {
  t.test(`an upstream that ${name}`, { timeout: 30_000 }, async (t) => {
    // Retries wait: the questions do so at the same time.
    const asked = Object.entries(QUESTIONS).map(async ([kind, body]) => {
      const { emulator, baseUrl } = await emulated(t)
      const service = await over(t, baseUrl)
      emulator.injectFault(fault)
      const reply = await service.ask({ body })
      await errorOf(t, reply, status, code, kind)
      const wait = reply.headers.get('retry-after')
      if (retryAfter !== undefined) t.equal(wait, retryAfter, `${kind}: retry-after`)
      else if (status === 503 && code !== 'UPSTREAM_QUOTA_EXCEEDED') t.match(wait, /^[1-9]\d*$/, `${kind}: retry-after`)
      emulator.clearFaults()
      t.equal((await service.ask({ path: '/healthz', method: 'GET' })).status, 200, `${kind}: the process lives`)
    })
    await Promise.all(asked)
  })
}

t.test('once the fault is over the same service answers', async (t) => {
  const { emulator, baseUrl } = await emulated(t)
  const service = await over(t, baseUrl, { STALE_MAX_SECONDS: '0' })
  // Nothing held stands in here.
  const fan = { body: QUESTIONS.fan ?? '', headers: { 'cache-control': 'no-cache' } }
  const before = await (await service.ask(fan)).text()
  for (const kind of ['hang', 'reset', 'notJson', 'wrongTypes', 'quota'] as const) {
    emulator.injectFault({ kind })
    t.not((await service.ask(fan)).status, 200, kind)
    emulator.clearFaults()
    t.equal(await (await service.ask(fan)).text(), before, `after ${kind}`)
  }
})

t.test('slow is not failed', async (t) => {
  const { emulator, baseUrl } = await emulated(t)
  const service = await over(t, baseUrl, { UPSTREAM_TIMEOUT_MS: '10000' })
  emulator.injectFault({ kind: 'slow', ms: 50 })
  for (const [kind, body] of Object.entries(QUESTIONS)) t.equal((await service.ask({ body })).status, 200, kind)
})

t.test('an upstream that redirects is not followed: the key stays here', async (t) => {
  const elsewhere = await startUpstream(t, (_, response) => response.end('{}'))
  const { emulator, baseUrl } = await emulated(t)
  const service = await over(t, baseUrl)
  emulator.injectFault({ kind: 'redirect', location: `${elsewhere.baseUrl}/v1/analytics/graphs/requests` })
  for (const [kind, body] of Object.entries(QUESTIONS)) {
    await errorOf(t, await service.ask({ body }), 502, 'UPSTREAM_ERROR', kind)
  }
  t.strictSame(elsewhere.seen, [])
})

t.test('an upstream that is not there, or talks no HTTP', async (t) => {
  const listen = async (greeting: string | null) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume()
      if (greeting === null) socket.destroy()
      else socket.end(greeting)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
    return { at: `127.0.0.1:${address.port}/v1`, close }
  }
  const gone = await listen(null)
  await gone.close()
  const rude = await listen(null)
  const odd = await listen('220 mail.example ESMTP\r\n')
  t.teardown(async () => {
    await rude.close()
    await odd.close()
  })
  const cases = [
    ['refuses connections', `http://${gone.at}`, 503, 'UPSTREAM_UNAVAILABLE'],
    ['closes them at once', `http://${rude.at}`, 503, 'UPSTREAM_UNAVAILABLE'],
    ['speaks no TLS', `https://${odd.at}`, 503, 'UPSTREAM_UNAVAILABLE'],
    ['speaks another protocol', `http://${odd.at}`, 502, 'UPSTREAM_MALFORMED'],
  ] as const
  for (const [name, baseUrl, status, code] of cases) {
    const service = await over(t, baseUrl, { UPSTREAM_TIMEOUT_MS: '5000' })
    for (const [kind, body] of Object.entries(QUESTIONS)) {
      await errorOf(t, await service.ask({ body }), status, code, `${name}: ${kind}`)
    }
  }
})
