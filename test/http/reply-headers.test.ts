import t from 'tap'
import { engine, REPLY, raw, serve } from './harness.js'

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
} as const
const POLICY = "default-src 'none'; frame-ancestors 'none'"

t.test('every reply of every route keeps itself to itself', async (t) => {
  const held = { ...REPLY, expiresAt: Date.now() + 3_600_000 }
  const service = await serve(t, { engine: engine({ ask: async () => held }) })
  const document = Object(await (await fetch(`${service.url}/docs/json`)).json())
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map((method) => ({ path, method: method.toUpperCase() })),
  )
  t.ok(routes.length > 12)
  const others = [
    { path: '/docs', method: 'GET' },
    { path: '/docs/static/index.html', method: 'GET' },
    { path: '/nothing', method: 'GET' },
    { path: '/healthz', method: 'DELETE' },
    { path: '/%ff', method: 'GET' },
    { path: '/explorer/settings', method: 'GET' },
    // The second time it is held.
    { path: '/v1/metrics/query', method: 'POST' },
  ]
  for (const { path, method } of [...routes, ...others]) {
    for (const headers of [{}, { authorization: 'Bearer nobody' }]) {
      const reply = await service.ask({ path, method, headers })
      const what = `${method} ${path} ${reply.status}`
      t.match(Object.fromEntries(reply.headers), EVERYWHERE, what)
      const isPage = path.startsWith('/docs') && reply.status === 200
      if (!isPage) t.equal(reply.headers.get('cache-control'), 'no-store', what)
      const policy = reply.headers.get('content-security-policy') ?? ''
      if (!isPage) t.equal(policy, POLICY, what)
      t.match(policy, "frame-ancestors 'none'", what)
      t.match(policy, "default-src 'none'", what)
    }
  }
  const hit = await service.ask()
  t.equal(hit.headers.get('x-cache'), 'hit')
  t.match(Object.fromEntries(hit.headers), { ...EVERYWHERE, 'content-security-policy': POLICY }, 'a held reply')
})

t.test('so does what is said to those who do not speak HTTP', async (t) => {
  const { port } = await serve(t)
  for (const bytes of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: cake\r\nconnection: close\r\n\r\n']) {
    const text = await raw(port, bytes)
    for (const [name, value] of Object.entries({ ...EVERYWHERE, 'content-security-policy': POLICY })) {
      t.match(text, `${name}: ${value}`, name)
    }
  }
})
