import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { buildApp, type Receiving } from '../../src/app.js'
import { createLogger } from '../../src/http/request-log.js'
import { MOST_BEHIND } from '../../src/http/turns.js'
import { config, engine, QUESTION, REPLY, serve, TOKEN } from './harness.js'

// Connections that no client would make, on loopback. Meanwhile and afterwards ordinary questions are answered, and nothing stays.

const NOW = Date.UTC(2026, 5, 10, 12)
const BODY = JSON.stringify(QUESTION)
const MEBIBYTE = 1_048_576
/** Slow senders are cut off this soon, so that tests need not wait for half a minute. */
const IMPATIENT = { wholeMs: 600, headersMs: 300, lookMs: 50 }

const head = (lines: readonly string[] = [], length = Buffer.byteLength(BODY)) =>
  `${[
    'POST /v1/metrics/query HTTP/1.1',
    'host: a',
    `authorization: Bearer ${TOKEN}`,
    'content-type: application/json',
    `content-length: ${length}`,
    ...lines,
  ].join('\r\n')}\r\n\r\n`
const WHOLE = head() + BODY

/** The service, what it holds open, and whether ordinary questions are answered. */
const serving = async (t: Test, env: Readonly<Record<string, string>> = {}, receiving?: Receiving) => {
  const settings = config({ LOG_LEVEL: 'info', ...env })
  const statuses: unknown[] = []
  const logger = createLogger(settings, { write: (line) => statuses.push(JSON.parse(line).status) })
  const ask = async () => ({ ...REPLY, oldestAt: NOW, expiresAt: NOW + 1 })
  const app = buildApp(settings, { engine: engine({ ask }), logger, now: () => NOW, ...(receiving && { receiving }) })
  let open = 0
  app.server.on('connection', (socket: Socket) => {
    open += 1
    socket.on('close', () => {
      open -= 1
    })
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(url).port)
  t.teardown(() => app.close())

  /** An ordinary question, held and not, each on a connection of its own. */
  const answers = async (name: string) => {
    for (const path of ['/v1/metrics/query', '/v1/metrics/query?explain=true']) {
      const reply = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', connection: 'close' },
        body: BODY,
      })
      t.equal(reply.status, 200, `${name}: a question is answered`)
      if (path.endsWith('query')) t.strictSame(await reply.json(), { data: REPLY.data }, name)
      else await reply.text()
    }
  }

  /** Nothing has failed, nothing is open any more, and questions are answered. */
  const survives = async (name: string) => {
    await answers(name)
    while (open > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    t.notOk(
      statuses.some((status) => typeof status === 'number' && status >= 500),
      `${name}: no 5xx`,
    )
  }
  return { port, answers, survives, open: () => open }
}

type Peer = {
  readonly socket: Socket
  readonly said: () => string
  /** Resolves with all it was sent when the connection is closed. */
  readonly closed: Promise<string>
}

const dial = async (port: number, allowHalfOpen = false): Promise<Peer> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  // A service may well reset such connections.
  socket.on('error', () => undefined)
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(text)))
  if (allowHalfOpen) socket.on('end', () => socket.end())
  await once(socket, 'connect')
  return { socket, said: () => text, closed }
}

const dials = (port: number, count: number) => Promise.all(Array.from({ length: count }, () => dial(port)))

const statusesOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|\})HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status)

t.test('two hundred slow senders of heads and bodies are cut off, and told why', async (t) => {
  const { port, answers, survives } = await serving(t, {}, IMPATIENT)
  const peers = await dials(port, 200)
  const texts = [head().slice(0, -2), `${head()}${BODY.slice(0, 20)}`, 'P', `${head(['x-a: b'])}{`]
  for (const [at, { socket }] of peers.entries()) socket.write(texts[at % texts.length] ?? '')
  const dribble = setInterval(() => {
    for (const [at, { socket }] of peers.entries()) if (socket.writable) socket.write(at % 2 === 0 ? 'x' : ' ')
  }, 40)
  await answers('meanwhile')
  const said = await Promise.all(peers.map(({ closed }) => closed))
  clearInterval(dribble)
  for (const text of said) t.match(text, /^(HTTP\/1\.1 (400|408) |$)/)
  t.ok(said.some((text) => text.includes('not complete in time')))
  await survives('afterwards')
})

t.test(
  'heads and bodies that are too large are refused at once, whatever their sender still wants to send',
  async (t) => {
    const { port, survives } = await serving(t)
    const cases = [
      ['a long header', head([`x-long: ${'a'.repeat(20_000)}`]), '400'],
      ['a flood of headers', head(Array.from({ length: 5_000 }, (_, at) => `x-${at}: 1`)), '400'],
      ['a long address', `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, '400'],
      ['a length beyond the bound, and no body', head([], 10 * MEBIBYTE), '413'],
      ['a length beyond all bounds', head().replace(/length: \d+/, 'length: 99999999999999999999'), '400'],
    ] as const
    for (const [name, text, status] of cases) {
      const { socket, closed } = await dial(port)
      socket.write(text)
      t.strictSame(statusesOf(await closed), [status], name)
    }
    for (const chunked of [false, true]) {
      const { socket, closed } = await dial(port)
      const chunk = Buffer.alloc(65_536, 'x')
      socket.write(
        chunked
          ? head(['transfer-encoding: chunked']).replace(/content-length: \d+\r\n/, '')
          : head([], 1_000 * MEBIBYTE),
      )
      let sent = 0
      const send = () => {
        while (socket.writable && sent < 1_000 * MEBIBYTE) {
          sent += chunk.length
          if (chunked) socket.write('10000\r\n')
          const more = socket.write(chunk)
          if (chunked) socket.write('\r\n')
          if (!more) return socket.once('drain', send)
        }
      }
      send()
      await closed
      t.ok(sent < 100 * MEBIBYTE, `${chunked ? 'in chunks' : 'of a stated length'}: after ${sent} bytes nobody listens`)
    }
    await survives('afterwards')
  },
)

t.test('bombs are never inflated, and nested brackets sink nothing', async (t) => {
  const { port, survives } = await serving(t)
  const bomb = gzipSync(Buffer.alloc(60 * MEBIBYTE))
  const before = process.memoryUsage().rss
  for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip']) {
    const { socket, closed } = await dial(port)
    socket.write(head([`content-encoding: ${encoding}`, 'connection: close'], bomb.length))
    socket.write(bomb)
    t.strictSame(statusesOf(await closed), ['415'], encoding)
  }
  t.ok(process.memoryUsage().rss - before < 60 * MEBIBYTE, 'not even one was inflated')
  const nested = [
    '['.repeat(100_000),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    '{"a":'.repeat(50_000),
    `{"filters":${'['.repeat(90_000)}${']'.repeat(90_000)}}`,
  ]
  for (const body of nested) {
    const { socket, closed } = await dial(port)
    socket.write(head(['connection: close'], body.length) + body)
    t.strictSame(statusesOf(await closed), ['400'], body.slice(0, 12))
  }
  await survives('afterwards')
})

t.test('ten thousand requests in one write are answered in turn, in bounded memory', async (t) => {
  const { port, answers, survives } = await serving(t)
  await answers('before')
  const count = 10_000
  const kinds = [
    ['held questions', () => WHOLE, '200'],
    ['questions the long way', () => head(['pragma: x']) + BODY, '200'],
    ['explanations', () => WHOLE.replace('query HTTP', 'query?explain=true HTTP'), '200'],
    ['strangers', () => WHOLE.replace(TOKEN, `${TOKEN}x`), '401'],
    ['nowhere', (at: number) => `GET /nowhere/${at} HTTP/1.1\r\nhost: a\r\n\r\n`, '404'],
  ] as const
  for (const [name, request, status] of kinds) {
    const before = process.memoryUsage().rss
    const { socket, closed, said } = await dial(port)
    const last = 'GET /version HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
    socket.write(Array.from({ length: count }, (_, at) => request(at)).join('') + last)
    await answers(`${name}: meanwhile`)
    await closed
    const grown = process.memoryUsage().rss - before
    const found = statusesOf(said())
    t.equal(found.length, count + 1, name)
    t.ok(
      found.slice(0, -1).every((one) => one === status),
      `${name}: each is ${status}`,
    )
    if (status === '404') {
      const order = [...said().matchAll(/GET \/nowhere\/(\d+)/g)].map(([, at]) => Number(at))
      t.ok(
        order.every((at, index) => at === index),
        'in their order',
      )
    }
    t.ok(grown < 300 * MEBIBYTE, `${name}: ${Math.round(grown / MEBIBYTE)} MiB more`)
  }
  await survives('afterwards')
})

t.test('who asks on and on and never reads is not written for', async (t) => {
  const { port, answers, survives } = await serving(t)
  await answers('before')
  const before = process.memoryUsage().rss
  const peers = await dials(port, 20)
  for (const { socket } of peers) {
    socket.pause()
    socket.write(WHOLE.repeat(5_000))
  }
  for (const time of ['once', 'twice', 'three times']) await answers(`meanwhile, ${time}`)
  t.ok(process.memoryUsage().rss - before < 400 * MEBIBYTE)
  for (const { socket } of peers) socket.destroy()
  await survives('afterwards')
})

t.test('of what is asked and never read only so many replies are made, and the rest once they are', async (t) => {
  let asked = 0
  const large = 'x'.repeat(200_000)
  const ask = async () => {
    asked += 1
    return { ...REPLY, data: { dataPoints: [{ modelName: large, total: asked }] } }
  }
  const service = await serve(t, { engine: engine({ ask }) })
  const { socket, said, closed } = await dial(service.port)
  socket.pause()
  const count = 400
  const last = 'GET /version HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
  for (let limit = 1; limit <= count; limit += 1) {
    const body = JSON.stringify({ ...QUESTION, limit })
    socket.write(head([], body.length) + body)
  }
  socket.write(last)
  // It goes on until what the system holds of a connection is full: some megabytes, of eighty.
  let before = -1
  while (asked !== before) {
    before = asked
    for (let look = 0; look < 20; look += 1) t.equal((await fetch(`${service.url}/healthz`)).status, 200)
  }
  t.ok(asked < count / 2, `${asked} replies were made while nobody read`)
  socket.resume()
  await closed
  t.strictSame(
    statusesOf(said()),
    Array.from({ length: count + 1 }, () => '200'),
    'who reads at last gets them all',
  )
  t.equal(asked, count)
  const totals = [...said().matchAll(/"total":(\d+)/g)].map(([, total]) => Number(total))
  t.strictSame(
    totals,
    totals.map((_, at) => at + 1),
    'in their order',
  )
})

t.test('nothing more is asked for a caller who has gone', async (t) => {
  const waiting: (() => void)[] = []
  let asked = 0
  const ask = async () => {
    asked += 1
    await new Promise<void>((resolve) => waiting.push(resolve))
    return REPLY
  }
  const service = await serve(t, { engine: engine({ ask }) })
  const { socket } = await dial(service.port)
  for (let limit = 1; limit <= 100; limit += 1) {
    const body = JSON.stringify({ ...QUESTION, limit })
    socket.write(head([], body.length) + body)
  }
  const bound = MOST_BEHIND + 1
  while (asked < bound) await new Promise((resolve) => setImmediate(resolve))
  for (let look = 0; look < 10; look += 1) t.equal((await fetch(`${service.url}/healthz`)).status, 200)
  t.equal(asked, bound, 'the others wait')
  socket.destroy()
  await service.logged(({ aborted }) => aborted === true, bound)
  for (const go of waiting) go()
  for (let look = 0; look < 10; look += 1) t.equal((await fetch(`${service.url}/healthz`)).status, 200)
  t.equal(asked, bound)
})

t.test('a question under way gets its own reply, whatever is sent after it', async (t) => {
  for (const [after, status] of [
    ['garbage\r\n\r\n', '400'],
    ['GET / HTTP/9.9\r\n\r\n', '400'],
    [`${head(['transfer-encoding: chunked']).replace(/content-length: \d+\r\n/, '')}zz\r\n`, '400'],
    ['CONNECT portkey:443 HTTP/1.1\r\nhost: a\r\n\r\n', '405'],
  ] as const) {
    for (const before of [1, 3, 40]) {
      const go: (() => void)[] = []
      let open = false
      const ask = async () => {
        if (!open) await new Promise<void>((resolve) => go.push(resolve))
        return REPLY
      }
      const service = await serve(t, { engine: engine({ ask }) })
      const { socket, closed, said } = await dial(service.port)
      const questions = Array.from({ length: before }, (_, at) => JSON.stringify({ ...QUESTION, limit: at + 1 }))
      socket.write(questions.map((body) => head([], body.length) + body).join('') + after)
      while (go.length === 0) await new Promise((resolve) => setImmediate(resolve))
      for (let look = 0; look < 5; look += 1) t.equal((await fetch(`${service.url}/healthz`)).status, 200)
      t.equal(said(), '', 'nothing stands in its place')
      open = true
      for (const one of go) one()
      const name = `${before} and ${after.slice(0, 12)}`
      t.strictSame(statusesOf(await closed), [...questions.map(() => '200'), status], name)
      await service.close()
    }
  }
})

t.test('CONNECT is refused in the one shape', async (t) => {
  const { port, survives } = await serving(t)
  const { socket, closed } = await dial(port)
  socket.write('CONNECT portkey:443 HTTP/1.1\r\nhost: a\r\n\r\nand on')
  const said = await closed
  t.match(said, /^HTTP\/1\.1 405 [\s\S]*\r\nallow: GET, HEAD, POST\r\n/)
  t.match(said, 'connection: close')
  t.match(JSON.parse(said.split('\r\n\r\n')[1] ?? ''), { statusCode: 405, code: 'METHOD_NOT_ALLOWED' })
  await survives('afterwards')
})

t.test('half-closed and cut connections leave nothing behind', async (t) => {
  const { port, answers, survives } = await serving(t)
  await answers('before')
  const half = await dial(port, true)
  half.socket.end(WHOLE)
  t.strictSame(statusesOf(await half.closed), ['200'], 'who has said all may still be answered')
  for (let cut = 0; cut < WHOLE.length; cut += 7) {
    const [ended, destroyed] = await dials(port, 2)
    ended?.socket.end(WHOLE.slice(0, cut))
    destroyed?.socket.write(WHOLE.slice(0, cut))
    destroyed?.socket.destroy()
    t.match((await ended?.closed) ?? '', /^(HTTP\/1\.1 400 |$)/, `cut at ${cut}`)
  }
  await survives('afterwards')
})

t.test('idle connections are bounded, and there is room again when they leave', async (t) => {
  const { port, answers, survives, open } = await serving(t, { MAX_CONNECTIONS: '50' })
  const peers = await dials(port, 50)
  while (open() < 50) await new Promise((resolve) => setImmediate(resolve))
  for (const { closed } of await dials(port, 100)) t.equal(await closed, '', 'closed without a word')
  t.equal(open(), 50)
  peers[0]?.socket.write(WHOLE)
  while ((peers[0]?.said() ?? '') === '') await new Promise((resolve) => setImmediate(resolve))
  t.match(peers[0]?.said(), /^HTTP\/1\.1 200 /, 'who is in is answered')
  for (const { socket } of peers.slice(0, 10)) socket.destroy()
  while (open() > 40) await new Promise((resolve) => setImmediate(resolve))
  await answers('with room')
  for (const { socket } of peers) socket.destroy()
  await survives('afterwards')
})

t.test('requests that wait behind another end with their connection, and a stop does not wait for them', async (t) => {
  const signals: AbortSignal[] = []
  const never = engine({
    ask: (_query, _principal, { signal }) => {
      signals.push(signal)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  })
  const service = await serve(t, { engine: never })
  const { socket } = await dial(service.port)
  const other = (limit: number) => JSON.stringify({ ...QUESTION, limit })
  for (const limit of [1, 2, 3]) socket.write(head([], other(limit).length) + other(limit))
  while (signals.length < 3) await new Promise((resolve) => setImmediate(resolve))
  socket.destroy()
  await service.logged(({ aborted }) => aborted === true, 3)
  t.ok(
    signals.every(({ aborted }) => aborted),
    'nothing is asked on for nobody',
  )
  await service.close()
})

/** Pieces of which requests are made, right ones and wrong ones. */
const piece = fc.oneof(
  fc.constantFrom(
    WHOLE,
    head(),
    BODY,
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\0',
    ' ',
    'GET / HTTP/1.1\r\n',
    'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n',
    'POST /v1/metrics/query HTTP/1.1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET /%2e%2e/%00 HTTP/1.1\r\nhost: a\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n',
    'CONNECT portkey:443 HTTP/1.1\r\nhost: a\r\n\r\n',
    'GET http://a/version HTTP/1.1\r\nhost: a\r\n\r\n',
    'GET /version HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    'host: a\r\n',
    `authorization: Bearer ${TOKEN}\r\n`,
    'content-type: application/json\r\n',
    'content-length: 5\r\n',
    'content-length: -5\r\n',
    'transfer-encoding: chunked\r\n',
    'transfer-encoding: chunked, gzip\r\n',
    'expect: 100-continue\r\n',
    'x-forwarded-for: not, an, address\r\n',
    'accept: text/csv;q=\r\n',
    'accept-encoding: ;;;q=9,br\r\n',
    '5\r\n{"a":\r\n',
    '0\r\n\r\n',
    'ffffffffffffffff\r\n',
  ),
  fc.string({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)

t.test('whatever is sent, the service lives on', async (t) => {
  const { port, survives } = await serving(t)
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), fc.boolean(), async (pieces, ends) => {
      const { socket, closed } = await dial(port)
      for (const text of pieces) socket.write(text, 'latin1')
      // Who does not end waits to be cut off, or to be idle no longer: that is for the slow senders' test.
      if (ends) socket.end()
      else setTimeout(() => socket.destroy(), 20)
      const text = await closed
      if (text !== '') t.match(text, /^HTTP\/1\.1 [1-4]\d\d /)
      t.notMatch(text, /HTTP\/1\.1 5/)
    }),
    { numRuns: 400 },
  )
  await survives('afterwards')
})
