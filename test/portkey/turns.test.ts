import t from 'tap'
import type { Ask, Claim, Claimants } from '../../src/portkey/ask.js'
import { createTurns, MOST_IN_FLIGHT, type TurnsOptions } from '../../src/portkey/turns.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { patient } from './upstream.js'

type Leave = Awaited<ReturnType<ReturnType<typeof createTurns>['enter']>>

/** Turns on a clock of their own, and what had a turn so far, by name and moment. */
function start(options: Partial<TurnsOptions> = {}) {
  const clock: FakeClock = fakeClock(0)
  const turns = createTurns({ concurrency: 4, requestsPerSecond: 10, clock, ...options })
  const order: string[] = []
  const moments: number[] = []
  const places: Leave[] = []
  const ask = (over: Partial<Ask> = {}): Ask => patient({ deadline: () => clock.now() + 60_000, ...over })
  const enter = async (name: string, over: Partial<Ask> = {}, key = 'a key') => {
    const leave = await turns.enter(key, ask(over))
    order.push(name)
    moments.push(clock.now())
    places.push(leave)
    return leave
  }
  return { clock, turns, order, moments, places, enter }
}

const leaveAll = (places: Leave[]) => {
  for (const leave of places.splice(0)) leave({ kind: 'success' })
}

t.test('no more at once than the key may, and a place given back twice is one', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 2 })
  const all = Array.from({ length: 5 }, (_, index) => enter(`${index}`))
  await clock.pass(0)
  t.strictSame(order, ['0', '1'])
  t.match(turns.state(), { queued: 3, inFlight: 2 })
  const [first] = places
  first?.({ kind: 'success' })
  first?.({ kind: 'success' })
  await clock.pass(0)
  t.strictSame(order, ['0', '1', '2'])
  while (order.length < 5) {
    leaveAll(places)
    await clock.pass(0)
  }
  leaveAll(places)
  await Promise.all(all)
  t.match(turns.state(), { queued: 0, inFlight: 0 })
})

t.test('a question of two hundred calls does not starve one of a single call', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 1, requestsPerSecond: 1_000 })
  const large = {}
  const all = Array.from({ length: 200 }, (_, index) => enter(`large ${index}`, { lane: large }))
  await clock.pass(0)
  all.push(enter('small'))
  for (let turn = 0; turn < 4; turn++) {
    leaveAll(places)
    await clock.pass(1)
  }
  t.strictSame(order.slice(0, 3), ['large 0', 'large 1', 'small'].toSorted())
  turns.close()
  await Promise.allSettled(all)
})

t.test('the ceiling holds, whoever asks, and each key has its own', async (t) => {
  const { clock, moments, order, places, enter } = start({ concurrency: 100 })
  const all = Array.from({ length: 40 }, (_, index) => enter(`${index}`))
  const other = Array.from({ length: 5 }, () => enter('other', {}, 'another key'))
  await clock.pass(0)
  t.equal(order.length, 15, 'a second’s worth of one, and all of the other')
  await clock.pass(2_000)
  t.equal(order.length, 15 + 20)
  await clock.pass(1_000)
  await Promise.all([...all, ...other])
  t.strictSame(moments.slice(-3), [2_800, 2_900, 3_000])
  leaveAll(places)
  t.equal(clock.pending(), 0)
})

t.test('a 429 halves the pace; its break stops the queue, and sends away who cannot wait for its end', async (t) => {
  const { clock, order, moments, enter } = start({ concurrency: 100 })
  const first = await enter('first')
  await Promise.all(Array.from({ length: 9 }, (_, index) => enter(`burst ${index}`)))
  const patients = [enter('patient 0'), enter('patient 1')]
  const hurried = enter('hurried', { deadline: () => 3_000 })
  hurried.catch(() => undefined)
  await clock.pass(0)
  first({ kind: 'limited', waitMs: 5_000 })
  await t.rejects(hurried, { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 5 })
  await t.rejects(enter('later', { deadline: () => 3_000 }), { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 5 })
  await clock.pass(4_999)
  t.equal(order.length, 10)
  await clock.pass(1)
  await Promise.all(patients)
  t.strictSame(moments.slice(-2), [5_000, 5_000])
  // Five a second from now on: three tokens are left of the second's worth.
  const rest = Array.from({ length: 8 }, (_, index) => enter(`rest ${index}`))
  await clock.pass(1_000)
  await Promise.all(rest)
  t.strictSame(moments.slice(-8), [5_000, 5_000, 5_000, 5_200, 5_400, 5_600, 5_800, 6_000])
})

t.test('who goes away leaves the queue at once, and costs nobody a turn', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 1 })
  const caller = new AbortController()
  const first = enter('first')
  const gone = [enter('gone', { signal: caller.signal }), enter('gone too', { signal: caller.signal })]
  const next = enter('next')
  await clock.pass(0)
  caller.abort(new Error('the caller left'))
  for (const one of gone) await t.rejects(one, /the caller left/)
  t.match(turns.state(), { queued: 1, inFlight: 1 })
  await first
  leaveAll(places)
  await next
  t.strictSame(order, ['first', 'next'])
  await t.rejects(enter('never', { signal: caller.signal }), /the caller left/)
})

t.test('what cannot have its turn in time is told at once, and by how much it is late', async (t) => {
  const { clock, turns, enter } = start({ concurrency: 100 })
  const deadline = () => 2_000
  const lane = {}
  const all = Array.from({ length: 26 }, (_, index) => enter(`${index}`, { deadline, lane }))
  const results = await Promise.allSettled([enter('late', { deadline, lane })])
  t.match(results, [{ status: 'rejected', reason: { code: 'OVERLOADED', retryAfterSeconds: 1 } }])
  t.equal(turns.state().queued, 16, 'ten went, and the others fit')
  const small = enter('a small question', { deadline })
  await clock.pass(300)
  await small
  await clock.pass(1_700)
  await Promise.allSettled(all)
})

t.test('slow answers count as much as the pace does', async (t) => {
  const { clock, places, enter } = start({ concurrency: 2, requestsPerSecond: 1_000 })
  const lane = {}
  const first = enter('first')
  await clock.pass(4_000)
  await first
  leaveAll(places)
  const all = Array.from({ length: 20 }, (_, index) =>
    enter(`${index}`, { lane, deadline: () => 24_000 }).catch((error: Error) => error),
  )
  await clock.pass(0)
  // Two at once, four seconds each: some ten go within twenty seconds, with prudence eight.
  const refused = (await Promise.race([Promise.all(all.slice(10)), clock.pass(10).then(() => [])])).length
  t.equal(refused, 10)
  const caller = await Promise.race([all[7], clock.pass(10).then(() => 'waits')])
  t.equal(caller, 'waits')
})

t.test('in a flood the time that this process works is not taken for the upstream’s', async (t) => {
  const { clock, places, enter } = start({ concurrency: 8, requestsPerSecond: 200 })
  const warm = enter('warm')
  await clock.pass(100)
  await warm
  leaveAll(places)
  clock.work(true)
  for (let round = 0; round < 10; round++) {
    const some = Array.from({ length: 8 }, () => enter('slowed by the flood'))
    await clock.pass(2_000)
    await Promise.all(some)
    leaveAll(places)
  }
  clock.work(false)
  let refused = 0
  const all = Array.from({ length: 500 }, () =>
    enter('flood').catch(() => {
      refused += 1
    }),
  )
  await clock.pass(0)
  t.equal(refused, 0, 'five hundred take some seven seconds, and they have sixty')
  for (let round = 0; round < 63; round++) {
    leaveAll(places)
    await clock.pass(100)
  }
  leaveAll(places)
  await Promise.all(all)
})

t.test('retry-after is at most what the queue takes', async (t) => {
  const { clock, places, turns, enter } = start({ concurrency: 2, requestsPerSecond: 1_000 })
  const first = enter('first')
  await clock.pass(1_000)
  await first
  leaveAll(places)
  const deadline = () => Number.POSITIVE_INFINITY
  const all = Array.from({ length: 22 }, () => enter('patient', { deadline }).catch(() => undefined))
  await clock.pass(0)
  // Twenty wait and two are under way: eleven rounds of a second.
  await t.rejects(enter('late', { deadline: () => clock.now() - 60_000 }), {
    code: 'OVERLOADED',
    retryAfterSeconds: 11,
  })
  turns.close()
  await Promise.all(all)
})

t.test('a turn that comes after the deadline is none', async (t) => {
  const { clock, order, places, enter } = start({ concurrency: 1 })
  const first = enter('first')
  const late = enter('late', { deadline: () => 500 })
  late.catch(() => undefined)
  const next = enter('next')
  await clock.pass(501)
  await first
  leaveAll(places)
  await t.rejects(late, { code: 'OVERLOADED' })
  await next
  t.strictSame(order, ['first', 'next'])
})

t.test('a deadline that moves on while it waits is believed', async () => {
  const { clock, places, enter } = start({ concurrency: 1 })
  let until = 500
  const first = enter('first')
  const joined = enter('joined', { deadline: () => until })
  await clock.pass(400)
  until = 5_000
  await clock.pass(400)
  await first
  leaveAll(places)
  await joined
})

t.test('what waits is bounded: of one principal, and in all', async (t) => {
  const { turns, enter } = start({ concurrency: 1, requestsPerSecond: 10_000 })
  const deadline = () => Number.POSITIVE_INFINITY
  const results: Promise<unknown>[] = []
  const fill = (share: string, key: string, count: number) => {
    // A hundred questions that ask a hundred and more calls each.
    const lanes = Array.from({ length: 100 }, () => ({}))
    for (let index = 0; index < count; index++) {
      const over = { deadline, share, lane: lanes[index % 100] ?? {} }
      results.push(enter('', over, key).catch((error: unknown) => error))
    }
  }
  fill('flood', 'one', 10_001)
  t.equal(turns.state().queued, 10_000)
  const refused = { code: 'OVERLOADED', message: /^10000 Portkey calls of this caller/, retryAfterSeconds: Number }
  await t.rejects(enter('', { deadline, share: 'flood' }, 'one'), refused, 'alone it may have so many')
  fill('other', 'one', 300)
  t.equal(turns.state().queued, 10_300, 'another has its own part')
  await t.rejects(enter('', { deadline, share: 'flood' }, 'one'), refused)
  for (let more = 0; turns.state().queued < 20_000; more++) {
    fill(`flood ${more}`, 'two', Math.ceil((20_000 - turns.state().queued) / 2) + 2)
  }
  t.equal(turns.state().queued, 20_000)
  await t.rejects(enter('', { deadline, share: 'late' }, 'one'), {
    code: 'OVERLOADED',
    message: /^Too many Portkey calls of other callers/,
  })
  await enter('', { deadline, share: 'late' }, 'a key that is free')
  for (let key = 3; key < MOST_IN_FLIGHT; key++) await enter('', { deadline, share: 'late' }, `key ${key}`)
  await t.rejects(
    enter('', { deadline, share: 'late' }, 'a key that would wait for a socket'),
    { code: 'OVERLOADED' },
    'whatever it waits for',
  )
  turns.close()
  await Promise.all(results)
  t.match(turns.state(), { queued: 0, inFlight: MOST_IN_FLIGHT })
})

t.test('a principal that floods leaves another every second turn', async (t) => {
  const { clock, order, places, turns, enter } = start({ concurrency: 2, requestsPerSecond: 1_000 })
  // Five hundred questions of one call each.
  const all = Array.from({ length: 500 }, () => enter('flood', { share: 'flood', lane: {} }))
  await clock.pass(0)
  const [large, small] = [{}, {}]
  for (let index = 0; index < 8; index++) all.push(enter('large', { share: 'other', lane: large }))
  for (let index = 0; index < 2; index++) all.push(enter('small', { share: 'other', lane: small }))
  while (order.length < 22) {
    leaveAll(places)
    await clock.pass(10)
  }
  const others = order.slice(2, 22)
  t.equal(others.filter((name) => name === 'flood').length, 10, 'all ten within twenty turns')
  t.strictSame(
    others.filter((name) => name !== 'flood'),
    ['large', 'small', 'large', 'small', ...Array(6).fill('large')],
    'and its own questions take turns within its own',
  )
  turns.close()
  await Promise.allSettled(all)
})

t.test('whose turn cannot come in time depends on its principal’s own requests', async (t) => {
  const { clock, turns, enter } = start({ concurrency: 100 })
  const deadline = () => 4_000
  const all = Array.from({ length: 60 }, () => enter('flood', { share: 'flood', deadline }).catch(() => undefined))
  await clock.pass(0)
  await t.rejects(enter('flood', { share: 'flood', deadline }), { code: 'OVERLOADED' })
  const other = enter('other', { share: 'other', deadline })
  await clock.pass(200)
  await other
  turns.close()
  await Promise.all(all)
})

/** Those who wait for one answer, of whom the first asked; others may join. */
const company = (first: Claim) => {
  const all = [first]
  const listeners = new Set<(claim: Claim) => void>()
  const claimants: Claimants = {
    now: () => all,
    onJoin: (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
  }
  const join = (claim: Claim) => {
    all.push(claim)
    for (const tell of listeners) tell(claim)
  }
  return { ask: { ...first, claimants }, join, listeners }
}

t.test('who joins one that waits brings it his own turn, where that comes sooner', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 1, requestsPerSecond: 1_000 })
  const first = await enter('first')
  const all = Array.from({ length: 50 }, () => enter('flood', { share: 'flood' }))
  const shared = company({ share: 'flood', lane: {} })
  all.push(enter('shared', shared.ask), enter('other', { share: 'other' }))
  await clock.pass(0)
  shared.join({ share: 'flood', lane: {} })
  shared.join({ share: 'third', lane: {} })
  shared.join({ share: 'other', lane: {} })
  t.match(turns.state(), { queued: 52 })
  first({ kind: 'success' })
  for (let turn = 0; turn < 4; turn++) {
    await clock.pass(1)
    leaveAll(places)
  }
  t.strictSame(order.slice(0, 4), ['first', 'flood', 'other', 'shared'])
  t.equal(shared.listeners.size, 0, 'and then nobody listens')
  turns.close()
  await Promise.allSettled(all)
  t.match(turns.state(), { queued: 0 })
})

t.test('one that several wait for when it asks takes the turn that comes first', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 1, requestsPerSecond: 1_000 })
  await enter('first')
  const all = Array.from({ length: 50 }, () => enter('flood', { share: 'flood' }))
  const shared = company({ share: 'flood', lane: {} })
  shared.join({ share: 'other', lane: {} })
  const caller = new AbortController()
  const gone = enter('shared', { ...shared.ask, signal: caller.signal })
  gone.catch(() => undefined)
  const stays = enter('shared', shared.ask)
  await clock.pass(0)
  caller.abort(new Error('the caller left'))
  await t.rejects(gone, /the caller left/)
  t.match(turns.state(), { queued: 51 })
  for (let turn = 0; turn < 4; turn++) {
    leaveAll(places)
    await clock.pass(1)
  }
  await stays
  t.ok(order.slice(0, 4).includes('shared'))
  turns.close()
  await Promise.allSettled(all)
})

t.test('a break and its end are everybody’s', async (t) => {
  const { clock, order, moments, enter } = start({ concurrency: 1 })
  const first = await enter('first', { share: 'one' })
  const all = [enter('one', { share: 'one' }), enter('one', { share: 'one' }), enter('other', { share: 'other' })]
  const hurried = ['one', 'other'].map((share) => enter('hurried', { share, deadline: () => 3_000 }))
  for (const wait of hurried) wait.catch(() => undefined)
  await clock.pass(0)
  first({ kind: 'limited', waitMs: 5_000 })
  for (const wait of hurried) await t.rejects(wait, { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 5 })
  for (const wait of all) wait.then((leave) => leave({ kind: 'success' }))
  await clock.pass(6_000)
  t.strictSame(order, ['first', 'one', 'other', 'one'])
  t.equal(moments[1], 5_000)
})

t.test('over all keys no more are in flight than there are sockets, and keys take turns', async (t) => {
  const { clock, turns, order, places, enter } = start({ concurrency: 200, requestsPerSecond: 10_000 })
  const all = ['a', 'b', 'c'].flatMap((key) => Array.from({ length: 150 }, () => enter(key, {}, key)))
  await clock.pass(0)
  t.equal(turns.state().inFlight, 256)
  places.shift()?.({ kind: 'success' })
  places.shift()?.({ kind: 'success' })
  await clock.pass(0)
  t.equal(turns.state().inFlight, 256)
  t.strictSame(order.slice(-2).sort(), ['b', 'c'])
  while (order.length < 450) {
    leaveAll(places)
    await clock.pass(0)
  }
  await Promise.all(all)
})

t.test('keys that nothing is known of are forgotten, and there is a bound on the others', async (t) => {
  const { clock, turns, places, enter } = start()
  for (let key = 0; key < 50; key++) await enter('', {}, `key ${key}`)
  leaveAll(places)
  t.equal(turns.state().keys, 50)
  await clock.pass(1_000)
  await enter('', {}, 'a new key')
  t.equal(turns.state().keys, 1)
  for (let key = 0; key < 2_000; key++) {
    const leave = await enter('', {}, `slow ${key}`)
    leave({ kind: 'limited', waitMs: 100_000 })
  }
  t.equal(turns.state().keys, 1_000)
})

t.test('closing sends away who waits and who comes, and leaves no timer', async (t) => {
  const { clock, turns, enter } = start({ concurrency: 100 })
  const all = Array.from({ length: 15 }, () => enter('').catch((error: unknown) => error))
  await clock.pass(0)
  t.equal(clock.pending(), 1)
  turns.close()
  t.match((await Promise.all(all)).slice(10), Array(5).fill({ code: 'SHUTTING_DOWN' }))
  await t.rejects(enter(''), { code: 'SHUTTING_DOWN' })
  t.equal(clock.pending(), 0)
})
