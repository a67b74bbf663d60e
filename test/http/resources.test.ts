import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { ORGANISATION_KEY, SECOND_WORKSPACE } from '../../src/emulator/emulator.js'
import { parseQuery } from '../../src/query/parse.js'
import { deploy, TOKEN, type Whole } from '../engine/service.js'
import { engine, errorOf, forbiddenEngine, serve } from './harness.js'

const LISTS = ['/v1/workspaces', '/v1/virtual-keys', '/v1/log-exports']
const CALLER = { authorization: `Bearer ${TOKEN}` }

const read = async (service: Whole, path: string, headers: Readonly<Record<string, string>> = CALLER) => {
  const before = service.emulator.requests.length
  const reply = await fetch(`${service.url}${path}`, { headers })
  const body = Object(JSON.parse(await reply.clone().text()))
  return { reply, body, headers: reply.headers, asked: service.emulator.requests.slice(before) }
}

/** Moves both clocks: service and emulator share one. */
const wait = (service: Whole, ms: number) => service.emulator.setNow(service.emulator.now() + ms)

t.test('what a list, a picker or a panel left behind answers no body that is no question', async (t) => {
  const service = await deploy(t)
  await read(service, '/v1/workspaces')
  await read(service, '/v1/metrics/values?datasource=modelMetrics&field=team')
  const headers = { ...CALLER, 'content-type': 'application/json' }
  const ask = (body: string) => fetch(`${service.url}/v1/metrics/query`, { method: 'POST', headers, body })
  t.equal((await ask('read workspaces {}')).status, 400)
  const now = service.emulator.now()
  const end = Math.floor(now / 60_000) * 60_000 + 60_000
  const stamps = { startTs: new Date(end - 86_400_000).toISOString(), endTs: new Date(end).toISOString() }
  const body = { ...stamps, datasource: 'modelMetrics', type: 'distribution', groupBy: ['team'], limit: 1_000 }
  t.equal((await ask(JSON.stringify(body))).headers.get('x-cache'), 'hit', 'the same question finds it')
  t.equal((await ask(JSON.stringify(parseQuery(body, CATALOG)))).status, 400, 'and its inner form is none')
})

t.test('lists are passed on with their pages, and held for a minute', async (t) => {
  const service = await deploy(t)
  for (const [path, upstream] of [
    ['/v1/workspaces', '/v1/admin/workspaces'],
    ['/v1/virtual-keys', '/v1/virtual-keys'],
    ['/v1/log-exports', '/v1/logs/exports'],
  ] as const) {
    const first = await read(service, `${path}?current_page=0&page_size=2`)
    t.equal(first.reply.status, 200, path)
    t.equal(first.body.object, 'list')
    t.ok(first.body.data.length > 0 && first.body.data.length <= 2)
    t.match(first.asked, [{ path: upstream, query: { current_page: '0', page_size: '2' } }])
    t.equal(first.headers.get('x-cache'), 'miss')
    t.equal(first.headers.get('x-upstream-calls'), '1')
    t.equal(first.headers.get('age'), '0')
    t.notOk(first.headers.has('x-settled-until'))
    wait(service, 30_000)
    const again = await read(service, `${path}?page_size=02&current_page=0`)
    t.strictSame(again.body, first.body, 'the same page, spelt otherwise')
    t.strictSame(again.asked, [])
    t.equal(again.headers.get('x-cache'), 'hit')
    t.equal(again.headers.get('age'), '30')
    const other = await read(service, `${path}?current_page=1&page_size=2`)
    t.equal(other.asked.length, 1, 'another page')
    const fresh = await read(service, `${path}?current_page=0&page_size=2`, { ...CALLER, 'cache-control': 'no-cache' })
    t.equal(fresh.asked.length, 1, 'nothing held is good enough')
    wait(service, 60_000)
    t.equal((await read(service, `${path}?current_page=0&page_size=2`)).asked.length, 1, 'a minute later')
  }
})

t.test('equal reads at the same time are one', async (t) => {
  const service = await deploy(t, { latencyMs: 50 })
  const all = await Promise.all(Array.from({ length: 5 }, () => read(service, '/v1/workspaces')))
  t.equal(service.emulator.requests.length, 1)
  t.strictSame(all.map(({ headers }) => headers.get('x-upstream-calls')).toSorted(), ['0', '0', '0', '0', '1'])
})

t.test('while Portkey fails an expired list stands in, and says so', async (t) => {
  const service = await deploy(t)
  const first = await read(service, '/v1/virtual-keys')
  wait(service, 120_000)
  service.emulator.injectFault({ kind: 'status', status: 500 }, { times: 9 })
  const stale = await read(service, '/v1/virtual-keys')
  t.equal(stale.reply.status, 200)
  t.strictSame(stale.body, first.body)
  t.equal(stale.headers.get('x-cache'), 'stale')
  t.equal(stale.headers.get('warning'), '110 - "Response is Stale"')
  t.equal(stale.headers.get('age'), '120')
  t.equal((await read(service, '/v1/workspaces')).reply.status, 503, 'nothing is held of another list')
})

t.test('nothing is shared across keys; a refused key is the caller’s fault', async (t) => {
  const service = await deploy(t, {}, { AUTH_MODE: 'passthrough' })
  const organisation = await read(service, '/v1/workspaces', { 'x-portkey-api-key': ORGANISATION_KEY })
  t.ok(organisation.body.total > 1)
  const own = await read(service, '/v1/workspaces', { 'x-portkey-api-key': 'demo-workspace-key' })
  t.equal(own.body.total, 1)
  t.equal(own.asked.length, 1)
  const nobody = await fetch(`${service.url}/v1/workspaces`, { headers: { 'x-portkey-api-key': 'nobody' } })
  await errorOf(t, nobody, 401, 'UNAUTHENTICATED')
})

t.test('with a configured workspace the others are not shown', async (t) => {
  const env = { PORTKEY_API_KEY: ORGANISATION_KEY, PORTKEY_WORKSPACE_SLUG: SECOND_WORKSPACE }
  const service = await deploy(t, {}, env)
  const { body, asked } = await read(service, '/v1/workspaces')
  t.match(body, { total: 1, data: [{ slug: SECOND_WORKSPACE }] })
  t.equal(body.data.length, 1)
  t.match(asked, [{ query: { workspace_slug: SECOND_WORKSPACE } }])
})

t.test('pages of a configured workspace are its own, whatever other workspaces the upstream lists', async (t) => {
  const env = { PORTKEY_API_KEY: ORGANISATION_KEY, PORTKEY_WORKSPACE_SLUG: SECOND_WORKSPACE }
  const service = await deploy(t, { maxPageSize: 1 }, env)
  const page = async (query: string) => (await read(service, `/v1/workspaces${query}`)).body
  const only = { object: 'list', total: 1, data: [{ slug: SECOND_WORKSPACE }] }
  for (const query of ['', '?page_size=1', '?current_page=0', '?page_size=1&current_page=0']) {
    const body = await page(query)
    t.match(body, only, query)
    t.equal(body.data.length, 1, query)
  }
  for (const query of ['?current_page=1', '?page_size=1&current_page=1', '?current_page=7']) {
    t.strictSame(await page(query), { object: 'list', total: 1, data: [] }, query)
  }
  const keys = await page('?page_size=1').then(() => read(service, '/v1/virtual-keys?page_size=2&current_page=1'))
  const all = await read(service, '/v1/virtual-keys')
  t.strictSame(keys.body.data, all.body.data.slice(2, 4))
  t.equal(keys.body.total, all.body.total)
})

t.test('bad parameters, unknown callers and other methods are refused before anything is asked', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const get = (path: string, headers = {}) => service.ask({ path, method: 'GET', headers })
  for (const path of LISTS) {
    const body = await errorOf(t, await get(`${path}?page=1&current_page=-1&page_size=2000`), 400, 'VALIDATION_FAILED')
    t.strictSame(
      body.details.map((detail: { path: string }) => detail.path),
      ['/page', '/current_page', '/page_size'],
    )
    t.match(body.message, /"current_page" or "page_size"/)
    await errorOf(t, await get(`${path}?page_size=1&page_size=2`), 400, 'VALIDATION_FAILED')
    await errorOf(t, await get(path, { authorization: 'Bearer other' }), 401, 'UNAUTHENTICATED')
    await errorOf(t, await service.ask({ path }), 405, 'METHOD_NOT_ALLOWED')
  }
})

t.test('an engine that fails unforeseen is an INTERNAL of one shape', async (t) => {
  const failing = engine({ read: async () => Promise.reject(new Error('boom')) })
  const service = await serve(t, { engine: failing })
  await errorOf(t, await service.ask({ path: '/v1/workspaces', method: 'GET' }), 500, 'INTERNAL')
})
