import t, { type Test } from 'tap'
import { NO_SECOND_LEVEL } from '../../src/cache/second-level.js'
import { type Asker, createUpstream } from '../../src/cache/upstream.js'
import { ServiceError } from '../../src/errors.js'
import type { Fetched } from '../../src/portkey/answer.js'
import type { Call } from '../../src/portkey/call.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOON = Date.parse('2026-06-10T12:00:00.000Z')
const ME = { scope: 'mine', key: 'a-key', workspace: null }

const requests = (start: number, end: number): Call => ({
  endpoint: { kind: 'graph', name: 'requests' },
  window: { start, end },
  filters: {},
  columns: [],
})
const SETTLED = requests(NOON - 3 * HOUR, NOON - 2 * HOUR)
const LIVE = requests(NOON - HOUR, NOON + HOUR)

/** An upstream whose every answer is the number of times it was asked; it can be made to fail or to wait. */
function world(t: Test, options: { readonly patienceMs?: number; readonly maxBytes?: number } = {}) {
  const state = { now: NOON, asked: 0, fails: null as Error | null, wait: null as Promise<void> | null }
  const calls: Call[] = []
  const upstream = createUpstream({
    fetch: async (call, _credentials, ask): Promise<Fetched> => {
      state.asked += 1
      calls.push(call)
      const total = state.asked
      const fetchedAt = state.now
      ask.onSent()
      const cancelled = new Promise<never>((_, reject) =>
        ask.signal.addEventListener('abort', () => reject(ask.signal.reason), { once: true }),
      )
      if (state.wait) await Promise.race([state.wait, cancelled])
      if (state.fails) throw state.fails
      const step = HOUR
      const starts = Array.from(
        { length: (call.window.end - call.window.start) / step },
        (_, at) => Math.floor(call.window.start / step) * step + at * step,
      )
      const answer = {
        kind: 'series',
        starts,
        fields: { total: starts.map(() => total) },
        summary: { total },
        step,
      } as const
      return { answer, requests: 1, fetchedAt }
    },
    second: NO_SECOND_LEVEL,
    policy: { settleMs: 10 * MINUTE, liveTtlMs: 15_000, staleMaxMs: 24 * HOUR },
    maxBytes: options.maxBytes ?? 1_000_000,
    patienceMs: options.patienceMs ?? 10_000,
    now: () => state.now,
  })
  t.teardown(() => upstream.close())
  const controller = new AbortController()
  const asker = (parts: Partial<Asker> = {}): Asker => ({
    signal: controller.signal,
    deadline: performance.now() + 60_000,
    share: 'a principal',
    lane: {},
    onSent: () => {},
    notBefore: () => 0,
    ...parts,
  })
  const ask = async (call: Call, parts: Partial<Asker> = {}, caller = ME) => {
    const { answer, origin, requests } = await upstream.fetch(call, caller, asker(parts))
    return { total: answer.kind === 'series' ? answer.summary.total : undefined, origin, requests }
  }
  return { state, calls, upstream, ask, asker }
}

const unavailable = new ServiceError('UPSTREAM_UNAVAILABLE', 'Portkey is away.')
const soon = () => new Promise((resolve) => setImmediate(resolve))

t.test('a settled answer is asked for once, an unsettled one again after the live time', async (t) => {
  const { state, ask } = world(t)
  t.strictSame(await ask(SETTLED), { total: 1, origin: 'fetched', requests: 1 })
  t.strictSame(await ask(LIVE), { total: 2, origin: 'fetched', requests: 1 })
  state.now += 14_000
  t.strictSame(await ask(LIVE), { total: 2, origin: 'held', requests: 0 })
  state.now += HOUR
  t.strictSame(await ask(SETTLED), { total: 1, origin: 'held', requests: 0 })
  t.strictSame(await ask(LIVE), { total: 3, origin: 'fetched', requests: 1 })
})

t.test('just after the live time the old answer is given while a new one is fetched', async (t) => {
  const { state, ask } = world(t)
  await ask(LIVE)
  state.now += 20_000
  t.strictSame(await ask(LIVE), { total: 1, origin: 'held', requests: 0 })
  await soon()
  t.equal(state.asked, 2)
  t.strictSame(await ask(LIVE), { total: 2, origin: 'held', requests: 0 })
})

t.test('nothing is shared across scopes, filters or windows', async (t) => {
  const { ask } = world(t)
  await ask(SETTLED)
  t.equal((await ask(SETTLED, {}, { ...ME, scope: 'another' })).total, 2)
  t.equal((await ask({ ...SETTLED, filters: { metadata: { team: 'a' } } })).total, 3)
  t.equal((await ask({ ...SETTLED, window: { ...SETTLED.window, end: SETTLED.window.end - 1 } })).total, 4)
})

t.test('a hundred at once are one call, which only the first one sent', async (t) => {
  const { state, ask } = world(t)
  const parts = await Promise.all(Array.from({ length: 100 }, () => ask(SETTLED)))
  t.equal(state.asked, 1)
  t.equal(parts.filter(({ origin }) => origin === 'joined').length, 99)
  t.equal(
    parts.reduce((sum, { requests }) => sum + requests, 0),
    1,
  )
})

t.test('who leaves cancels the call only when nobody else waits', async (t) => {
  const { state, ask, upstream, asker } = world(t)
  let land = () => {}
  state.wait = new Promise((resolve) => {
    land = resolve
  })
  const [one, other] = [new AbortController(), new AbortController()]
  const first = upstream.fetch(LIVE, ME, asker({ signal: one.signal }))
  const second = upstream.fetch(LIVE, ME, asker({ signal: other.signal }))
  await soon()
  one.abort(new Error('gone'))
  await t.rejects(first, { message: 'gone' })
  land()
  t.equal((await second).origin, 'joined')
  t.equal(state.asked, 1)
  state.wait = new Promise(() => {})
  const alone = upstream.fetch(SETTLED, ME, asker({ signal: other.signal }))
  await soon()
  other.abort(new Error('gone too'))
  await t.rejects(alone, { message: 'gone too' })
  state.wait = null
  t.equal((await ask(SETTLED)).origin, 'fetched', 'the next one asks anew')
})

t.test('what must be newer is asked again, and what was under way before does not count', async (t) => {
  const { state, ask } = world(t)
  await ask(SETTLED)
  state.now += 1
  t.strictSame(await ask(SETTLED, { notBefore: () => state.now }), { total: 2, origin: 'fetched', requests: 1 })
  t.strictSame(await ask(SETTLED), { total: 2, origin: 'held', requests: 0 }, 'for everybody')
  const early = ask(LIVE)
  await soon()
  const late = ask(LIVE, { notBefore: () => NOON + HOUR })
  state.now = NOON + HOUR
  t.equal((await early).total, 3)
  t.equal((await late).total, 4)
})

t.test('where the upstream fails, what is held stands in, but not for ever', async (t) => {
  const { state, ask } = world(t)
  await ask(LIVE)
  state.fails = unavailable
  state.now += HOUR
  t.strictSame(await ask(LIVE), { total: 1, origin: 'stale', requests: 0 })
  state.now = NOON + 24 * HOUR
  t.equal((await ask(LIVE)).origin, 'stale')
  state.now += 1
  await t.rejects(ask(LIVE), unavailable)
  await t.rejects(ask(SETTLED), unavailable, 'nothing is held of it')
})

t.test('a refused key is no failure: nothing stands in for it', async (t) => {
  const { state, ask } = world(t)
  await ask(LIVE)
  state.now += HOUR
  for (const code of ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_FORBIDDEN'] as const) {
    state.fails = new ServiceError(code, 'refused')
    await t.rejects(ask(LIVE), { code })
  }
})

t.test('failures are not kept', async (t) => {
  const { state, ask } = world(t)
  state.fails = unavailable
  await t.rejects(ask(SETTLED), unavailable)
  state.fails = null
  t.strictSame(await ask(SETTLED), { total: 2, origin: 'fetched', requests: 1 })
})

t.test('a slow upstream is not waited for longer than patience when there is a stand-in', async (t) => {
  const { state, ask } = world(t, { patienceMs: 5 })
  await ask(LIVE)
  state.now += HOUR
  let land = () => {}
  state.wait = new Promise((resolve) => {
    land = resolve
  })
  t.strictSame(await ask(LIVE), { total: 1, origin: 'stale', requests: 0 })
  land()
  await soon()
  t.strictSame(await ask(LIVE), { total: 2, origin: 'held', requests: 0 }, 'the slow answer came after all')
})

t.test('points of one window serve another', async (t) => {
  const { state, ask, upstream } = world(t)
  const day = requests(NOON - 24 * HOUR, NOON)
  await ask(day)
  const wanted = (start: number, end: number) => ({
    span: { start, end },
    step: HOUR,
    fields: ['total'],
    notBefore: () => 0,
    stale: false,
  })
  const call = requests(NOON - 6 * HOUR, NOON - 2 * HOUR)
  t.notOk(upstream.holds(call, ME, () => 0))
  const tiles = upstream.tiles(call, ME, wanted(NOON - 6 * HOUR, NOON - 2 * HOUR))
  t.equal(tiles?.points.length, 4)
  t.same(
    tiles?.points.map(({ values }) => values.total),
    [1, 1, 1, 1],
  )
  t.equal(upstream.tiles(call, { ...ME, scope: 'another' }, wanted(NOON - 2 * HOUR, NOON - HOUR)), null)
  t.equal(upstream.tiles({ ...call, filters: { statusCodes: [500] } }, ME, wanted(NOON - 2 * HOUR, NOON - HOUR)), null)
  t.equal(upstream.tiles(call, ME, { ...wanted(NOON - 2 * HOUR, NOON - HOUR), step: 10 * MINUTE }), null)
  t.equal(upstream.tiles(call, ME, { ...wanted(NOON - 2 * HOUR, NOON - HOUR), fields: ['p99'] }), null)
  state.now += 16_000
  t.equal(upstream.tiles(call, ME, wanted(NOON - 2 * HOUR, NOON)), null, 'the last hour had not settled')
  t.equal(upstream.tiles(call, ME, { ...wanted(NOON - 2 * HOUR, NOON), stale: true })?.stale, true)
})

t.test('a bucket that the call covered in part is no point', async (t) => {
  const { ask, upstream } = world(t)
  const cut = requests(NOON - 6 * HOUR + 30 * MINUTE, NOON - 3 * HOUR + 30 * MINUTE)
  await ask(cut)
  const hour = (start: number) =>
    upstream.tiles(cut, ME, {
      span: { start, end: start + HOUR },
      step: HOUR,
      fields: ['total'],
      notBefore: () => 0,
      stale: false,
    })
  t.equal(hour(NOON - 6 * HOUR), null)
  t.ok(hour(NOON - 5 * HOUR))
})

t.test('running sums are of their own call alone', async (t) => {
  const { ask, upstream } = world(t)
  const savings: Call = { ...SETTLED, endpoint: { kind: 'graph', name: 'cache/hit-rate' } }
  await ask(savings)
  const fields = (names: readonly string[]) =>
    upstream.tiles(savings, ME, { span: savings.window, step: HOUR, fields: names, notBefore: () => 0, stale: false })
  t.ok(fields(['total']))
  t.equal(fields(['simpleSavings']), null)
})

t.test('memory is bounded in bytes', async (t) => {
  const { ask, upstream, state } = world(t, { maxBytes: 20_000 })
  for (let day = 0; day < 200; day++) await ask(requests(NOON - (day + 3) * 24 * HOUR, NOON - (day + 2) * 24 * HOUR))
  t.ok(upstream.bytes() <= 20_000)
  t.ok(upstream.bytes() > 5_000)
  t.equal((await ask(requests(NOON - 202 * 24 * HOUR, NOON - 201 * 24 * HOUR))).origin, 'held', 'the latest are held')
  t.equal(state.asked, 200)
})
