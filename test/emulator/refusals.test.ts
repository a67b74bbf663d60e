import t from 'tap'
import { trafficRow } from '../../src/emulator/emulator.js'
import { deploy, dig, HOUR, listAt, NOW, windowOf } from './deployment.js'

const WINDOW = windowOf(NOW - HOUR, NOW)
const PATH = 'analytics/graphs/requests'

t.test('the edge, the key, the permission, the route: refused in this order', async (t) => {
  const keys = {
    good: { workspace: 'production', analytics: true },
    plain: { workspace: 'production', analytics: false },
  }
  const { get } = await deploy(t, { keys })
  const agent = { 'user-agent': 'a-product/1.0' }
  for (const library of ['node', 'undici', 'Python-urllib/3.12', '']) {
    const blocked = await get(PATH, WINDOW, { 'x-portkey-api-key': 'good', 'user-agent': library })
    t.equal(blocked.status, 403, library)
    t.match(blocked.text, '1010')
    t.equal(blocked.body, undefined, 'not JSON')
  }
  for (const headers of [agent, { ...agent, 'x-portkey-api-key': 'toString' }]) {
    const unknown = await get(PATH, WINDOW, headers)
    t.match(unknown, { status: 401, body: { error: { code: 'AB05' } } })
  }
  t.match(await get(PATH, WINDOW, { ...agent, 'x-portkey-api-key': 'plain' }), {
    status: 403,
    body: { code: 'AB03' },
  })
  t.equal((await get('virtual-keys', {}, { ...agent, 'x-portkey-api-key': 'plain' })).status, 200)
  const good = { ...agent, 'x-portkey-api-key': 'good' }
  for (const path of ['analytics/graphs/nothing', 'analytics/groups/__proto__', 'analytics/groups/metadata/', 'x']) {
    t.match(await get(path, WINDOW, good), { status: 404, body: { error: { code: 'AB02' } } }, path)
  }
  t.equal((await get(PATH, WINDOW, good)).status, 200)
})

t.test('a workspace key ignores workspace_slug; an organisation key chooses by it', async (t) => {
  const rows = ['production', 'sandbox', 'sandbox'].map((workspace, n) => trafficRow({ at: NOW - n, workspace }))
  const { get } = await deploy(t, { rows })
  const totalFor = async (key: string, slug?: string): Promise<unknown> => {
    const parameters = slug === undefined ? WINDOW : { ...WINDOW, workspace_slug: slug }
    const { body, status } = await get(PATH, parameters, { 'x-portkey-api-key': key, 'user-agent': 'a/1' })
    return status === 200 ? dig(body, 'summary', 'total') : status
  }
  t.equal(await totalFor('demo-workspace-key'), 1)
  t.equal(await totalFor('demo-workspace-key', 'sandbox'), 1)
  t.equal(await totalFor('demo-workspace-key', 'nowhere'), 1)
  t.equal(await totalFor('demo-org-key'), 3)
  t.equal(await totalFor('demo-org-key', 'sandbox'), 2)
  t.equal(await totalFor('demo-org-key', 'nowhere'), 403)
})

t.test("a member's key sees its own traffic, with a 200", async (t) => {
  const rows = ['ann', 'bob', 'bob'].map((_user, n) => trafficRow({ at: NOW - n, metadata: { _user } }))
  const { get } = await deploy(t, {
    rows,
    keys: { member: { workspace: 'production', analytics: true, user: 'bob' } },
  })
  const headers = { 'x-portkey-api-key': 'member', 'user-agent': 'a/1' }
  t.match(await get(PATH, WINDOW, headers), { status: 200, body: { summary: { total: 2 } } })
  t.equal(listAt((await get('analytics/groups/users', WINDOW, headers)).body, 'data').length, 1)
})

t.test('times are ISO 8601, both required', async (t) => {
  const { get } = await deploy(t)
  const good = ['2026-06-10', '2026-06-10T10:00Z', '2026-06-10T10:00:00.123+05:30', '2026-06-10 10:00:00']
  for (const time_of_generation_min of good) {
    t.equal((await get(PATH, { ...WINDOW, time_of_generation_min })).status, 200, time_of_generation_min)
  }
  const bad = ['1781000000', '1781000000000', 'yesterday', '', '2026-13-01T00:00:00Z', '2026-06-10T25:00:00Z']
  for (const time_of_generation_min of bad) {
    t.match(await get(PATH, { ...WINDOW, time_of_generation_min }), {
      status: 400,
      body: { data: { errorCode: 'AB01' } },
    })
  }
  t.equal((await get(PATH, { time_of_generation_min: '2026-06-10T00:00:00Z' })).status, 400)
  t.equal((await get(PATH, windowOf(NOW, NOW - 1))).status, 400)
})

t.test('an offset moves the instant', async (t) => {
  const at = Date.parse('2026-06-10T06:00:00Z')
  const { get } = await deploy(t, { rows: [trafficRow({ at })] })
  const totalAt = async (instant: string): Promise<unknown> => {
    const window = { time_of_generation_min: instant, time_of_generation_max: instant }
    return dig((await get(PATH, window)).body, 'summary', 'total')
  }
  t.equal(await totalAt('2026-06-10T11:30:00+0530'), 1)
  t.equal(await totalAt('2026-06-10T11:30:00'), 0)
})

t.test('a filter of the wrong form is refused', async (t) => {
  const { get } = await deploy(t)
  const bad: readonly (readonly [string, string])[] = [
    ['status_code', '200,ok'],
    ['api_key_ids', 'not-a-uuid'],
    ['ai_org_model', 'gpt-4o'],
    ['ai_org_model', '__gpt-4o'],
    ['metadata', '{"env":'],
    ['metadata', '["env"]'],
    ['metadata', '{"env":1}'],
    ['total_units_min', '1.5'],
    ['prompt_token_max', 'x'],
    ['completion_token_min', ''],
    ['cost_min', '0x10'],
    ['cost_max', 'Infinity'],
    ['weighted_feedback_min', '-11'],
  ]
  for (const [name, value] of bad) {
    const { status, text } = await get(PATH, { ...WINDOW, [name]: value })
    t.equal(status, 400, `${name}=${value}`)
    t.match(text, name)
  }
})
