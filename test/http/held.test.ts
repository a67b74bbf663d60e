import t, { type Test } from 'tap'
import type { AskOptions, Engine, Reply } from '../../src/engine.js'
import { type ErrorCode, ServiceError } from '../../src/errors.js'
import { UNDER_WAY } from '../../src/http/answering.js'
import { type Ask, engine, errorOf, QUESTION, REPLY, type Service, serve, TOKEN } from './harness.js'

const NOW = Date.UTC(2026, 5, 10, 12)
const BODY = JSON.stringify(QUESTION)
const SPACED = JSON.stringify(QUESTION, null, 2)
const FRESH = { headers: { 'cache-control': 'no-cache' } }

/** What an engine does when it is asked for the nth time. */
type Act = (time: number, asking: AskOptions) => Promise<Partial<Reply>>

/** An engine whose replies are good for 15 seconds and say how often it was asked; the service over it, with a clock of its own. */
const timed = async (t: Test, act: Act = async () => ({}), env: Readonly<Record<string, string>> = {}) => {
  const clock = { now: NOW }
  const asked: AskOptions[] = []
  const ask: Engine['ask'] = async (_query, _principal, asking) => {
    asked.push(asking)
    const time = asked.length
    const reply = {
      ...REPLY,
      data: { dataPoints: [{ time, total: 3 }] },
      oldestAt: clock.now,
      expiresAt: clock.now + 15_000,
    }
    return { ...reply, ...(await act(time, asking)) }
  }
  const service = await serve(t, { engine: engine({ ask }), now: () => clock.now, env })
  return { clock, asked, service }
}

/** What a reply says of itself; `time` is which answer of the engine it holds. */
const said = async (service: Service, request: Ask = {}) => {
  const reply = await service.ask(request)
  const text = await reply.text()
  const { headers } = reply
  return {
    status: reply.status,
    time: Number(/"time":(\d+)/.exec(text)?.[1] ?? 0),
    code: /"code":"(\w+)"/.exec(text)?.[1] ?? '',
    cache: headers.get('x-cache'),
    calls: headers.get('x-upstream-calls'),
    age: headers.get('age'),
    warning: headers.get('warning'),
    text,
    headers,
  }
}

const failure = (code: ErrorCode) => new ServiceError(code, 'Something to do.')
const UNAVAILABLE = failure('UPSTREAM_UNAVAILABLE')
const STALE = { status: 200, cache: 'stale', warning: '110 - "Response is Stale"' }

t.test('a repeated question is given the same bytes, until they have expired', async (t) => {
  const { clock, asked, service } = await timed(t)
  const first = await said(service)
  t.match(first, { time: 1, cache: 'miss', calls: '2', age: '0', warning: null })
  clock.now += 14_999
  const again = await said(service)
  t.match(again, { status: 200, time: 1, cache: 'hit', calls: '0', age: '14', warning: null })
  t.equal(again.text, first.text)
  for (const name of ['content-type', 'x-settled-until', 'cache-control', 'x-content-type-options', 'content-length']) {
    t.equal(again.headers.get(name), first.headers.get(name), name)
    t.ok(again.headers.get(name), name)
  }
  t.match(again.headers.get('server-timing'), /^plan;dur=0\.0, upstream;dur=0\.0, shape;dur=0\.0$/)
  t.match(again.headers.get('x-request-id'), /^[0-9a-f-]{36}$/)
  t.not(again.headers.get('x-request-id'), first.headers.get('x-request-id'))
  t.equal((await said(service, { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id'), 'mine')
  clock.now += 1
  t.match(await said(service), { time: 2, cache: 'miss', calls: '2', age: '0' }, 'it is expired at the very instant')
  t.equal(asked.length, 2)
})

t.test('however a question is spelt, on whichever path, it is one question', async (t) => {
  const { asked, service } = await timed(t)
  await said(service)
  const spellings = [
    { body: SPACED },
    { body: SPACED },
    { body: JSON.stringify({ ...QUESTION, startTs: '2026-04-21T02:00:00+02:00' }) },
    { path: '/api/svc/v1/llm-gateway/metrics/query' },
    { headers: { 'content-type': 'application/json; charset=utf-8' } },
    { body: BODY.padEnd(10_000) },
    { body: BODY.padEnd(10_000) },
    { body: BODY.padEnd(200_000) },
  ]
  for (const [at, request] of spellings.entries()) {
    t.match(await said(service, request), { time: 1, cache: 'hit', calls: '0' }, `spelling ${at}`)
  }
  t.match(await said(service, { body: JSON.stringify({ ...QUESTION, groupBy: [] }) }), { time: 2, cache: 'miss' })
  t.equal(asked.length, 2)
})

t.test('what is refused stays refused, whatever is held', async (t) => {
  const { service } = await timed(t)
  await said(service)
  const refused: readonly (readonly [Ask, number])[] = [
    [{ headers: { authorization: '' } }, 401],
    [{ headers: { authorization: `Bearer ${TOKEN}x` } }, 401],
    [{ headers: { 'content-type': 'text/plain' } }, 415],
    [{ headers: { 'content-encoding': 'gzip' } }, 415],
    [{ path: '/v1/metrics/query?limit=1' }, 400],
    [{ path: '/v1/metrics/query/' }, 404],
    [{ method: 'PUT' }, 405],
    [{ body: `${BODY}}` }, 400],
    [{ body: BODY.slice(0, -1) }, 400],
  ]
  for (const [request, status] of refused) {
    const reply = await said(service, request)
    t.equal(reply.status, status, JSON.stringify(request))
    if (status === 400 || status === 401 || status === 415) {
      t.match(reply, { cache: 'miss', calls: '0' })
      t.match(reply.headers.get('server-timing'), /^total;dur=[\d.]+$/)
    }
  }
  t.match(await said(service), { cache: 'hit' })
})

t.test('explained questions are no replies', async (t) => {
  const { service } = await timed(t)
  await said(service)
  const explained = await said(service, { path: '/v1/metrics/query?explain=true' })
  t.match(explained, { status: 200, calls: '0', cache: null })
  t.match(explained.text, 'estimatedCalls')
})

t.test('callers with keys of their own share nothing', async (t) => {
  const { service } = await timed(t, async () => ({}), { AUTH_MODE: 'passthrough' })
  const as = (key: string) => said(service, { headers: { 'x-portkey-api-key': key } })
  t.match(await as('one'), { time: 1, cache: 'miss' })
  t.match(await as('other'), { time: 2, cache: 'miss' })
  t.match(await as('one'), { time: 1, cache: 'hit' })
  t.match(await as('other'), { time: 2, cache: 'hit' })
})

t.test('tokens of one key and workspace share what is held', async (t) => {
  const { service } = await timed(t, async () => ({}), { API_TOKENS: `${TOKEN},another-token-00001` })
  await said(service)
  t.match(await said(service, { headers: { authorization: 'Bearer another-token-00001' } }), { time: 1, cache: 'hit' })
})

t.test('no-cache asks anew, and what comes takes the place of what was held', async (t) => {
  const { asked, service } = await timed(t)
  await said(service)
  const ways: readonly Readonly<Record<string, string>>[] = [
    { 'cache-control': 'no-cache' },
    { 'cache-control': 'No-Cache' },
    { 'cache-control': 'max-age=60, NO-CACHE' },
    { 'cache-control': 'no-store,no-cache="x-cache"' },
    { pragma: 'no-cache' },
  ]
  for (const [at, headers] of ways.entries()) {
    t.match(await said(service, { headers }), { time: at + 2, cache: 'miss', calls: '2' }, JSON.stringify(headers))
    t.equal(asked.at(-1)?.refresh, true, 'the engine is told')
    t.match(await said(service), { time: at + 2, cache: 'hit' })
  }
  for (const headers of [{ 'cache-control': 'max-age=60' }, { 'cache-control': 'x-no-cache' }, { pragma: 'x' }]) {
    t.match(await said(service, { headers }), { time: ways.length + 1, cache: 'hit' }, JSON.stringify(headers))
  }
})

t.test('a hundred equal questions at once are one', async (t) => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { asked, service } = await timed(t, async (_, { onSent }) => {
    onSent?.()
    await gate
    return {}
  })
  const all = Array.from({ length: 100 }, (_, at) => said(service, at % 2 === 0 ? {} : { body: SPACED }))
  await service.received(100)
  open()
  const replies = await Promise.all(all)
  t.equal(asked.length, 1)
  t.equal(replies.filter(({ calls }) => calls === '2').length, 1, 'one of them sent calls')
  t.equal(replies.filter(({ calls }) => calls === '0').length, 99)
  t.ok(replies.every(({ status, time }) => status === 200 && time === 1))
  t.equal(typeof asked[0]?.deadline, 'number')
})

t.test('a question asked anew does not join one that is not', async (t) => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { asked, service } = await timed(t, () => gate.then(() => ({})))
  const all = [said(service), said(service, FRESH), said(service, FRESH)]
  await service.received(3)
  open()
  await Promise.all(all)
  t.strictSame(asked.map(({ refresh }) => refresh).toSorted(), [false, true])
})

t.test('a failure is nobody’s reply: the next question is asked again', async (t) => {
  const { service } = await timed(t, async (time, { onSent }) => {
    onSent?.()
    onSent?.()
    onSent?.()
    if (time === 1) throw UNAVAILABLE
    return {}
  })
  const failed = await said(service)
  t.match(failed, { status: 503, code: 'UPSTREAM_UNAVAILABLE', cache: 'miss', calls: '3', age: null, warning: null })
  t.equal(failed.headers.get('retry-after'), '5')
  t.match(failed.headers.get('server-timing'), /^total;dur=[\d.]+$/)
  t.match(await said(service), { status: 200, time: 2, cache: 'miss' })
})

t.test('who leaves cancels only what nobody else waits for', async (t) => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const { asked, service } = await timed(t, () => gate.then(() => ({})))
  const leaving = new AbortController()
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const url = `${service.url}/v1/metrics/query`
  const left = fetch(url, { method: 'POST', headers, body: BODY, signal: leaving.signal }).catch(() => 'left')
  await service.received(1)
  const stays = said(service)
  await service.received(2)
  leaving.abort()
  t.equal(await left, 'left')
  await service.logged(({ aborted }) => aborted === true)
  t.notOk(asked[0]?.signal.aborted, 'somebody still waits')
  open()
  t.match(await stays, { status: 200, time: 1, calls: '0' })
  t.equal(asked.length, 1)
})

for (const code of [
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_QUOTA_EXCEEDED',
  'UPSTREAM_TIMEOUT',
] as const) {
  t.test(`where the upstream fails with ${code}, what is held stands in, marked as stale`, async (t) => {
    const { clock, service } = await timed(t, async (time, { onSent }) => {
      if (time === 1) return {}
      onSent?.()
      throw failure(code)
    })
    const first = await said(service)
    clock.now += 60_500
    const stale = await said(service)
    t.match(stale, { ...STALE, time: 1, calls: '1', age: '60' })
    t.equal(stale.text, first.text)
    t.equal(stale.headers.get('x-settled-until'), first.headers.get('x-settled-until'))
    t.equal(stale.headers.get('retry-after'), null)
    t.match(await said(service, { body: SPACED }), { ...STALE, time: 1 }, 'spelt otherwise')
    t.match(await said(service, { body: JSON.stringify({ ...QUESTION, groupBy: [] }) }), { code }, 'another question')
    clock.now = NOW + 86_400_000
    t.match(await said(service), STALE, 'a day old')
    clock.now += 1
    t.match(await said(service), { code, cache: 'miss', calls: '1' }, 'older than STALE_MAX_SECONDS')
  })
}

t.test('other failures are told, whatever is held', async (t) => {
  for (const code of ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_FORBIDDEN', 'PLAN_TOO_EXPENSIVE', 'INTERNAL'] as const) {
    const { service } = await timed(t, async (time) => {
      if (time > 1) throw failure(code)
      return {}
    })
    await said(service)
    t.match(await said(service, FRESH), { code, cache: 'miss' }, code)
  }
})

t.test('STALE_MAX_SECONDS=0: nothing stands in', async (t) => {
  const act: Act = async (time) => {
    if (time > 1) throw UNAVAILABLE
    return { expiresAt: NOW }
  }
  const { service } = await timed(t, act, { STALE_MAX_SECONDS: '0' })
  await said(service)
  t.match(await said(service), { code: 'UPSTREAM_UNAVAILABLE' })
})

t.test('no-cache while the upstream fails: stale is better than nothing', async (t) => {
  const { service } = await timed(t, async (time) => {
    if (time === 2) throw UNAVAILABLE
    return {}
  })
  await said(service)
  t.match(await said(service, FRESH), { ...STALE, time: 1, calls: '0' })
  t.match(await said(service), { time: 1, cache: 'hit', warning: null }, 'it is still good to others')
})

t.test('a reply of expired parts is marked, and never held', async (t) => {
  const { service } = await timed(t, async (time) =>
    time === 1 ? { cache: 'stale', oldestAt: NOW - 100_000, expiresAt: NOW + 100_000, upstreamCalls: 4 } : {},
  )
  t.match(await said(service), { ...STALE, time: 1, calls: '4', age: '100' })
  t.match(await said(service), { time: 2, cache: 'miss', warning: null })
})

t.test('each caller has its own time; what is held stands in when that is up', async (t) => {
  const never: Act = (time) => (time === 1 ? Promise.resolve({ expiresAt: NOW }) : new Promise(() => {}))
  const { service } = await timed(t, never, { REQUEST_TIMEOUT_MS: '50' })
  await said(service)
  t.match(await said(service), { ...STALE, time: 1 })
  const { service: cold } = await timed(t, () => new Promise(() => {}), { REQUEST_TIMEOUT_MS: '50' })
  await errorOf(t, await cold.ask(), 504, 'REQUEST_TIMEOUT')
})

t.test('beyond so many questions of one caller at once: refused at once, but for what is held', async (t) => {
  const { clock, asked, service } = await timed(
    t,
    (time, { signal }) =>
      time === 1
        ? Promise.resolve({})
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { API_TOKENS: `${TOKEN},another-token` },
  )
  await said(service)
  const leaving = new AbortController()
  const different = (at: number) => JSON.stringify({ ...QUESTION, groupBy: [`metadata.key${at}`] })
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const url = `${service.url}/v1/metrics/query`
  const all = Array.from({ length: UNDER_WAY.alone }, (_, at) =>
    fetch(url, { method: 'POST', headers, body: different(at), signal: leaving.signal }).catch(() => 'left'),
  )
  await service.received(1 + UNDER_WAY.alone)
  while (asked.length < 1 + UNDER_WAY.alone) await new Promise((resolve) => setImmediate(resolve))
  const refused = await said(service, { body: different(-1) })
  t.match(refused, { status: 503, code: 'OVERLOADED', calls: '0', cache: 'miss' })
  t.equal(refused.headers.get('retry-after'), '1')
  t.match(refused.text, `${UNDER_WAY.alone} other questions of this caller`)
  const others = Array.from({ length: 3 }, (_, at) =>
    service.ask({ body: different(-2 - at), headers: { authorization: 'Bearer another-token' } }).catch(() => 'cut'),
  )
  while (asked.length < 4 + UNDER_WAY.alone) await new Promise((resolve) => setImmediate(resolve))
  t.match(await said(service, { body: different(-1) }), { code: 'OVERLOADED' }, 'another has its own part')
  t.match(await said(service), { cache: 'hit' }, 'hits are never refused')
  clock.now += 15_000
  t.match(await said(service), { ...STALE, calls: '0' }, 'nor what may stand in')
  leaving.abort()
  await Promise.all(all)
  await service.logged(({ aborted }) => aborted === true, UNDER_WAY.alone)
  const after = said(service, { body: different(-1) })
  while (asked.length < 5 + UNDER_WAY.alone) await new Promise((resolve) => setImmediate(resolve))
  void after.catch(() => undefined)
  t.pass('there is room again')
  service.drop()
  await after.catch(() => undefined)
  await Promise.all(others)
})
