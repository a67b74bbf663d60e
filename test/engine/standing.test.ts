import t, { type Test } from 'tap'
import { MAIN_WORKSPACE, ORGANISATION_KEY, SECOND_WORKSPACE, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import type { EmulatorOptions } from '../../src/emulator/options.js'
import { entry, tokensFile } from '../teams/file.js'
import { deploy, HOUR, MINUTE, NOW, type Whole, YESTERDAY } from './service.js'

/** Callers bring their own keys. */
const passthrough = (t: Test, env = {}) => deploy(t, {}, { AUTH_MODE: 'passthrough', ...env })
const keyed = (key: string, more = {}) => ({ headers: { 'x-portkey-api-key': key, ...more } })
const mine = keyed(WORKSPACE_KEY)

/** The key is no longer good. */
const revoke = (whole: Whole) => whole.emulator.set({ keys: { other: { workspace: MAIN_WORKSPACE, analytics: true } } })

t.test(
  'a key that came with a request is asked about once a minute, and only where nothing else was asked',
  async (t) => {
    const whole = await passthrough(t)
    t.equal((await whole.ask({}, mine)).calls, 1, 'the answer itself shows that the key is good')
    whole.emulator.setNow(NOW + MINUTE - 1)
    t.equal((await whole.ask({}, mine)).calls, 0)
    whole.emulator.setNow(NOW + MINUTE)
    const again = await whole.ask({}, mine)
    t.equal(again.calls, 1)
    t.equal(again.headers.get('x-upstream-calls'), '1')
    t.equal(again.headers.get('x-cache'), 'hit')
    t.equal((await whole.ask({}, mine)).calls, 0)
  },
)

t.test('those who want to know at the same time ask once', async (t) => {
  const whole = await passthrough(t)
  await whole.ask({}, mine)
  whole.emulator.setNow(NOW + 2 * MINUTE)
  const before = whole.emulator.requests.length
  await Promise.all(Array.from({ length: 20 }, () => whole.ask({}, mine)))
  t.equal(whole.emulator.requests.length - before, 1)
})

t.test('a revoked key is given nothing that is held, a minute later at the latest', async (t) => {
  const whole = await passthrough(t)
  await whole.ask({}, mine)
  await whole.ask({ groupBy: ['modelName'] }, mine)
  revoke(whole)
  whole.emulator.setNow(NOW + MINUTE)
  for (const fields of [{}, { groupBy: ['modelName'] }, { type: 'timeseries', interval: '1 hour' }]) {
    const reply = await whole.ask(fields, mine)
    t.equal(reply.status, 401, JSON.stringify(fields))
    t.strictSame(reply.rows, [])
  }
  // Whatever is asked, once it is known.
  const explained = await whole.ask({}, { ...mine, path: '/v1/metrics/query?explain=analyze' })
  t.equal(explained.status, 401)
})

t.test('a key that meets a refusal is given nothing from then on, however young what is held', async (t) => {
  const whole = await passthrough(t)
  await whole.ask({}, mine)
  revoke(whole)
  t.equal((await whole.ask({ groupBy: ['team'] }, mine)).status, 401)
  t.equal((await whole.ask({}, mine)).status, 401)
})

t.test(
  'while Portkey fails, a key that it took before is given what is held; one that it never saw is not',
  async (t) => {
    const whole = await passthrough(t)
    await whole.ask({}, mine)
    whole.emulator.setNow(NOW + 5 * MINUTE)
    whole.emulator.injectFault({ kind: 'status', status: 503 })
    const held = await whole.ask({}, mine)
    t.equal(held.status, 200)
    t.equal(held.headers.get('x-cache'), 'stale', 'and it is marked: nobody knows whether the key is still good')
    t.match(held.headers.get('warning'), /^110/)
    const before = whole.emulator.requests.length
    t.equal((await whole.ask({}, mine)).headers.get('x-cache'), 'stale')
    t.equal(whole.emulator.requests.length, before, 'it is not asked about again for some seconds')
    t.equal((await whole.ask({}, keyed('a-key-nobody-knows'))).status, 503)
    whole.emulator.clearFaults()
    revoke(whole)
    whole.emulator.setNow(NOW + 7 * MINUTE)
    t.equal((await whole.ask({}, mine)).status, 401)
  },
)

t.test('a key that cannot be asked about, as Portkey wants a break, stops within five minutes', async (t) => {
  const whole = await passthrough(t)
  await whole.ask({}, mine)
  whole.emulator.injectFault({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, { times: 1 })
  await whole.ask({ groupBy: ['modelName'] }, mine)
  revoke(whole)
  whole.emulator.setNow(NOW + 5 * MINUTE - 1)
  const held = await whole.ask({}, mine)
  t.equal(held.status, 200)
  t.equal(held.headers.get('x-cache'), 'stale')
  for (const minutes of [5, 10, 30, 59]) {
    whole.emulator.setNow(NOW + minutes * MINUTE)
    t.equal((await whole.ask({}, mine)).status, 503, `${minutes} minutes later`)
    t.equal((await whole.ask({}, { headers: { ...mine.headers, 'cache-control': 'no-cache' } })).status, 503)
  }
})

t.test(
  'what fails for one question says nothing of a key: it is asked about before anything stale is given',
  async (t) => {
    const whole = await passthrough(t)
    const live = { startTs: '2026-06-10T00:00:00.000Z', endTs: '2026-06-10T12:00:00.000Z', groupBy: ['metadata.env'] }
    t.equal((await whole.ask(live, mine)).status, 200)
    whole.emulator.injectFault({ kind: 'status', status: 500 }, { path: 'groups/metadata' })
    whole.emulator.setNow(NOW + 10 * MINUTE)
    const fresh = { headers: { ...mine.headers, 'cache-control': 'no-cache' } }
    t.equal((await whole.ask(live, fresh)).headers.get('x-cache'), 'stale', 'it is good')
    revoke(whole)
    whole.emulator.setNow(NOW + 20 * MINUTE)
    t.equal((await whole.ask(live, fresh)).status, 401, 'it is not')
  },
)

/** A service with one token, bound to a workspace. */
const bound = async (t: Test, workspace: string, key: string, options: EmulatorOptions = {}) => {
  const file = tokensFile(t, [entry('bound', { workspace, upstreamKey: 'KEY' }), entry('free', { upstreamKey: 'KEY' })])
  return deploy(t, options, { API_TOKENS: '', TOKENS_FILE: file.path, KEY: key })
}
const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const count = (whole: Whole, workspace: string) => {
  const rows = whole.emulator.rows({ start: Date.parse(YESTERDAY.startTs), end: Date.parse(YESTERDAY.endTs) })
  return rows.filter((row) => row.workspace === workspace).length
}

t.test('a token of a workspace gets that workspace with a key of its own, and with the organisation’s', async (t) => {
  for (const key of [WORKSPACE_KEY, ORGANISATION_KEY]) {
    const whole = await bound(t, MAIN_WORKSPACE, key)
    const reply = await whole.ask({}, as('bound'))
    t.equal(reply.rows[0]?.total, count(whole, MAIN_WORKSPACE))
    t.equal(reply.calls, 2, 'one shows the workspace, one answers')
    t.equal((await whole.ask({}, as('bound'))).calls, 0)
    t.equal((await whole.ask({ groupBy: ['modelName'] }, as('bound'))).calls, 1)
  }
  const second = await bound(t, SECOND_WORKSPACE, ORGANISATION_KEY)
  t.equal((await second.ask({}, as('bound'))).rows[0]?.total, count(second, SECOND_WORKSPACE))
})

t.test('with a key of another workspace it gets nothing, though others hold the answer', async (t) => {
  for (const options of [{}, { profile: 'documented' }, { rows: [] }] as const) {
    const whole = await bound(t, SECOND_WORKSPACE, WORKSPACE_KEY, options)
    t.equal((await whole.ask({}, as('free'))).status, 200)
    for (const path of ['/v1/metrics/query', '/v1/metrics/query?explain=analyze']) {
      const reply = await whole.ask({}, { ...as('bound'), path })
      t.equal(reply.status, 502)
      t.equal(reply.code, 'UPSTREAM_FORBIDDEN')
      t.match(reply.message, /bound to the workspace "sandbox"/)
    }
    const values = await fetch(`${whole.url}/v1/metrics/values?datasource=modelMetrics&field=modelName`, as('bound'))
    t.equal(values.status, 502)
    const keys = await fetch(`${whole.url}/v1/virtual-keys`, as('bound'))
    t.equal(keys.status, 502)
  }
})

t.test('a workspace without requests, or without that listing, is known by the list of workspaces', async (t) => {
  for (const options of [{ profile: 'documented' }, { rows: [] }] as const) {
    const whole = await bound(t, MAIN_WORKSPACE, WORKSPACE_KEY, options)
    t.equal((await whole.ask({}, as('bound'))).status, 200)
  }
})

t.test('the list of workspaces is read to its end', async (t) => {
  const whole = await bound(t, SECOND_WORKSPACE, ORGANISATION_KEY, { rows: [], maxPageSize: 1 })
  t.equal((await whole.ask({}, as('bound'))).status, 200)
})

t.test('rows that do not say whose they are are not for who is bound with a key of several workspaces', async (t) => {
  for (const path of ['/v1/virtual-keys', '/v1/log-exports']) {
    for (const [key, count] of [
      [ORGANISATION_KEY, 0],
      [WORKSPACE_KEY, 1],
    ] as const) {
      const whole = await bound(t, MAIN_WORKSPACE, key)
      const read = async (token: string) => Object(await (await fetch(`${whole.url}${path}`, as(token))).json())
      const own = await read('bound')
      t.equal(own.total > 0, count > 0, `${path} ${key}`)
      t.equal(own.data.length > 0, count > 0)
      t.ok((await read('free')).data.length > 0)
    }
  }
})

t.test('the workspace is shown again each hour', async (t) => {
  const whole = await bound(t, MAIN_WORKSPACE, WORKSPACE_KEY)
  await whole.ask({}, as('bound'))
  whole.emulator.set({ keys: { [WORKSPACE_KEY]: { workspace: SECOND_WORKSPACE, analytics: true } } })
  whole.emulator.setNow(NOW + HOUR)
  t.equal((await whole.ask({}, as('bound'))).status, 502)
})
