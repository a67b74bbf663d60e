import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Server } from 'node:net'
import t, { type Test } from 'tap'
import type { RequestEvent } from '../../src/portkey/client.js'
import { CREDENTIALS, MODELS, ONE_POINT, patient, REQUESTS, reply, startUpstream } from './upstream.js'

async function listen(t: Test, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

t.test('a graph is one request, with the key and a product User-Agent', async (t) => {
  const events: RequestEvent[] = []
  const { client, seen } = await startUpstream(
    t,
    (request, response) => {
      t.match(request.headers, {
        'x-portkey-api-key': CREDENTIALS.key,
        accept: 'application/json',
        'user-agent': 'portkey-metrics-proxy/1.2.3',
      })
      reply(response, 200, ONE_POINT)
    },
    { onRequest: (event) => events.push(event) },
  )
  const before = Date.now()
  const fetched = await client.fetch(REQUESTS, { ...CREDENTIALS, workspace: 'ws-main' }, patient())
  t.equal(fetched.requests, 1)
  t.ok(fetched.fetchedAt >= before && fetched.fetchedAt <= Date.now())
  t.strictSame(fetched.answer, {
    kind: 'series',
    starts: [Date.UTC(2026, 3, 21)],
    fields: { total: [1] },
    summary: { total: 1 },
    step: null,
  })
  t.equal(seen[0]?.pathname, '/v1/analytics/graphs/requests')
  t.equal(seen[0]?.searchParams.get('workspace_slug'), 'ws-main')
  t.match(events, [{ endpoint: 'graphs/requests', status: 200, attempt: 1, ms: Number, queuedMs: Number }])
})

t.test('a base URL may end in a slash or have no path', async (t) => {
  const { baseUrl, seen } = await startUpstream(t, (_, response) => reply(response, 200, ONE_POINT))
  for (const base of [`${baseUrl}/v1/`, baseUrl, `${baseUrl}/a/b//`]) {
    const { client } = await startUpstream(t, () => t.fail('not this one'), { baseUrl: base })
    await client.fetch(REQUESTS, CREDENTIALS, patient())
  }
  t.strictSame(
    seen.map((url) => url.pathname),
    ['/v1/analytics/graphs/requests', '/analytics/graphs/requests', '/a/b/analytics/graphs/requests'],
  )
})

t.test('a redirect is not followed, so the key goes nowhere else', async (t) => {
  const elsewhere = await startUpstream(t, (_, response) => reply(response, 200, ONE_POINT))
  const { client, seen } = await startUpstream(t, (_, response) =>
    reply(response, 302, '', { location: `${elsewhere.baseUrl}/stolen` }),
  )
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_ERROR', message: /redirects/ })
  t.equal(seen.length, 1)
  t.equal(elsewhere.seen.length, 0)
})

t.test('an upstream that is silent, or stops in the middle, is a timeout', async (t) => {
  const scripts = {
    silent: () => {},
    stops: (response: import('node:http').ServerResponse) => response.write('{"summ'),
  }
  for (const script of Object.values(scripts)) {
    const { client } = await startUpstream(t, (_, response) => script(response), { timeoutMs: 60 })
    await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_TIMEOUT', message: /60 ms/ })
  }
})

t.test('a lost connection is an unavailable upstream, before the reply and within it', async (t) => {
  const before = await startUpstream(t, (request) => request.socket.resetAndDestroy())
  await t.rejects(before.client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_UNAVAILABLE' })
  const within = await startUpstream(t, (request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write(ONE_POINT, () => request.socket.destroy())
  })
  await t.rejects(within.client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_UNAVAILABLE' })
})

t.test('nobody listening is an unavailable upstream', async (t) => {
  const { client } = await startUpstream(t, () => t.fail('not this one'), { baseUrl: 'http://127.0.0.1:1' })
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), {
    code: 'UPSTREAM_UNAVAILABLE',
    message: /cannot be reached for graphs\/requests: ECONNREFUSED/,
  })
})

t.test('a proxy is gone through when there is one, and its refusal is an unavailable upstream', async (t) => {
  const target = await startUpstream(t, (_, response) => reply(response, 200, ONE_POINT))
  let tunnels = 0
  const proxy = createHttpServer().on('connect', (request, socket) => {
    tunnels += 1
    if (tunnels > 1) return socket.end('HTTP/1.1 503 Busy\r\n\r\n')
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    onward.on('error', () => socket.destroy()).pipe(socket)
    socket.on('error', () => onward.destroy()).pipe(onward)
  })
  const proxyUrl = `http://127.0.0.1:${await listen(t, proxy)}`
  for (const code of [null, 'UPSTREAM_UNAVAILABLE']) {
    const { client } = await startUpstream(t, () => t.fail('not this one'), { baseUrl: target.baseUrl, proxyUrl })
    const result = client.fetch(REQUESTS, CREDENTIALS, patient())
    if (code === null) t.equal((await result).requests, 1)
    else await t.rejects(result, { code })
  }
  t.equal(target.seen.length, 1)
})

t.test('what is not HTTP is malformed', async (t) => {
  const server = createServer((socket) => socket.end('hello, this is not HTTP\r\n\r\n'))
  const port = await listen(t, server)
  const { client } = await startUpstream(t, () => t.fail('not this one'), { baseUrl: `http://127.0.0.1:${port}` })
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_MALFORMED', message: /not HTTP/ })
})

t.test('a body too large, of broken UTF-8, or truncated is malformed', async (t) => {
  const bodies: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.alloc(5000, ' '), /larger than 1000 bytes/],
    [Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
    [Buffer.from(ONE_POINT.slice(0, -5)), /not whole JSON/],
    [Buffer.from(''), /empty/],
  ]
  for (const [body, message] of bodies) {
    const { client } = await startUpstream(t, (_, response) => response.end(body), { maxBodyBytes: 1000 })
    await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_MALFORMED', message })
  }
  const split = await startUpstream(t, (_, response) => {
    const bytes = Buffer.from('{"total":1,"data":[{"model":"é","requests":1}]}')
    const middle = bytes.indexOf(0xa9)
    response.write(bytes.subarray(0, middle), () => setImmediate(() => response.end(bytes.subarray(middle))))
  })
  const { answer } = await split.client.fetch(MODELS, CREDENTIALS, patient())
  t.match(answer, { values: ['é'] }, 'a letter split over two chunks is whole')
})

t.test("an abort rejects with the caller's own reason, on the wire and in the queue", async (t) => {
  const reason = new Error('the caller left')
  const caller = new AbortController()
  const { client, seen } = await startUpstream(t, () => caller.abort(reason), { concurrency: 1 })
  const both = [
    client.fetch(REQUESTS, CREDENTIALS, patient({ signal: caller.signal })),
    client.fetch(REQUESTS, CREDENTIALS, patient({ signal: caller.signal })),
  ]
  for (const result of await Promise.allSettled(both)) t.strictSame(result, { status: 'rejected', reason })
  t.equal(seen.length, 1, 'the one in the queue was patient sent')
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient({ signal: AbortSignal.abort(reason) })), reason)
  t.equal(seen.length, 1)
})

t.test('requests beyond the limit wait their turn, and waiting is not a timeout', async (t) => {
  let now = 0
  let most = 0
  const pending: (() => void)[] = []
  const { client, seen } = await startUpstream(
    t,
    (_, response) => {
      most = Math.max(most, ++now)
      pending.push(() => {
        now -= 1
        reply(response, 200, ONE_POINT)
      })
      // Each is answered after a good part of the timeout: together they take several times as long.
      setTimeout(() => pending.shift()?.(), 500)
    },
    { concurrency: 2, timeoutMs: 2500 },
  )
  const tags = Array.from({ length: 12 }, (_, i) => `ws-${i}`)
  const all = await Promise.all(
    tags.map((workspace) => client.fetch(REQUESTS, { ...CREDENTIALS, workspace }, patient())),
  )
  t.equal(all.length, 12)
  t.equal(most, 2)
  t.strictSame(
    seen.map((url) => url.searchParams.get('workspace_slug')),
    tags,
    'first come, first served',
  )
})

t.test('closing fails what is under way, and what comes after', async (t) => {
  const { client } = await startUpstream(t, () => void client.close())
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'SHUTTING_DOWN' })
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'SHUTTING_DOWN' })
})

t.test('plain resources are read as they are', async (t) => {
  const { client, seen } = await startUpstream(t, (_, response, url) =>
    url.pathname === '/v1/virtual-keys' ? reply(response, 200, '{"data":[1]}') : reply(response, 404, 'null'),
  )
  t.strictSame(await client.get('virtualKeys', { page_size: '10' }, CREDENTIALS, patient()), { data: [1] })
  t.equal(seen[0]?.search, '?page_size=10')
  await t.rejects(client.get('workspaces', {}, CREDENTIALS, patient()), {
    code: 'UPSTREAM_ERROR',
    message: /admin\/workspaces/,
  })
  t.equal(seen[1]?.pathname, '/v1/admin/workspaces')
  await t.rejects(client.get('logExports', {}, CREDENTIALS, patient()), { code: 'UPSTREAM_ERROR' })
  t.equal(seen[2]?.pathname, '/v1/logs/exports')
})
