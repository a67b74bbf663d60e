import t from 'tap'
import type { Fault } from '../../src/emulator/emulator.js'
import { deploy, dig, HOUR, NOW, numberAt, SANE_HEADERS, windowOf } from './deployment.js'

const WINDOW = windowOf(NOW - 24 * HOUR, NOW)
const PATH = 'analytics/graphs/requests'

t.test('an injected status, with its body and headers or one of its own', async (t) => {
  const { get, emulator } = await deploy(t)
  emulator.injectFault({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, { times: 1 })
  const limited = await get(PATH, WINDOW)
  t.match(limited, { status: 429, body: { code: 'AB06' } })
  t.equal(limited.headers.get('retry-after'), '7')
  emulator.injectFault({ kind: 'status', status: 502, body: 'null' }, { times: 1 })
  t.match(await get(PATH, WINDOW), { status: 502, text: 'null' })
  t.equal((await get(PATH, WINDOW)).status, 200, 'times are counted')
})

t.test('faults strike the paths they are for, first in first out, until cleared', async (t) => {
  const { get, emulator } = await deploy(t)
  emulator.injectFault({ kind: 'status', status: 500 }, { path: 'groups/' })
  emulator.injectFault({ kind: 'status', status: 503 }, { times: 1 })
  t.equal((await get('analytics/groups/users', WINDOW)).status, 500)
  t.equal((await get(PATH, WINDOW)).status, 503)
  t.equal((await get(PATH, WINDOW)).status, 200)
  t.equal((await get('analytics/groups/users', WINDOW)).status, 500)
  emulator.clearFaults()
  t.equal((await get('analytics/groups/users', WINDOW)).status, 200)
})

t.test('broken connections break the call', async (t) => {
  for (const kind of ['reset', 'resetMidBody'] as const) {
    const { get, emulator } = await deploy(t)
    emulator.injectFault({ kind }, { times: 1 })
    await t.rejects(get(PATH, WINDOW), kind)
    t.equal((await get(PATH, WINDOW)).status, 200)
  }
})

t.test('a hanging call ends when the emulator closes', async (t) => {
  for (const fault of [{ kind: 'hang' }, { kind: 'slow', ms: 3_600_000 }] satisfies Fault[]) {
    const { get, emulator } = await deploy(t)
    emulator.injectFault(fault)
    const pending = t.rejects(get(PATH, WINDOW), fault.kind)
    while (emulator.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await emulator.close()
    await pending
  }
})

t.test('bodies that are not what they should be', async (t) => {
  const { get, emulator } = await deploy(t)
  emulator.injectFault({ kind: 'truncatedJson' }, { times: 1 })
  const truncated = await get(PATH, WINDOW)
  t.equal(truncated.status, 200)
  t.match(truncated.text, /^\{"object"/)
  t.equal(truncated.body, undefined)
  emulator.injectFault({ kind: 'notJson' }, { times: 1 })
  t.match(await get(PATH, WINDOW), { status: 200, text: /^<html>/ })
  emulator.injectFault({ kind: 'wrongTypes' }, { times: 1 })
  const wrong = await get(PATH, WINDOW)
  t.not(typeof dig(wrong.body, 'summary', 'total'), 'number')
  t.not(typeof dig(wrong.body, 'data_points', 1, 'total'), 'number')
  emulator.injectFault({ kind: 'redirect', location: 'http://127.0.0.1:1/elsewhere' }, { times: 1 })
  const moved = await get(PATH, WINDOW)
  t.equal(moved.status, 302)
  t.equal(moved.headers.get('location'), 'http://127.0.0.1:1/elsewhere')
})

t.test('over quota: flagged in both profiles, and the numbers are short', async (t) => {
  for (const profile of ['live', 'documented'] as const) {
    const { get, emulator } = await deploy(t, { profile })
    const whole = numberAt((await get(PATH, WINDOW)).body, 'summary', 'total')
    emulator.injectFault({ kind: 'quota' })
    for (const path of [PATH, 'analytics/groups/users', 'analytics/summary/cache']) {
      t.equal(dig((await get(path, WINDOW)).body, 'is_quota_exceeded'), true, path)
    }
    t.ok(numberAt((await get(PATH, WINDOW)).body, 'summary', 'total') < whole)
  }
})

t.test('every request is on record, decoded, refused ones too', async (t) => {
  const { get, emulator } = await deploy(t)
  await get('analytics/groups/metadata/a%2Fb', { ...WINDOW, metadata: '{"team":"R&D"}' })
  await get('nowhere', {}, { ...SANE_HEADERS, 'x-portkey-api-key': 'wrong' })
  t.match(emulator.requests, [
    { method: 'GET', path: '/v1/analytics/groups/metadata/a%2Fb', query: { metadata: '{"team":"R&D"}' }, at: NOW },
    { method: 'GET', path: '/v1/nowhere', query: {}, at: NOW },
  ])
  emulator.resetRequests()
  t.equal(emulator.requests.length, 0)
})

t.test('answers can be made slow', async (t) => {
  const { get, emulator } = await deploy(t)
  emulator.set({ latencyMs: 1 })
  emulator.injectFault({ kind: 'slow', ms: 1 }, { times: 1 })
  t.equal((await get(PATH, WINDOW)).status, 200)
})
