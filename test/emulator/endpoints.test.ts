import t from 'tap'
import { DAY, deploy, dig, listAt, NOW } from './deployment.js'

const WINDOW = { min: NOW - 2 * DAY, max: NOW }

/** Path, fields of the summary, fields of a point. Written from the published document, not from the emulator. */
const GRAPHS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['requests', ['total'], ['timestamp', 'total']],
  ['cost', ['avg', 'total'], ['avg', 'timestamp', 'total']],
  ['latency', ['avg', 'p50', 'p90', 'p99'], ['avg', 'p50', 'p90', 'p99', 'timestamp']],
  ['users', ['total'], ['timestamp', 'total']],
  ['users/requests', ['avg', 'total', 'unique'], ['avg', 'timestamp']],
  ['errors', ['total'], ['timestamp', 'total']],
  ['errors/rate', ['rate'], ['rate', 'timestamp']],
  ['errors/stacks', ['total'], ['stats', 'timestamp']],
  ['errors/status-codes', ['total_errors', 'unique_error_codes'], ['count', 'status_code']],
  ['requests/rescued', ['fallback', 'retry'], ['fallback', 'retry', 'timestamp']],
  [
    'cache/hit-rate',
    ['rate', 'total'],
    [
      'cumulative_semantic_cache_savings',
      'cumulative_simple_cache_savings',
      'rate',
      'semantic_hits',
      'simple_hits',
      'timestamp',
    ],
  ],
  ['cache/latency', [], ['avg', 'timestamp']],
  ['feedbacks', ['total'], ['timestamp', 'total']],
  ['feedbacks/scores', ['total'], ['score', 'total']],
  ['feedbacks/weighted', ['avg'], ['avg', 'timestamp']],
  ['feedbacks/ai-models', [], ['ai_model', 'avg_weighted_feedback', 'total']],
]

const NEWER = ['ai_service', 'model', 'status_code', 'api_key', 'config', 'workspace', 'provider', 'prompt'] as const
const METADATA_ROW = [
  'avg_tokens',
  'avg_weighted_feedback',
  'cost',
  'last_seen',
  'metadata_value',
  'object',
  'requests',
  'requests_with_feedback',
]

const fieldsOf = (value: unknown): readonly string[] => Object.keys(value ?? {}).sort()

for (const profile of ['live', 'documented'] as const) {
  t.test(`${profile}: every graph has its summary and its points`, async (t) => {
    const { analytics } = await deploy(t, { profile })
    for (const [path, summary, point] of GRAPHS) {
      const { status, body } = await analytics(`graphs/${path}`, WINDOW)
      t.equal(status, 200, path)
      t.equal(dig(body, 'object'), 'analytics-graph')
      t.same(fieldsOf(dig(body, 'summary')), summary, `${path} summary`)
      t.same(fieldsOf(dig(body, 'data_points', 0)), point, `${path} point`)
    }
  })

  t.test(`${profile}: the cache summary`, async (t) => {
    const { analytics } = await deploy(t, { profile })
    const { body } = await analytics('summary/cache', WINDOW)
    t.equal(dig(body, 'object'), 'analytics-summary')
    t.same(fieldsOf(dig(body, 'summary')), ['avg_latency', 'cache_speedup', 'hits', 'total_requests'])
  })

  t.test(`${profile}: the quota flag`, async (t) => {
    const { analytics } = await deploy(t, { profile })
    for (const path of ['graphs/requests', 'groups/users', 'summary/cache']) {
      const { body } = await analytics(path, WINDOW)
      t.equal(dig(body, 'is_quota_exceeded'), profile === 'live' ? false : undefined, path)
    }
  })
}

t.test('documented listings carry what the document says', async (t) => {
  const { analytics } = await deploy(t, { profile: 'documented' })
  const rowOf = async (path: string): Promise<unknown> =>
    dig((await analytics(path, WINDOW, { columns: 'cost,avg_tokens' })).body, 'data', 0)
  t.same(fieldsOf(await rowOf('groups/users')), ['cost', 'object', 'requests', 'user'])
  t.same(fieldsOf(await rowOf('groups/ai-models')), ['ai_model', 'object', 'requests'])
  t.same(fieldsOf(await rowOf('groups/metadata/env')), METADATA_ROW)
  for (const name of NEWER) t.equal((await analytics(`groups/${name}`, WINDOW)).status, 404, name)
})

t.test('live listings carry cost per model, and the columns asked for', async (t) => {
  const { analytics } = await deploy(t)
  const rowOf = async (path: string, columns: string): Promise<readonly string[]> =>
    fieldsOf(dig((await analytics(path, WINDOW, { columns })).body, 'data', 0))
  t.same(await rowOf('groups/users', 'avg_tokens'), ['cost', 'object', 'requests', 'user'])
  t.same(await rowOf('groups/ai-models', ''), ['ai_model', 'cost', 'object', 'requests'])
  t.same(await rowOf('groups/metadata/env', ''), METADATA_ROW)
  for (const name of NEWER) {
    t.same(await rowOf(`groups/${name}`, ''), [name, 'object', 'requests'].sort(), name)
    const asked = await rowOf(`groups/${name}`, 'p95_latency, first_seen,nonsense')
    t.same(asked, [name, 'first_seen', 'object', 'p95_latency', 'requests'].sort(), `${name} with columns`)
  }
})

t.test('the token split is live only, under either pair of names', async (t) => {
  const { analytics, emulator } = await deploy(t)
  const fields = async (): Promise<readonly (readonly string[])[]> => {
    const { body } = await analytics('graphs/tokens', WINDOW)
    return [fieldsOf(dig(body, 'summary')), fieldsOf(dig(body, 'data_points', 0))]
  }
  const units = ['avg', 'total', 'total_request_units', 'total_response_units']
  t.same(await fields(), [units, ['avg', 'timestamp', ...units.slice(1)]])
  emulator.set({ tokenSplitNames: 'plain' })
  t.same(await fields(), [
    ['avg', 'completion', 'prompt', 'total'],
    ['avg', 'completion', 'prompt', 'timestamp', 'total'],
  ])
  emulator.setProfile('documented')
  t.same(await fields(), [
    ['avg', 'total'],
    ['avg', 'timestamp', 'total'],
  ])
})

t.test('an endpoint that a deployment lacks is a 404 of its own', async (t) => {
  const missing = ['graphs/errors', 'groups/metadata']
  const { analytics } = await deploy(t, { missing })
  t.equal((await analytics('graphs/errors', WINDOW)).status, 404)
  t.equal((await analytics('graphs/errors/rate', WINDOW)).status, 200)
  t.equal((await analytics('groups/metadata/env', WINDOW)).status, 404)
})

t.test('graphs can come without summaries', async (t) => {
  const { analytics } = await deploy(t, { omitSummaries: true })
  const { body } = await analytics('graphs/cost', WINDOW)
  t.same(fieldsOf(body), ['data_points', 'is_quota_exceeded', 'object'])
})

t.test('the endpoints beside analytics list what the key may see', async (t) => {
  const { get } = await deploy(t)
  const organisation = { 'x-portkey-api-key': 'demo-org-key', 'user-agent': 'a-product/1.0' }
  t.equal(listAt((await get('admin/workspaces', {}, organisation)).body, 'data').length, 2)
  t.equal(dig((await get('admin/workspaces')).body, 'data', 0, 'slug'), 'production')
  t.equal(dig((await get('virtual-keys')).body, 'object'), 'list')
  t.equal(dig((await get('logs/exports')).body, 'data', 0, 'object'), 'export')
})
