import { connect } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { createReplies, type HeldReply } from '../../src/cache/replies.js'
import { serveExplorer } from '../explorer/served.js'
import { engine, REPLY, raw, serve, TOKEN } from './harness.js'

const NOW = Date.UTC(2026, 5, 10, 12)
const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => ({ modelName: `model é${at}`, total: at }))

const serving = (t: Test, count: number) => {
  const ask = async () => ({ ...REPLY, data: { dataPoints: rowsOf(count) }, oldestAt: NOW, expiresAt: NOW + 1 })
  return serve(t, { engine: engine({ ask }), now: () => NOW })
}

/** What came over the wire, the body's bytes as they were sent. */
const wire = (url: string, path: string, headers: Readonly<Record<string, string>>, body?: string, method?: string) =>
  new Promise<{ head: string; bytes: Buffer }>((resolve, reject) => {
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      const all = Buffer.concat(chunks)
      const at = all.indexOf('\r\n\r\n')
      resolve({ head: all.subarray(0, at).toString().toLowerCase(), bytes: all.subarray(at + 4) })
    })
    const lines = Object.entries({
      host: 'a',
      connection: 'close',
      authorization: `Bearer ${TOKEN}`,
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`)
    // HTTP/1.0 is never sent in chunks.
    socket.write(
      `${[`${method ?? (body === undefined ? 'GET' : 'POST')} ${path} HTTP/1.0`, ...lines].join('\r\n')}\r\n\r\n${body ?? ''}`,
    )
  })

const BODY = JSON.stringify({
  startTs: '2026-04-21T00:00:00.000Z',
  endTs: '2026-04-22T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'distribution',
  groupBy: ['modelName'],
})
const PATH = '/v1/metrics/query'
const OPEN = [
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const

// Small enough for the shortcut; too large for it plain; too large even compressed.
for (const count of [100, 3_000, 60_000]) {
  t.test(
    `an answer of ${count} rows is compressed as it is accepted, fresh and held, whichever way it takes`,
    async (t) => {
      const service = await serving(t, count)
      const text = JSON.stringify({ data: { dataPoints: rowsOf(count) } })
      for (const [name, open] of OPEN) {
        const held: Buffer[] = []
        for (const headers of [
          {},
          { pragma: 'no-cache' },
          {},
          {},
          { pragma: 'x' },
          { accept: 'text/csv' },
          { accept: 'text/csv' },
        ]) {
          const { head, bytes } = await wire(service.url, PATH, { 'accept-encoding': name, ...headers }, BODY)
          const said = `${name} ${JSON.stringify(headers)}`
          t.match(head, `content-encoding: ${name}`, said)
          t.match(head, 'vary: accept, accept-encoding', said)
          t.match(head, `content-length: ${bytes.length}`, said)
          t.ok(bytes.length < text.length / 2, said)
          if ('accept' in headers) {
            t.match(open(bytes).toString(), /^modelName,total\r\nmodel é0,0\r\n/, said)
            continue
          }
          t.equal(open(bytes).toString() === text, true, said)
          if (head.includes('x-cache: hit')) held.push(bytes)
        }
        t.ok(held.length >= 3)
        t.ok(
          held.every((bytes) => held[0]?.equals(bytes)),
          'held ones are the same bytes',
        )
      }
      for (const accept of ['identity', 'deflate', 'gzip;q=0', '']) {
        const { head, bytes } = await wire(service.url, PATH, { 'accept-encoding': accept }, BODY)
        t.notMatch(head, 'content-encoding', accept)
        t.match(head, 'vary: accept, accept-encoding', accept)
        t.equal(bytes.toString() === text, true, accept)
      }
    },
  )
}

t.test('one rule says how every reply is compressed', async (t) => {
  const service = await serving(t, 3_000)
  const cases = [
    ['BR', 'br'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['*', 'br'],
    ['gzip, br', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['br;Q=0, *;q=0.1', 'gzip'],
    ['*;q=0', null],
    ['identity, gzip;q=0.5', null],
    ['identity;q=0.9, *;q=0.2', null],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['gzip;q=0.001', 'gzip'],
    ['gzip;q=high', null],
    ['brotli', null],
  ] as const
  const long = { pragma: 'no-cache' }
  for (const [accept, encoding] of cases) {
    for (const [path, headers, body] of [
      [PATH, {}, BODY],
      [PATH, { pragma: 'x' }, BODY],
      [PATH, long, BODY],
      [`${PATH}?explain=analyze`, {}, BODY],
      ['/docs/yaml', {}, undefined],
      ['/docs/static/swagger-ui.css', {}, undefined],
      ['/nowhere', {}, 'x'.repeat(10)],
    ] as const) {
      const { head } = await wire(service.url, path, { 'accept-encoding': accept, ...headers }, body)
      const found = /content-encoding: (\w+)/.exec(head)?.[1] ?? null
      const isShort = path === '/nowhere' || path.includes('explain')
      t.equal(found, isShort ? null : encoding, `${accept} ${path} ${JSON.stringify(headers)}`)
    }
  }
})

t.test('documents are written once a day, and files compressed once', async (t) => {
  let now = NOW
  const service = await serve(t, { engine: engine(), now: () => now })
  const written = t.capture(JSON, 'parse', JSON.parse)
  const read = async (path: string) => (await wire(service.url, path, { 'accept-encoding': 'gzip' })).bytes
  for (const path of ['/docs/json', '/docs/yaml']) {
    const first = await read(path)
    written()
    for (let again = 0; again < 5; again += 1) t.ok(first.equals(await read(path)), path)
    t.strictSame(
      written().filter(({ args }) => args.length > 1),
      [],
      `${path}: nothing is made anew`,
    )
    now += 86_400_000
    t.notOk(first.equals(await read(path)), `${path}: its windows have moved on`)
  }
})

t.test('what is short is sent as it is', async (t) => {
  const service = await serving(t, 1)
  for (const _ of ['fresh', 'held']) {
    const { head, bytes } = await wire(service.url, PATH, { 'accept-encoding': 'gzip' }, BODY)
    t.notMatch(head, 'content-encoding')
    t.match(JSON.parse(bytes.toString()), { data: {} })
  }
})

t.test('all else is compressed too: pages, documents, lists, errors; never a HEAD or a 304', async (t) => {
  const { url } = await serveExplorer(t, { AUTH_MODE: 'none' })
  for (const path of [
    '/',
    '/explorer/main.js',
    '/docs/json',
    '/docs/yaml',
    '/docs/static/swagger-ui.css',
    '/v1/metrics/catalog',
  ]) {
    for (const [name, open] of OPEN) {
      const plain = await wire(url, path, {})
      t.notMatch(plain.head, 'content-encoding', path)
      const packed = await wire(url, path, { 'accept-encoding': name })
      t.match(packed.head, `content-encoding: ${name}`, `${path} ${name}`)
      for (const { head } of [plain, packed]) t.match(head, /vary: .*accept-encoding/, path)
      t.notMatch(packed.head, /etag: "/, `${path}: copies are not the same bytes`)
      t.ok(open(packed.bytes).equals(plain.bytes), `${path} ${name}`)
      const head = await wire(url, path, { 'accept-encoding': name }, undefined, 'HEAD')
      t.match(head.head, /^http\/1.1 200 /, path)
      t.equal(head.bytes.length, 0, path)
    }
  }
  const { headers } = await fetch(`${url}explorer/main.js`)
  const known = { 'accept-encoding': 'gzip', 'if-none-match': headers.get('etag') ?? '' }
  const same = await wire(url, '/explorer/main.js', known)
  t.match(same.head, /^http\/1.1 304 /)
  t.notMatch(same.head, 'content-encoding')
  const unknown = JSON.stringify({ ['x'.repeat(30)]: 1, filters: Array.from({ length: 50 }, () => ({ a: 1 })) })
  const refused = await wire(url, PATH, { 'accept-encoding': 'gzip' }, unknown)
  t.match(refused.head, /^http\/1.1 400 [\s\S]*content-encoding: gzip/)
  t.match(JSON.parse(gunzipSync(refused.bytes).toString()), { statusCode: 400 })
})

t.test('copies are made once, and count as bytes held', async (t) => {
  const replies = createReplies(1_048_576)
  const body = Buffer.from('some text, again and again. '.repeat(500))
  const reply: HeldReply = { body, format: 'json', about: null, oldestAt: NOW, expiresAt: NOW, settledUntil: NOW }
  const kept = replies.keep('s', 'question', reply, NOW)
  const plain = replies.bytes()
  t.equal(replies.compressed.made(kept.body, 'gzip'), undefined)
  const [one, other] = await Promise.all([
    replies.compressed.make(kept.body, 'gzip'),
    replies.compressed.make(kept.body, 'gzip'),
  ])
  t.equal(one, other)
  t.equal(replies.compressed.made(kept.body, 'gzip'), one)
  t.equal(replies.bytes(), plain + one.byteLength)
  t.equal(await replies.compressed.make(kept.body, 'gzip'), one)
  const br = await replies.compressed.make(kept.body, 'br')
  t.equal(replies.bytes(), plain + one.byteLength + br.byteLength)
  const found = replies.askedAs('s', 'question', Buffer.from('{}'))
  t.equal(found?.body, kept.body)
  const packed = replies.bytes()
  replies.keep('s', 'question', { ...reply, body: Buffer.from(body) }, NOW)
  t.equal(replies.bytes(), packed - one.byteLength - br.byteLength, 'a newer reply has none yet')
})

t.test('a compressed request is refused, never inflated', async (t) => {
  const service = await serving(t, 1)
  const text = await raw(
    service.port,
    `POST ${PATH} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ncontent-encoding: br\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
  )
  t.match(text, /^HTTP\/1.1 415 /)
})
