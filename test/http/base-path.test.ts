import t from 'tap'
import { buildApp } from '../../src/app.js'
import { loadConfig } from '../../src/config.js'
import { createLogger } from '../../src/http/request-log.js'
import { serveExplorer } from '../explorer/served.js'
import { engine, errorOf, QUESTION, REPLY, raw, serve, TOKEN } from './harness.js'

const NOW = Date.UTC(2026, 5, 10, 12)
const BASE = '/tools/portkey-metrics'
const env = { BASE_PATH: BASE }
const HELD = engine({ ask: async () => ({ ...REPLY, oldestAt: NOW, expiresAt: NOW + 1 }) })

t.test('every route answers below the base path and without it', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW, env })
  const get = { method: 'GET' }
  const routes = [
    ['/healthz', get],
    ['/readyz', get],
    ['/version', get],
    ['/v1/metrics/catalog', get],
    ['/v1/workspaces?page_size=3', get],
    ['/v1/virtual-keys', get],
    ['/v1/log-exports', get],
    ['/grafana', get],
    ['/grafana/', get],
    ['/grafana/metrics', { body: '{}' }],
    ['/v1/metrics/query', {}],
    ['/v1/metrics/query?explain=true', {}],
    ['/api/svc/v1/llm-gateway/metrics/query', {}],
    ['/docs', get],
    ['/docs/', get],
    ['/docs/json', get],
    ['/docs/static/swagger-ui.css', get],
  ] as const
  for (const [path, how] of routes) {
    const bare = await service.ask({ path, ...how })
    t.equal(bare.status, 200, path)
    const below = await service.ask({ path: `${BASE}${path}`, ...how })
    t.equal(below.status, 200, `${BASE}${path}`)
    t.equal(await below.text(), await bare.text(), path)
  }
})

t.test('the bare base path leads to the page, whatever a proxy puts before it', async (t) => {
  const service = await serve(t, { env })
  for (const method of ['GET', 'HEAD']) {
    const reply = await fetch(`${service.url}${BASE}?x=1`, { method, redirect: 'manual' })
    t.equal(reply.status, 308)
    t.equal(reply.headers.get('location'), 'portkey-metrics/')
  }
  const error = await errorOf(t, await service.ask({ path: BASE }), 405, 'METHOD_NOT_ALLOWED')
  t.match(error.message, `"POST ${BASE}"`)
})

t.test('what is near the base path is not below it', async (t) => {
  const service = await serve(t, { env })
  for (const path of [
    `${BASE}x/healthz`,
    `/x${BASE}/healthz`,
    `${BASE}${BASE}/healthz`,
    `${BASE.toUpperCase()}/healthz`,
    `${BASE}/nowhere`,
    '/tools/healthz',
    `${BASE}//healthz`,
  ]) {
    await errorOf(t, await service.ask({ path, method: 'GET' }), 404, 'NOT_FOUND', path)
  }
  const reply = await service.ask({ path: `${BASE}/v1/metrics/query`, method: 'PUT' })
  t.equal(reply.headers.get('allow'), 'POST')
  await errorOf(t, reply, 405, 'METHOD_NOT_ALLOWED')
})

t.test('a repeated question takes the short way below it too, and is logged as its route', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW, env })
  await service.ask()
  const body = JSON.stringify(QUESTION)
  for (const path of ['/v1/metrics/query', `${BASE}/v1/metrics/query`]) {
    for (const line of ['', 'pragma: x\r\n']) {
      const id = `${path}${line.length}`.replaceAll('/', '.').slice(1)
      const head = `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\nx-request-id: ${id}\r\n${line}\r\n`
      t.match(await raw(service.port, head + body), /^HTTP\/1.1 200 .*x-cache: hit/s)
      await service.logged(({ requestId, path }) => requestId === id && path === '/v1/metrics/query')
    }
  }
})

t.test('the documents say where the routes are', async (t) => {
  const config = loadConfig({ AUTH_MODE: 'passthrough', LOG_LEVEL: 'silent', ...env })
  const app = buildApp(config, { engine: engine(), logger: createLogger(config) })
  await app.ready()
  t.match(app.swagger(), { servers: [{ url: BASE }] })
  t.notOk(Object.keys(Object(app.swagger()).paths).some((path) => path.startsWith(BASE)))
  await app.close()
})

t.test('a base path that would hide a route stops the start, and says so', async (t) => {
  for (const path of ['/v1', '/v1/metrics', '/api', '/api/svc/v1', '/grafana', '/docs', '/docs/static', '/healthz']) {
    const config = loadConfig({ AUTH_MODE: 'passthrough', LOG_LEVEL: 'silent', BASE_PATH: path })
    const app = buildApp(config, { engine: engine(), logger: createLogger(config) })
    await t.rejects(async () => app.ready(), { message: /^BASE_PATH hides the route/ }, path)
  }
  for (const path of ['/api/portkey-metrics', '/v2', '/v1/metric', '/metrics-of/docs']) {
    const service = await serve(t, { env: { BASE_PATH: path } })
    t.equal((await service.ask({ path: `${path}/v1/metrics/query` })).status, 200, path)
  }
})

t.test('the page and its files are there', async (t) => {
  const { url } = await serveExplorer(t, env)
  const html = await (await fetch(`${url}${BASE.slice(1)}/`)).text()
  for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    t.equal((await fetch(new URL(path, `${url}${BASE.slice(1)}/`))).status, 200, path)
  }
})
