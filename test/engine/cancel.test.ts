import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createEngine } from '../../src/engine.js'
import { config, errorOf, type Service, serve, TOKEN } from '../http/harness.js'
import { reply, startUpstream } from '../portkey/upstream.js'

const NOW = Date.parse('2026-06-10T12:34:56.789Z')

/** Several graphs at once. */
const SERIES = JSON.stringify({
  startTs: '2026-06-09T00:00:00.000Z',
  endTs: '2026-06-10T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'timeseries',
  interval: '1 hour',
  aggregations: [
    { type: 'sum', column: 'costInUSD' },
    { type: 'p99', column: 'latencyMs' },
    { type: 'sum', column: 'inputTokens' },
  ],
})

/** A call a key of eight, beyond the listing. */
const FAN = JSON.stringify({
  startTs: '2026-06-09T00:00:00.000Z',
  endTs: '2026-06-10T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'distribution',
  groupBy: ['virtualAccount'],
  aggregations: [{ type: 'p50', column: 'latencyMs' }],
})
const KEYS = Array.from({ length: 8 }, (_, index) => `7d1f2a60-5a0e-4c5b-9a53-00000000000${index}`)
const LISTING = JSON.stringify({ total: KEYS.length, data: KEYS.map((api_key) => ({ api_key, requests: 3 })) })
const LATENCY = '{"summary":{"avg":1,"p50":1,"p90":1,"p99":1},"data_points":[]}'

type Hanging = {
  readonly baseUrl: string
  /** Resolves once so many calls are held open. */
  readonly held: (count: number) => Promise<void>
  /** Resolves once no more than so many are. */
  readonly left: (count: number) => Promise<void>
  /** Ends one held call that this path is in. */
  readonly end: (path: string, answer: (response: ServerResponse) => void) => void
  readonly arrived: () => number
}

/** An upstream that lists keys and holds every graph open. */
const hanging = async (t: Test): Promise<Hanging> => {
  const open = new Map<ServerResponse, string>()
  let waiting: { readonly done: () => boolean; readonly resolve: () => void }[] = []
  let arrived = 0
  const changed = () => {
    for (const wait of waiting) if (wait.done()) wait.resolve()
    waiting = waiting.filter((wait) => !wait.done())
  }
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      waiting.push({ done, resolve })
      changed()
    })
  const { baseUrl } = await startUpstream(t, (_, response, url) => {
    if (url.pathname.includes('/groups/')) return reply(response, 200, LISTING)
    arrived += 1
    open.set(response, url.pathname)
    response.once('close', () => {
      open.delete(response)
      changed()
    })
    changed()
  })
  return {
    baseUrl: `${baseUrl}/v1`,
    held: (count) => until(() => open.size >= count),
    left: (count) => until(() => open.size <= count),
    end: (path, answer) => {
      const found = [...open].find(([, at]) => at.includes(path))
      if (!found) throw new Error(`nothing holds ${path}`)
      answer(found[0])
    },
    arrived: () => arrived,
  }
}

const over = (t: Test, upstream: Hanging, env: Readonly<Record<string, string>> = {}) => {
  // Far beyond the test's own patience: whatever ends early was cancelled.
  const patient = { UPSTREAM_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' }
  const all = { PORTKEY_BASE_URL: upstream.baseUrl, ...patient, ...env }
  return serve(t, { engine: createEngine(config(all), { now: () => NOW }), env: all })
}

/** A caller on a connection of its own, who may hang up. */
const ask = ({ port }: Service, body: string): { readonly hangUp: () => void } => {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  return { hangUp: () => socket.destroy() }
}

t.test('one failed call ends the question at once, and hangs the others up', { timeout: 30_000 }, async (t) => {
  const upstream = await hanging(t)
  const service = await over(t, upstream)
  const asked = service.ask({ body: SERIES })
  await upstream.held(4)
  upstream.end('latency', (response) => reply(response, 403, '{"message":"no","code":"AB03"}'))
  await errorOf(t, await asked, 502, 'UPSTREAM_FORBIDDEN')
  await upstream.left(0)
})

t.test('calls still in the queue are never sent', { timeout: 30_000 }, async (t) => {
  const upstream = await hanging(t)
  const service = await over(t, upstream, { UPSTREAM_CONCURRENCY: '2' })
  const asked = service.ask({ body: FAN })
  // One call may go ahead to see what such a call gives.
  await upstream.held(1)
  upstream.end('latency', (response) => reply(response, 200, LATENCY))
  await upstream.held(2)
  upstream.end('latency', (response) => reply(response, 403, 'null'))
  await errorOf(t, await asked, 502, 'UPSTREAM_FORBIDDEN')
  await upstream.left(0)
  t.ok(upstream.arrived() < KEYS.length, `${upstream.arrived()} of ${KEYS.length}`)
})

t.test('a caller who goes away ends the calls made for them', { timeout: 30_000 }, async (t) => {
  const upstream = await hanging(t)
  const service = await over(t, upstream)
  const caller = ask(service, SERIES)
  await upstream.held(4)
  caller.hangUp()
  await upstream.left(0)
  t.equal((await service.ask({ path: '/healthz', method: 'GET' })).status, 200)
})

t.test('the time of a question is bounded, and so are its calls', { timeout: 30_000 }, async (t) => {
  const upstream = await hanging(t)
  const service = await over(t, upstream, { REQUEST_TIMEOUT_MS: '200' })
  for (const body of [SERIES, FAN]) {
    await errorOf(t, await service.ask({ body }), 504, 'REQUEST_TIMEOUT')
    await upstream.left(0)
  }
})

t.test('one caller’s cancelled question costs another nothing', { timeout: 30_000 }, async (t) => {
  const upstream = await hanging(t)
  const service = await over(t, upstream)
  const staying = service.ask({ body: SERIES })
  await upstream.held(4)
  // Another window, so that no call could be shared.
  const other = { startTs: '2026-06-07T00:00:00.000Z', endTs: '2026-06-08T00:00:00.000Z' }
  const total = JSON.stringify({ ...JSON.parse(FAN), ...other, groupBy: [], aggregations: [] })
  const caller = ask(service, total)
  await upstream.held(5)
  caller.hangUp()
  await upstream.left(4)
  upstream.end('graphs/latency', (response) => reply(response, 429, 'null', { 'retry-after': '1000' }))
  await errorOf(t, await staying, 503, 'UPSTREAM_RATE_LIMITED', 'the other question went on to its own end')
})
