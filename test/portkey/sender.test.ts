import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { SYSTEM_CLOCK } from '../../src/portkey/clock.js'
import { CREDENTIALS, MODELS, ONE_POINT, patient, REQUESTS, reply, type Script, startUpstream } from './upstream.js'

/** Answers by the first script the first time, by the second the second time, and so on; then as it should. */
const scripted = (...scripts: readonly Script[]): Script => {
  let time = 0
  return (request, response, url) => {
    const script = scripts[time++]
    if (script) script(request, response, url)
    else reply(response, 200, ONE_POINT)
  }
}

const status =
  (code: number, headers: Record<string, string> = {}): Script =>
  (_, response) =>
    reply(response, code, 'null', headers)

const FAULTS: Readonly<Record<string, Script>> = {
  'a connection that is reset': (request) => request.socket.resetAndDestroy(),
  'one that is lost in the middle of a body': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"summ', () => request.socket.destroy())
  },
  'a 429': status(429),
  'a 502': status(502),
  'a 503': status(503),
  'a 504': status(504),
}

for (const [name, fault] of Object.entries(FAULTS)) {
  t.test(`${name} is nothing that a caller sees`, async (t) => {
    let told = 0
    const before = Date.now()
    const { client, seen } = await startUpstream(t, scripted(fault, fault, fault))
    const fetched = await client.fetch(REQUESTS, CREDENTIALS, patient({ onSent: () => ++told }))
    t.match(fetched, { requests: 4, answer: { summary: { total: 1 } } })
    t.ok(fetched.fetchedAt >= before)
    t.strictSame([told, seen.length], [4, 4], 'every time is counted')
  })
}

t.test('so is a request that is not answered in time', async (t) => {
  const { client, seen } = await startUpstream(
    t,
    scripted(() => {}),
    { timeoutMs: 400 },
  )
  t.match(await client.fetch(REQUESTS, CREDENTIALS, patient()), { requests: 2 })
  t.equal(seen.length, 2)
})

t.test('one page that fails is asked for again, the others are not', async (t) => {
  let failed = 0
  const rows = (page: number) => `{"model":"m${page}","requests":1}`
  const { client, seen } = await startUpstream(
    t,
    (_, response, url) => {
      const page = Number(url.searchParams.get('current_page'))
      if (page === 1 && failed++ === 0) return reply(response, 503, '')
      reply(response, 200, `{"total":3,"data":[${rows(page)}]}`)
    },
    { pageSize: 1 },
  )
  const fetched = await client.fetch(MODELS, CREDENTIALS, patient())
  t.match(fetched, { requests: 4, answer: { values: ['m0', 'm1', 'm2'] } })
  t.strictSame(seen.map((url) => url.searchParams.get('current_page')).sort(), ['0', '1', '1', '2'])
})

t.test('what the next time would not change is asked once', async (t) => {
  const once: Readonly<Record<string, Script>> = {
    'a 500': status(500),
    'a 400': status(400),
    'a 403': status(403),
    'no JSON': (_, response) => reply(response, 200, 'hello'),
    'a quota flag': (_, response) => reply(response, 200, ONE_POINT.replace('{', '{"is_quota_exceeded":true,')),
  }
  for (const [name, script] of Object.entries(once)) {
    const { client, seen } = await startUpstream(t, script)
    await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { name: 'ServiceError' }, name)
    t.equal(seen.length, 1, name)
  }
})

t.test('it is tried four times, then the upstream’s own error is told', async (t) => {
  const { client, seen } = await startUpstream(t, status(502))
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_UNAVAILABLE', message: /502/ })
  t.equal(seen.length, 4)
})

t.test('a break that the upstream asks for is kept, in seconds and as a date', async (t) => {
  const breaks = { seconds: '1', date: new Date(Date.UTC(2030, 0, 1, 0, 0, 1)).toUTCString() }
  for (const [name, retryAfter] of Object.entries(breaks)) {
    const slept: number[] = []
    const { client } = await startUpstream(t, scripted(status(503, { 'retry-after': retryAfter })), {
      now: () => Date.UTC(2030, 0, 1),
      clock: {
        now: SYSTEM_CLOCK.now,
        idle: SYSTEM_CLOCK.idle,
        after(ms, run) {
          slept.push(ms)
          return SYSTEM_CLOCK.after(0, run)
        },
      },
    })
    await client.fetch(REQUESTS, CREDENTIALS, patient())
    t.equal(slept.length, 1, name)
    t.ok(
      slept.every((ms) => ms >= 1_000 && ms <= 1_004),
      `${name}: ${slept}`,
    )
  }
})

t.test('where the break, or the backoff, would end too late, the error comes at once', async (t) => {
  const deadline = performance.now() + 60_000
  for (const code of [429, 503]) {
    const { client, seen } = await startUpstream(t, status(code, { 'retry-after': '120' }))
    const asked = client.fetch(REQUESTS, CREDENTIALS, patient({ deadline: () => deadline }))
    await t.rejects(asked, { name: 'ServiceError', retryAfterSeconds: 120 })
    t.equal(seen.length, 1)
  }
  const backoff = { baseMs: 1e12, mostMs: 1e12 }
  const { client, seen } = await startUpstream(t, status(503), { backoff })
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { code: 'UPSTREAM_UNAVAILABLE' })
  t.equal(seen.length, 1)
})

t.test('after a 429 with a break, others of that key are told at once, other keys are not', async (t) => {
  const { client, seen } = await startUpstream(t, (request, response) => {
    const limited = request.headers['x-portkey-api-key'] === CREDENTIALS.key
    reply(response, limited ? 429 : 200, limited ? 'null' : ONE_POINT, limited ? { 'retry-after': '100' } : {})
  })
  const limited = { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 100 }
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), limited)
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), limited)
  t.equal(seen.length, 1)
  t.match(await client.fetch(REQUESTS, { ...CREDENTIALS, key: 'another' }, patient()), { requests: 1 })
})

t.test('a request ends with the time of who waits, which may grow while it is under way', async (t) => {
  const responses: ServerResponse[] = []
  const { client } = await startUpstream(t, (_, response) => responses.push(response))
  const soon = performance.now() + 100
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient({ deadline: () => soon })), { code: 'REQUEST_TIMEOUT' })
  let until = performance.now() + 100
  const joined = client.fetch(REQUESTS, CREDENTIALS, patient({ deadline: () => until }))
  until += 60_000
  setTimeout(() => responses.map((response) => reply(response, 200, ONE_POINT)), 300)
  t.match(await joined, { requests: 1 })
})

t.test('who goes away between two tries is not tried for again', async (t) => {
  const caller = new AbortController()
  const { client, seen } = await startUpstream(
    t,
    (_, response) => {
      response.once('finish', () => setImmediate(() => caller.abort(new Error('gone'))))
      reply(response, 503, '')
    },
    { backoff: { baseMs: 1e8, mostMs: 1e8 } },
  )
  const until = { deadline: () => Number.POSITIVE_INFINITY, signal: caller.signal }
  await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient(until)), /gone/)
  t.equal(seen.length, 1)
})

/** An upstream that is down until told, its client's breaker open, and a clock that can be put forward. */
const broken = async (t: Test) => {
  let ahead = 0
  let down = true
  let held: (() => void)[] | null = null
  const upstream = await startUpstream(
    t,
    (_, response) => {
      const answer = () => reply(response, down ? 500 : 200, ONE_POINT)
      if (held) held.push(answer)
      else answer()
    },
    {
      clock: { now: () => SYSTEM_CLOCK.now() + ahead, idle: SYSTEM_CLOCK.idle, after: SYSTEM_CLOCK.after },
      concurrency: 2,
    },
  )
  const fetch = (over = {}) =>
    upstream.client.fetch(REQUESTS, CREDENTIALS, patient({ deadline: () => Number.POSITIVE_INFINITY, ...over }))
  while (upstream.client.state().breakers.open === 0) {
    await t.rejects(fetch(), { code: 'UPSTREAM_UNAVAILABLE', message: /500/ })
    ahead += 500
  }
  t.ok(upstream.seen.length > 9, 'few failures prove nothing')
  return {
    ...upstream,
    fetch,
    pass: (ms: number) => (ahead += ms),
    recover: () => (down = false),
    hold: () => (held = []),
    release: () => {
      for (const answer of held ?? []) answer()
      held = null
    },
  }
}

const LEFT_ALONE = { code: 'UPSTREAM_UNAVAILABLE', message: /left alone/, retryAfterSeconds: Number }

t.test('an upstream that is down is left alone for some seconds, then probed once', async (t) => {
  const { client, seen, fetch, pass, recover, hold, release } = await broken(t)
  t.match(client.state(), { breakers: { open: 1, probing: 0 }, queued: 0, inFlight: 0 })
  const before = seen.length
  await t.rejects(fetch(), LEFT_ALONE)
  t.equal(seen.length, before, 'nothing was sent')
  pass(2_000)
  await t.rejects(fetch(), { message: /500/ })
  await t.rejects(fetch(), LEFT_ALONE)
  t.equal(seen.length, before + 1, 'one probe, that failed')
  pass(4_000)
  recover()
  hold()
  const probe = fetch()
  while (client.state().breakers.probing === 0) await new Promise((resolve) => setImmediate(resolve))
  await t.rejects(fetch(), LEFT_ALONE)
  release()
  await probe
  t.strictSame(client.state().breakers, { open: 0, probing: 0 })
  await fetch()
})

t.test('a probe whose caller goes away leaves it to the next', async (t) => {
  const { client, fetch, pass, recover, hold, release } = await broken(t)
  pass(2_000)
  recover()
  hold()
  const caller = new AbortController()
  const probe = fetch({ signal: caller.signal })
  while (client.state().breakers.probing === 0) await new Promise((resolve) => setImmediate(resolve))
  caller.abort(new Error('gone'))
  await t.rejects(probe, /gone/)
  release()
  await fetch()
  t.strictSame(client.state().breakers, { open: 0, probing: 0 })
})

/** A client whose upstream answers one path with a 500, or loses everybody, and a clock that can be put forward. */
const partly = async (t: Test, broken: (url: URL, key: unknown) => boolean) => {
  let ahead = 0
  const upstream = await startUpstream(
    t,
    (request, response, url) => {
      const down = broken(url, request.headers['x-portkey-api-key'])
      reply(response, down ? 500 : 200, down ? 'null' : ONE_POINT)
    },
    { clock: { now: () => SYSTEM_CLOCK.now() + ahead, idle: SYSTEM_CLOCK.idle, after: SYSTEM_CLOCK.after } },
  )
  const patience = { deadline: () => Number.POSITIVE_INFINITY }
  const fetch = (key: string, name: 'requests' | 'cost' = 'requests') =>
    upstream.client.fetch(
      { ...REQUESTS, endpoint: { kind: 'graph', name } },
      { ...CREDENTIALS, key },
      patient(patience),
    )
  const wear = async (key: string) => {
    while (upstream.client.state().breakers.open === 0) {
      await t.rejects(fetch(key), { message: /500/ })
      ahead += 500
    }
  }
  return { ...upstream, fetch, wear, pass: (ms: number) => (ahead += ms) }
}

t.test('what fails for one key is not held against another', async (t) => {
  const { fetch, wear, pass } = await partly(t, (_, key) => key === 'one')
  await wear('one')
  await t.rejects(fetch('one'), LEFT_ALONE)
  t.match(await fetch('other'), { requests: 1 })
  // Nor are its probes.
  pass(2_000)
  await t.rejects(fetch('one'), { message: /500/ })
  t.match(await fetch('other'), { requests: 1 })
})

t.test('an endpoint that fails is left alone by itself, also for its own key', async (t) => {
  const { fetch, wear, client } = await partly(t, (url) => url.pathname.endsWith('/requests'))
  await wear('one')
  await t.rejects(fetch('one'), LEFT_ALONE)
  t.match(await fetch('one', 'cost'), { requests: 1 })
  await t.rejects(fetch('one'), LEFT_ALONE, 'what another endpoint answers says nothing of it')
  t.strictSame(client.state().breakers, { open: 1, probing: 0 })
})

t.test('requests that are refused, limited, missing or unreadable do not open it', async (t) => {
  let ahead = 0
  const scripts = [status(400), status(403), status(404), status(429), (_: unknown, r: ServerResponse) => r.end('?')]
  let time = 0
  const { client } = await startUpstream(
    t,
    (request, response, url) => scripts[time++ % scripts.length]?.(request, response, url),
    { clock: { now: () => SYSTEM_CLOCK.now() + ahead, idle: SYSTEM_CLOCK.idle, after: SYSTEM_CLOCK.after } },
  )
  for (let request = 0; request < 30; request++) {
    await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient({ deadline: () => Number.POSITIVE_INFINITY })))
    ahead += 1_000
  }
  t.strictSame(client.state().breakers, { open: 0, probing: 0 })
})

t.test('closing ends what is under way, what waits for a turn and what waits to be tried again, at once', async (t) => {
  let arrived = 0
  const { client } = await startUpstream(
    t,
    (_, response) => {
      // The first is told to come back much later, the second is never answered.
      if (arrived++ === 0) reply(response, 503, '', { 'retry-after': '1000' })
    },
    { concurrency: 1 },
  )
  const until = { deadline: () => Number.POSITIVE_INFINITY }
  const all = Promise.allSettled(Array.from({ length: 4 }, () => client.fetch(REQUESTS, CREDENTIALS, patient(until))))
  while (arrived < 2) await new Promise((resolve) => setImmediate(resolve))
  t.match(client.state(), { queued: 2, inFlight: 1 })
  await client.close()
  t.match(await all, Array(4).fill({ status: 'rejected', reason: { code: 'SHUTTING_DOWN' } }))
  await t.rejects(client.get('workspaces', {}, CREDENTIALS, patient()), { code: 'SHUTTING_DOWN' })
  t.match(client.state(), { queued: 0, inFlight: 0 })
})
