import t, { type Test } from 'tap'
import { deploy, LEAST, read, TOKEN } from '../engine/service.js'
import { engine, TOKEN as PLANTED, QUESTION, REPLY, raw, serve } from './harness.js'
import { NO_NGINX, startNginx } from './nginx.js'

const skip = { skip: NO_NGINX }
const NOW = Date.UTC(2026, 5, 10, 12)
const KEPT = 'proxy_http_version 1.1; proxy_set_header connection ""; proxy_set_header host $host;'
const KNOWN = 'proxy_set_header x-forwarded-for $proxy_add_x_forwarded_for;'

const post = (
  url: string,
  fields: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...LEAST, ...fields }),
  })

/** Every way to stand behind a proxy. */
const WAYS = [
  {
    name: 'a path that is stripped',
    env: {},
    location: `location /pmp/ { ${KEPT} ${KNOWN} proxy_pass http://service/; }`,
  },
  {
    name: 'a path that is kept',
    env: { BASE_PATH: '/pmp' },
    location: `location /pmp { ${KEPT} ${KNOWN} proxy_pass http://service; }`,
  },
  {
    name: 'HTTP/1.0 and no host of its own',
    env: {},
    location: `location /pmp/ { ${KNOWN} proxy_http_version 1.0; proxy_pass http://service/; }`,
  },
  {
    name: 'no buffers and no compression of the service',
    env: {},
    location: `location /pmp/ { ${KEPT} proxy_set_header accept-encoding ""; proxy_buffering off; proxy_request_buffering off; proxy_pass http://service/; }`,
  },
  {
    name: 'compression by the proxy',
    env: {},
    location: `location /pmp/ { ${KEPT} proxy_set_header accept-encoding ""; gzip on; gzip_proxied any; gzip_types application/json; proxy_pass http://service/; }`,
  },
] as const

for (const { name, env, location } of WAYS) {
  t.test(`questions behind ${name}`, skip, async (t) => {
    const whole = await deploy(t, {}, env)
    const url = await startNginx(t, whole.url, location)
    const by = {
      groupBy: ['modelName', 'metadata.env', 'userEmail'],
      aggregations: [{ type: 'sum', column: 'costInUSD' }],
    }
    const own = await whole.ask(by)
    t.equal(own.status, 200, own.message)
    t.ok(own.text.length > 2_000)
    for (const time of ['first', 'again', 'and again']) {
      const reply = await post(`${url}/pmp/v1/metrics/query`, by)
      t.equal(reply.status, 200, time)
      t.equal(await reply.text(), own.text, time)
      t.equal(reply.headers.get('x-cache'), 'hit', time)
    }
    const refused = await post(`${url}/pmp/v1/metrics/query`, { type: 'nothing' })
    t.equal(refused.status, 400)
    t.match(read(await refused.text()), { message: /distribution/ })
    t.equal((await post(`${url}/pmp/v1/metrics/query`, {}, { authorization: '' })).status, 401)
    t.equal((await fetch(`${url}/pmp/healthz`)).status, 200)
    t.match(await (await fetch(`${url}/pmp/docs`)).text(), '<div id="swagger-ui">')
    const large = await post(`${url}/pmp/v1/metrics/query`, { padding: 'x'.repeat(300_000) })
    t.equal(large.status, 413)
    await large.text()
    t.equal((await post(`${url}/pmp/v1/metrics/query`)).status, 200, 'and the service lives on')
  })
}

t.test('what the service compressed passes as it is', skip, async (t) => {
  const whole = await deploy(t)
  const url = await startNginx(t, whole.url, `location / { ${KEPT} gzip on; proxy_pass http://service; }`)
  const by = { groupBy: ['modelName', 'metadata.env', 'userEmail'] }
  const own = await whole.ask(by)
  const body = JSON.stringify({ ...LEAST, ...by })
  const head = `POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\naccept-encoding: gzip\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`
  const reply = await fetch(`${url}/v1/metrics/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    body,
  })
  t.equal(reply.headers.get('content-encoding'), 'gzip')
  t.equal(await reply.text(), own.text)
  t.match(await raw(Number(new URL(url).port), head + body), /content-encoding: gzip/i)
})

t.test('a question that takes long is waited for, and one whose caller leaves is not', skip, async (t) => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const signals: AbortSignal[] = []
  const slow = engine({
    ask: async (_query, _principal, { signal }) => {
      signals.push(signal)
      await gate
      return REPLY
    },
  })
  const service = await serve(t, { engine: slow })
  const url = await startNginx(
    t,
    service.url,
    `location / { ${KEPT} proxy_read_timeout 65s; proxy_pass http://service; }`,
  )
  const ask = (limit: number, signal: AbortSignal | null = null) =>
    fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${PLANTED}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...QUESTION, limit }),
      signal,
    })
  const stays = ask(1)
  await service.received(1)
  const leaving = new AbortController()
  const left = ask(2, leaving.signal).catch(() => 'left')
  await service.received(2)
  leaving.abort()
  t.equal(await left, 'left')
  await service.logged(({ aborted }) => aborted === true)
  t.strictSame(
    signals.map(({ aborted }) => aborted),
    [false, true],
  )
  open()
  t.equal((await stays).status, 200)
})

/** Whom the log names for a question with this header through nginx. */
const fromOf = async (t: Test, trusted: string | null, forwarded: string | null): Promise<unknown> => {
  const held = engine({ ask: async () => ({ ...REPLY, oldestAt: NOW, expiresAt: NOW + 1 }) })
  const env = trusted === null ? {} : { TRUST_PROXY: trusted }
  const service = await serve(t, { engine: held, now: () => NOW, env })
  const url = await startNginx(t, service.url, `location / { ${KEPT} ${KNOWN} proxy_pass http://service; }`)
  await service.ask()
  const headers = {
    authorization: `Bearer ${PLANTED}`,
    'content-type': 'application/json',
    'x-request-id': 'through',
    ...(forwarded !== null && { 'x-forwarded-for': forwarded }),
  }
  await fetch(`${url}/v1/metrics/query`, { method: 'POST', headers, body: JSON.stringify(QUESTION) })
  await service.logged(({ requestId }) => requestId === 'through')
  return service.logs.find(({ requestId }) => requestId === 'through')?.from
}

t.test('the caller’s address is what trusted proxies say, never what a caller says', skip, async (t) => {
  t.equal(await fromOf(t, null, '203.0.113.7'), '127.0.0.1', 'nobody is trusted')
  t.equal(await fromOf(t, '127.0.0.1', null), '127.0.0.1', 'the proxy names its peer, this test')
  t.equal(await fromOf(t, '10.0.0.0/8', '203.0.113.7'), '127.0.0.1', 'another proxy is trusted')
  // nginx adds its peer, which here is a trusted address: the next one to the left is what that one says.
  t.equal(await fromOf(t, '127.0.0.1', '198.51.100.1, 203.0.113.7'), '203.0.113.7')
})
