import t from 'tap'
import { engine, errorOf, QUESTION, REPLY, raw, serve, TOKEN } from './harness.js'

const NOW = Date.UTC(2026, 5, 10, 12)
const ORIGIN = 'https://dash.example.com'
const HELD = engine({ ask: async () => ({ ...REPLY, oldestAt: NOW, expiresAt: NOW + 1 }) })
const EXPOSED = 'x-cache, x-upstream-calls, age, x-settled-until, server-timing, x-request-id, retry-after, warning'

const corsOf = (reply: Response) =>
  Object.fromEntries([...reply.headers].filter(([name]) => name.startsWith('access-control-')))

const PREFLIGHT = {
  method: 'OPTIONS',
  body: null,
  headers: {
    authorization: '',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
}
const preflight = (origin: string) => ({ ...PREFLIGHT, headers: { ...PREFLIGHT.headers, origin } })

t.test('off, as it is by default: no word of it, and OPTIONS is no method', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW })
  for (const _ of ['fresh', 'held']) {
    const reply = await service.ask({ headers: { origin: ORIGIN } })
    t.equal(reply.status, 200)
    t.strictSame(corsOf(reply), {})
    t.notMatch(reply.headers.get('vary'), /origin/i)
  }
  const asked = await service.ask(preflight(ORIGIN))
  t.strictSame(corsOf(asked), {})
  await errorOf(t, asked, 405, 'METHOD_NOT_ALLOWED')
})

t.test('a page of an origin that is named may ask, and read what a reply says of itself', async (t) => {
  const env = { CORS_ORIGINS: `http://localhost:3000, ${ORIGIN}` }
  const service = await serve(t, { engine: HELD, now: () => NOW, env })
  const allowed = await service.ask(preflight(ORIGIN))
  t.equal(allowed.status, 204, 'without a credential')
  t.equal(await allowed.text(), '')
  t.strictSame(corsOf(allowed), {
    'access-control-allow-origin': ORIGIN,
    'access-control-expose-headers': EXPOSED,
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-allow-headers':
      'authorization, content-type, x-portkey-api-key, cache-control, x-request-id, accept',
    'access-control-max-age': '7200',
  })
  const readable = { 'access-control-allow-origin': ORIGIN, 'access-control-expose-headers': EXPOSED }
  const requests = [
    [{}, 200],
    [{}, 200],
    [{ body: '{' }, 400],
    [{ headers: { authorization: '' } }, 401],
    [{ path: '/nowhere' }, 404],
    [{ path: '/%zz', method: 'GET' }, 400],
    [{ path: '/healthz' }, 405],
    [{ path: '/healthz', method: 'GET' }, 200],
  ] as const
  for (const [request, status] of requests) {
    const headers = { ...('headers' in request ? request.headers : {}), origin: ORIGIN }
    const reply = await service.ask({ ...request, headers })
    const name = JSON.stringify(request)
    t.equal(reply.status, status, name)
    t.strictSame(corsOf(reply), readable, name)
    t.match(reply.headers.get('vary'), /^Origin\b/, name)
  }
})

t.test('to any other origin, and to none, all is as if it were off', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW, env: { CORS_ORIGINS: ORIGIN } })
  for (const origin of [
    'https://evil.example.com',
    `${ORIGIN}.evil.example`,
    'https://dash.example.com:444',
    'http://dash.example.com',
    'https://xdash.example.com',
    'null',
    '*',
    '',
  ]) {
    for (const _ of ['fresh', 'held']) {
      const reply = await service.ask({ headers: { origin } })
      t.equal(reply.status, 200, origin)
      t.strictSame(corsOf(reply), {}, origin)
    }
    const asked = await service.ask(preflight(origin))
    t.strictSame(corsOf(asked), {}, origin)
    await errorOf(t, asked, 405, 'METHOD_NOT_ALLOWED', origin)
  }
  const plain = await service.ask({ method: 'OPTIONS', body: null })
  t.equal(plain.headers.get('allow'), 'POST')
  await errorOf(t, plain, 405, 'METHOD_NOT_ALLOWED')
  await errorOf(t, await service.ask({ method: 'OPTIONS', body: null, path: '/nowhere' }), 404, 'NOT_FOUND')
})

t.test('* lets any page ask, and never with cookies', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW, env: { CORS_ORIGINS: '*' } })
  for (const origin of [ORIGIN, 'null', 'http://localhost:1']) {
    const asked = await service.ask(preflight(origin))
    t.equal(asked.status, 204)
    t.equal(asked.headers.get('access-control-allow-origin'), '*')
    t.equal(asked.headers.get('access-control-allow-credentials'), null)
    for (const _ of ['fresh', 'held']) {
      const reply = await service.ask({ headers: { origin } })
      t.equal(reply.headers.get('access-control-allow-origin'), '*')
      t.equal(reply.headers.get('access-control-allow-credentials'), null)
    }
  }
})

t.test('with CORS on, the short way and the long way still answer alike', async (t) => {
  const service = await serve(t, { engine: HELD, now: () => NOW, env: { CORS_ORIGINS: ORIGIN } })
  const body = JSON.stringify(QUESTION)
  await service.ask()
  const said = async (line: string) => {
    const head = `POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n${line}\r\n`
    const [top = ''] = (await raw(service.port, head + body)).split('\r\n\r\n')
    return top
      .split('\r\n')
      .filter((line) => !/^(date|x-request-id):/i.test(line))
      .map((line) => line.toLowerCase())
      .toSorted()
  }
  const short = await said('')
  t.ok(short.includes('vary: origin, accept, accept-encoding'))
  t.strictSame(await said('pragma: x\r\n'), short)
})
