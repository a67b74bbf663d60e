import t from 'tap'
import { type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { DAY, deploy, dig, listAt, NOW, numberAt } from './deployment.js'

const WINDOW = { min: NOW - 2 * DAY, max: NOW }

/** Distinct values with the row counts given. */
function rowsOf(counts: Readonly<Record<string, number>>): readonly TrafficRow[] {
  return Object.entries(counts).flatMap(([model, count]) =>
    Array.from({ length: count }, (_, n) => trafficRow({ at: NOW - 1000 * n, model: model === 'none' ? null : model })),
  )
}

t.test('by requests descending, then by value; no value is an empty text', async (t) => {
  const rows = rowsOf({ b: 2, none: 3, a: 2, B: 2, z: 5 })
  const { analytics, emulator } = await deploy(t, { rows })
  const valuesOf = async (): Promise<readonly unknown[]> =>
    listAt((await analytics('groups/model', WINDOW)).body, 'data').map((row) => dig(row, 'model'))
  t.same(await valuesOf(), ['z', '', 'B', 'a', 'b'])
  emulator.set({ listsUnattributed: false })
  t.same(await valuesOf(), ['z', 'B', 'a', 'b'])
})

t.test('pages count from 0, default to 100 rows, and end in nothing', async (t) => {
  const rows = rowsOf(Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`model-${n}`, 1])))
  const { analytics, emulator } = await deploy(t, { rows })
  const page = async (parameters: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
    const { body } = await analytics('groups/model', WINDOW, parameters)
    return [listAt(body, 'data').length, dig(body, 'total')]
  }
  t.same(await page({}), [100, 250])
  t.same(await page({ current_page: '2' }), [50, 250])
  t.same(await page({ current_page: '3' }), [0, 0])
  t.same(await page({ page: '2' }), [100, 250], 'page is ignored')
  t.same(await page({ page_size: '1000' }), [250, 250])
  emulator.set({ maxPageSize: 60 })
  t.same(await page({ page_size: '1000', current_page: '4' }), [10, 250], 'a larger size is capped')
  const values = new Set<unknown>()
  for (const current_page of ['0', '1', '2', '3', '4']) {
    const { body } = await analytics('groups/model', WINDOW, { current_page, page_size: '50' })
    for (const row of listAt(body, 'data')) values.add(dig(row, 'model'))
  }
  t.equal(values.size, 250)
  for (const bad of [{ page_size: '0' }, { page_size: 'x' }, { current_page: '-1' }, { current_page: '1.5' }]) {
    t.equal((await analytics('groups/model', WINDOW, bad)).status, 400, JSON.stringify(bad))
  }
})

t.test('columns are the figures of the group', async (t) => {
  const at = NOW - 10_000
  const rows = [
    trafficRow({ at, inputTokens: 10, outputTokens: 5, costCents: 0.1, latencyMs: 100 }),
    trafficRow({ at: at + 1, inputTokens: 20, outputTokens: 2, costCents: 0.2, latencyMs: 300, status: 446 }),
    trafficRow({ at: at + 2, inputTokens: 3, outputTokens: 0, latencyMs: 201, cache: 'simple', cacheLatencyMs: 1 }),
    trafficRow({ at: at + 3, inputTokens: 3, outputTokens: 1, latencyMs: 0, status: 246 }),
  ]
  const { analytics } = await deploy(t, { rows, numbersAsStrings: false })
  const columns = [
    'cost,total_tokens,avg_tokens,avg_input_tokens,avg_output_tokens,avg_latency,p95_latency,p99_latency',
    'success_rate,error_count,cache_hit_rate,last_seen,first_seen',
  ].join(',')
  const { body } = await analytics('groups/ai_service', WINDOW, { columns })
  t.match(dig(body, 'data', 0), {
    ai_service: 'openai',
    requests: 4,
    cost: 0.1 + 0.2,
    total_tokens: 44,
    avg_tokens: 11,
    avg_input_tokens: 9,
    avg_output_tokens: 2,
    avg_latency: 150.25,
    success_rate: 75,
    error_count: 1,
    cache_hit_rate: 25,
    last_seen: new Date(at + 3).toISOString(),
    first_seen: new Date(at).toISOString(),
  })
  t.ok(Math.abs(numberAt(body, 'data', 0, 'p95_latency') - 285.15) < 1e-9)
})

t.test('averages can be rounded, which hides the sums', async (t) => {
  const rows = [1, 1, 2].map((inputTokens, n) => trafficRow({ at: NOW - n, inputTokens }))
  const { analytics } = await deploy(t, { rows, averageDecimals: 2 })
  const { body } = await analytics('groups/model', WINDOW, { columns: 'avg_input_tokens' })
  t.equal(dig(body, 'data', 0, 'avg_input_tokens'), '1.33')
})

t.test('some numbers are decimal text, requests are numbers but where the document types them as text', async (t) => {
  const { analytics, emulator } = await deploy(t)
  const row = async (path: string, columns = ''): Promise<unknown> =>
    dig((await analytics(path, WINDOW, { columns })).body, 'data', 0)
  t.match(await row('groups/model', 'cost,avg_tokens,error_count'), {
    requests: Number,
    cost: String,
    avg_tokens: String,
    error_count: Number,
  })
  emulator.setProfile('documented')
  t.match(await row('groups/users'), { requests: String, cost: String })
  emulator.set({ numbersAsStrings: false })
  t.match(await row('groups/users'), { requests: Number, cost: Number })
})

t.test('a metadata key that no request carries has no rows; a known one has an unattributed row', async (t) => {
  const rows = [
    trafficRow({ at: NOW - 1, metadata: { env: 'a' } }),
    trafficRow({ at: NOW - 2 }),
    trafficRow({ at: NOW - 3 * DAY, metadata: { 'odd key/é': 'v' } }),
  ]
  const { analytics } = await deploy(t, { rows })
  const valuesOf = async (key: string): Promise<readonly unknown[]> => {
    const { body, status } = await analytics(`groups/metadata/${encodeURIComponent(key)}`, WINDOW)
    t.equal(status, 200)
    return listAt(body, 'data').map((row) => [dig(row, 'metadata_value'), dig(row, 'requests')])
  }
  t.same(await valuesOf('env'), [
    ['', 1],
    ['a', 1],
  ])
  t.same(await valuesOf('nothing'), [])
  t.same(await valuesOf('constructor'), [])
  t.same(await valuesOf('odd key/é'), [['', 2]], 'known from another time')
})

t.test('listings add up to the requests of the window', async (t) => {
  const { analytics } = await deploy(t)
  const total = dig((await analytics('graphs/requests', WINDOW)).body, 'summary', 'total')
  for (const name of [
    'users',
    'ai-models',
    'metadata/team',
    'config',
    'status_code',
    'provider',
    'api_key',
    'prompt',
  ]) {
    const { body } = await analytics(`groups/${name}`, WINDOW)
    const requests = listAt(body, 'data').map((row) => numberAt(row, 'requests'))
    t.equal(
      requests.reduce((sum, count) => sum + count, 0),
      total,
      name,
    )
  }
})
