import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { engine, QUESTION, REPLY, raw, serve, TOKEN } from './harness.js'

// A plain repeated question is answered before the framework sees it. Nobody may be able to tell.

const NOW = Date.UTC(2026, 5, 10, 12)
const BODY = JSON.stringify(QUESTION)

const head = (lines: readonly string[] = [], body = BODY) =>
  [
    'POST /v1/metrics/query HTTP/1.1',
    'host: a',
    `authorization: Bearer ${TOKEN}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...lines,
    '',
    '',
  ].join('\r\n')
const LAST = ['connection: close']

/** The service with the question held: its engine answers once. */
const warm = async (t: Test, dataPoints = REPLY.data.dataPoints, env: Readonly<Record<string, string>> = {}) => {
  let asked = 0
  const ask = async () => {
    asked += 1
    return { ...REPLY, data: { dataPoints }, oldestAt: NOW, expiresAt: NOW + 1 }
  }
  const service = await serve(t, { engine: engine({ ask }), now: () => NOW, env })
  const text = await (await service.ask()).text()
  return { service, text, asked: () => asked }
}

/** Status line, headers without those that differ from reply to reply, and body. */
const partsOf = (reply: string) => {
  const [top = '', body] = reply.split('\r\n\r\n')
  const [status, ...lines] = top.split('\r\n')
  const fixed = lines.filter((line) => !/^(date|x-request-id):/i.test(line)).map((line) => line.toLowerCase())
  return { status, headers: fixed.toSorted(), body }
}

t.test('the short way and the long way answer alike', async (t) => {
  const { service, text, asked } = await warm(t)
  const short = partsOf(await raw(service.port, head(LAST) + BODY))
  t.equal(short.body, text)
  t.ok(short.headers.includes('x-cache: hit'))
  // Each of these is no plain request.
  const long = [
    ['x-forwarded-for: 203.0.113.7'],
    ['cache-control: max-age=60'],
    ['pragma: x'],
    ['content-encoding: identity'],
    ['expect: 100-continue'],
  ]
  for (const lines of long) {
    const reply = (await raw(service.port, head([...lines, ...LAST]) + BODY)).replace(
      'HTTP/1.1 100 Continue\r\n\r\n',
      '',
    )
    t.strictSame(partsOf(reply), short, lines.join())
  }
  const typed = head(LAST).replace('application/json', 'application/json; charset=utf-8')
  t.strictSame(partsOf(await raw(service.port, typed + BODY)), short)
  t.equal(asked(), 1)
})

t.test('and are logged alike', async (t) => {
  const { service } = await warm(t)
  await raw(service.port, head([...LAST, 'x-request-id: short']) + BODY)
  await raw(service.port, head([...LAST, 'x-request-id: long', 'pragma: x']) + BODY)
  await raw(service.port, head([...LAST, `x-request-id: ${TOKEN}`]) + BODY)
  await service.logged(({ requestId }) => requestId === 'long')
  const line = (id: string) => service.logs.find(({ requestId }) => requestId === id)
  const { time, requestId, ms, ...short } = line('short') ?? {}
  const { time: _time, requestId: _id, ms: _ms, ...long } = line('long') ?? {}
  t.strictSame(short, long)
  t.match(short, { principal: 'token-1', upstreamCalls: 0, status: 200, path: '/v1/metrics/query', from: '127.0.0.1' })
  t.match({ time, ms }, { time: /^\d{4}-.*Z$/, ms: Number })
  t.ok(line('[secret]'), 'a secret in an id is blotted out')
})

t.test('where requests are not logged, hits are not either', async (t) => {
  const { service } = await warm(t, undefined, { LOG_LEVEL: 'warn' })
  t.match(await raw(service.port, head(LAST) + BODY), /^HTTP\/1.1 200 /)
  t.strictSame(service.logs, [])
})

t.test('however a request is cut into pieces', async (t) => {
  const { service, text, asked } = await warm(t)
  const whole = head(LAST) + BODY
  for (const cut of [1, head(LAST).length - 2, head(LAST).length, head(LAST).length + 1, whole.length - 1]) {
    const socket = connect(service.port, '127.0.0.1').setNoDelay(true)
    let reply = ''
    socket.on('data', (chunk: Buffer) => {
      reply += chunk.toString()
    })
    await once(socket, 'connect')
    await new Promise<void>((resolve) => socket.write(whole.slice(0, cut), () => resolve()))
    // Whatever was sent has been read when a later connection has been served.
    await service.ask({ path: '/healthz', method: 'GET' })
    socket.write(whole.slice(cut))
    await once(socket, 'close')
    t.equal(partsOf(reply).body, text, `cut at ${cut}`)
  }
  t.equal(asked(), 1)
})

t.test('what is not held goes the long way, body and all', async (t) => {
  const { service, asked } = await warm(t)
  for (const limit of [1, 2, 3]) {
    const body = JSON.stringify({ ...QUESTION, limit })
    t.match(await raw(service.port, head(LAST, body) + body), /^HTTP\/1.1 200 .*x-cache: miss/s, `limit ${limit}`)
    t.match(await raw(service.port, head(LAST, body) + body), /^HTTP\/1.1 200 .*x-cache: hit/s, `limit ${limit} again`)
  }
  t.equal(asked(), 4)
  t.match(await raw(service.port, `${head(LAST, '{"a"')}{"a"`), /^HTTP\/1.1 400 .*ends before/s)
  const stranger = head(LAST).replace(TOKEN, `${TOKEN}x`)
  t.match(await raw(service.port, stranger + BODY), /^HTTP\/1.1 401 /, 'who is not known')
  const twice = head(['authorization: Bearer other-token-00001', ...LAST])
  t.match(await raw(service.port, twice + BODY), /^HTTP\/1.1 401 /, 'who is two')
  t.match(await raw(service.port, head(LAST).replace('host: a\r\n', '') + BODY), /^HTTP\/1.1 400 /, 'no host')
})

t.test('requests in a row on one connection are answered in turn', async (t) => {
  const { service, asked } = await warm(t)
  const other = JSON.stringify({ ...QUESTION, limit: 1 })
  const bodies = [BODY, other, BODY, BODY, other]
  const all = bodies.map((body, at) => head(at === bodies.length - 1 ? LAST : [], body) + body).join('')
  const replies = (await raw(service.port, all)).split(/(?=HTTP\/1\.1 )/)
  t.strictSame(
    replies.map((reply) => /x-cache: (\w+)/.exec(reply)?.[1]),
    ['hit', 'miss', 'hit', 'hit', 'hit'],
  )
  t.equal(asked(), 2)
})

t.test('large replies too', async (t) => {
  const dataPoints = Array.from({ length: 20_000 }, (_, at) => ({ modelName: `é${at}`, total: at }))
  const { service, text, asked } = await warm(t, dataPoints)
  for (const time of ['once', 'twice']) {
    const reply = await service.ask()
    t.equal(reply.headers.get('x-cache'), 'hit', time)
    t.equal(await reply.text(), text, time)
  }
  t.equal(asked(), 1)
})

t.test('HTTP/1.0 is answered and closed', async (t) => {
  const { service, text } = await warm(t)
  const reply = await raw(service.port, head().replace('HTTP/1.1', 'HTTP/1.0') + BODY)
  t.equal(partsOf(reply).body, text)
})

t.test('a stop refuses hits like all questions, once those under way are waited for', async (t) => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let asked = 0
  const ask = async () => {
    asked += 1
    if (asked > 1) await gate
    return { ...REPLY, oldestAt: NOW, expiresAt: NOW + 1 }
  }
  const service = await serve(t, { engine: engine({ ask }), now: () => NOW })
  await service.ask()
  const early = service.ask({ body: JSON.stringify({ ...QUESTION, limit: 1 }) })
  await service.received(2)
  const closed = service.close()
  // Closing begins a moment after it was asked for.
  let reply = await service.ask()
  while (reply.status === 200) reply = await service.ask()
  t.equal(reply.status, 503)
  t.match(await reply.json(), { code: 'SHUTTING_DOWN' })
  open()
  t.equal((await early).status, 200)
  await closed
})
