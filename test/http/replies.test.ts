import t from 'tap'
import { ERROR_CODES, type ErrorCode, ServiceError } from '../../src/errors.js'
import { engine, errorOf, QUESTION, REPLY, serve, TOKEN } from './harness.js'

t.test('both paths answer the rows alone, and say the rest in headers', async (t) => {
  const now = Date.now()
  const asked = { ...REPLY, oldestAt: now - 3_900 }
  const service = await serve(t, { engine: engine({ ask: async () => asked }), now: () => now })
  for (const path of ['/v1/metrics/query', '/api/svc/v1/llm-gateway/metrics/query']) {
    const reply = await service.ask({ path })
    t.equal(reply.status, 200, path)
    t.match(Object.fromEntries(reply.headers), {
      'content-type': 'application/json; charset=utf-8',
      'x-cache': 'miss',
      'x-upstream-calls': '2',
      age: '3',
      'x-settled-until': '2026-04-21T00:00:00.000Z',
      'server-timing': 'plan;dur=0.5, upstream;dur=12.0, shape;dur=0.3',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    t.strictSame(await reply.json(), { data: REPLY.data })
  }
})

t.test('an answer without upstream calls is a hit', async (t) => {
  const now = Date.now()
  const held = { ...REPLY, upstreamCalls: 0, cache: 'hit' as const, oldestAt: now - 61_900 }
  const service = await serve(t, { engine: engine({ ask: async () => held }), now: () => now })
  const { headers } = await service.ask()
  t.equal(headers.get('x-cache'), 'hit')
  t.equal(headers.get('x-upstream-calls'), '0')
  t.equal(headers.get('age'), '61')
})

t.test('group keys and values are data: none is dropped, renamed or bent', async (t) => {
  const point = {
    'metadata.some key': 'é "quoted" \u2028 <b>',
    constructor: 'a key like any other',
    total: 9007199254740991,
    sumCostInUSD: 1.0000000000000002e-7,
    avgLatencyMs: null,
    isFailure: false,
    modelName: null,
    httpStatusCode: 200,
    numeric: '007',
  }
  const rows = { ...REPLY, data: { dataPoints: [point, {}] } }
  const service = await serve(t, { engine: engine({ ask: async () => rows }) })
  t.equal(await (await service.ask()).text(), JSON.stringify({ data: { dataPoints: [point, {}] } }))
})

t.test('every error code leaves with its own status, in the one shape', async (t) => {
  for (const [name, { status }] of Object.entries(ERROR_CODES)) {
    const code = Object.keys(ERROR_CODES).find((key): key is ErrorCode => key === name)
    if (code === undefined) throw new Error(name)
    const details = [{ path: '/groupBy/0', code, message: 'This one.' }]
    const failing = engine({
      ask: async () => {
        throw new ServiceError(code, 'Something to do.', { details, cause: new Error('inner secret') })
      },
    })
    const service = await serve(t, { engine: failing })
    const body = await errorOf(t, await service.ask(), status, code)
    t.strictSame(body.details, details, code)
    t.equal(body.message, 'Something to do.', code)
  }
})

t.test('retry-after is passed on in whole seconds, and has a default where waiting helps', async (t) => {
  const wait = async (error: ServiceError) => {
    const failing = engine({
      ask: async () => {
        throw error
      },
    })
    return (await (await serve(t, { engine: failing })).ask()).headers.get('retry-after')
  }
  t.equal(await wait(new ServiceError('UPSTREAM_RATE_LIMITED', 'Wait.', { retryAfterSeconds: 17 })), '17')
  t.equal(await wait(new ServiceError('UPSTREAM_RATE_LIMITED', 'Wait.', { retryAfterSeconds: 0.2 })), '1')
  t.equal(await wait(new ServiceError('UPSTREAM_UNAVAILABLE', 'Wait.')), '5')
  t.equal(await wait(new ServiceError('SHUTTING_DOWN', 'Ask another.')), '1')
  t.equal(await wait(new ServiceError('UPSTREAM_QUOTA_EXCEEDED', 'Pay.')), null)
  t.equal(await wait(new ServiceError('PLAN_TOO_EXPENSIVE', 'Ask less.')), null)
})

t.test('an unforeseen failure is INTERNAL outside, with its cause in the log alone', async (t) => {
  const failing = engine({
    ask: async () => {
      throw new TypeError('cannot read the inner workings')
    },
  })
  const service = await serve(t, { engine: failing })
  const reply = await service.ask({ headers: { 'x-request-id': 'my-id-1' } })
  const body = await errorOf(t, reply, 500, 'INTERNAL')
  t.notMatch(body.message, 'inner workings')
  await service.close()
  const line = service.logs.find(({ requestId, msg }) => requestId === 'my-id-1' && msg !== 'question in full')
  t.match(line, { level: 50, status: 500, code: 'INTERNAL' })
  t.match(JSON.stringify(line), 'cannot read the inner workings')
})

t.test('a question that takes too long is 504, and its upstream work is cancelled', async (t) => {
  const reasons: unknown[] = []
  const slow = engine({
    ask: (_query, _principal, { signal }) =>
      new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason))),
  })
  const service = await serve(t, { engine: slow, env: { REQUEST_TIMEOUT_MS: '20' } })
  const error = await errorOf(t, await service.ask(), 504, 'REQUEST_TIMEOUT')
  t.match(error.message, /20 ms/)
  t.match(reasons, [{ code: 'REQUEST_TIMEOUT' }])
})

t.test('a caller who goes away cancels the question', async (t) => {
  const caller = new AbortController()
  const cancelled = new Promise<void>((resolve) => {
    const waiting = engine({
      ask: (_query, _principal, { signal }) => {
        caller.abort()
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            reject(signal.reason)
            resolve()
          }),
        )
      },
    })
    void serve(t, { engine: waiting }).then(async (service) => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
      const asked = fetch(`${service.url}/v1/metrics/query`, {
        method: 'POST',
        headers,
        body: JSON.stringify(QUESTION),
        signal: caller.signal,
      })
      await t.rejects(asked)
    })
  })
  await cancelled
})

t.test('request ids: the caller’s own when it is plain, else a new one', async (t) => {
  const service = await serve(t)
  const idOf = async (id: string) =>
    (await service.ask({ headers: { 'x-request-id': id } })).headers.get('x-request-id')
  for (const id of ['a', '4bf92f3577b34da6a3ce929d0e0e4736', 'trace:1/2', 'x'.repeat(128)]) t.equal(await idOf(id), id)
  for (const id of ['', 'x'.repeat(129), 'two words', '{"a":1}', '<b>', 'é']) {
    t.match(await idOf(id), /^[0-9a-f-]{36}$/, id)
  }
})
