import fc from 'fast-check'
import t from 'tap'
import type { Call, CallFilters, Endpoint } from '../../src/portkey/call.js'
import { canHold, encode, urlLength } from '../../src/portkey/encode.js'

const window = { start: Date.UTC(2026, 3, 21), end: Date.UTC(2026, 3, 22) }
const call = (endpoint: Endpoint, filters: CallFilters = {}): Call => ({ endpoint, window, filters, columns: [] })
const requests: Endpoint = { kind: 'graph', name: 'requests' }
const BOUNDS = 'time_of_generation_min=2026-04-21T00%3A00%3A00.000Z&time_of_generation_max=2026-04-21T23%3A59%3A59.999Z'

t.test('the window travels inclusive: its end less one millisecond', async (t) => {
  t.equal(encode(call(requests), null), `/analytics/graphs/requests?${BOUNDS}`)
})

t.test('every parameter has the name the upstream knows', async (t) => {
  const filters: Required<CallFilters> = {
    statusCodes: [500, 429],
    virtualKeys: ['vk-b', 'vk-a', 'vk-b'],
    configs: ['pc-1'],
    apiKeyIds: ['0b1c7a9e-6c1f-4e8e-9d3e-0a4f5f3c2b1a'],
    aiOrgModels: ['openai__gpt-4o'],
    traceIds: ['t 1'],
    spanIds: ['s&1'],
    promptSlugs: ['pp-1'],
    metadata: { env: 'prod, eu', _user: 'ada', 10: 'x', 9: '' },
    totalUnits: { min: '1' },
    promptTokens: { max: '10' },
    completionTokens: { min: '0', max: '5' },
    cost: { min: '0.1' },
    weightedFeedback: { min: '-10' },
  }
  const path = encode(
    { ...call({ kind: 'group', name: 'model' }, filters), columns: ['cost', 'avg_latency'] },
    'ws-main',
    {
      page: 2,
      size: 100,
    },
  )
  t.strictSame(Object.fromEntries(new URL(path, 'http://x').searchParams), {
    time_of_generation_min: '2026-04-21T00:00:00.000Z',
    time_of_generation_max: '2026-04-21T23:59:59.999Z',
    total_units_min: '1',
    prompt_token_max: '10',
    completion_token_min: '0',
    completion_token_max: '5',
    cost_min: '0.1',
    weighted_feedback_min: '-10',
    status_code: '429,500',
    virtual_keys: 'vk-a,vk-b',
    configs: 'pc-1',
    api_key_ids: '0b1c7a9e-6c1f-4e8e-9d3e-0a4f5f3c2b1a',
    ai_org_model: 'openai__gpt-4o',
    trace_id: 't 1',
    span_id: 's&1',
    prompt_slug: 'pp-1',
    metadata: '{"10":"x","9":"","_user":"ada","env":"prod, eu"}',
    workspace_slug: 'ws-main',
    columns: 'avg_latency,cost',
    current_page: '2',
    page_size: '100',
  })
})

t.test('a metadata key is one segment of the path, whatever it holds', async (t) => {
  const path = (key: string) => encode(call({ kind: 'metadataGroup', key }), null).split('?')[0]
  t.equal(path('a/../b?c#d%2e é'), '/analytics/groups/metadata/a%2F..%2Fb%3Fc%23d%252e%20%C3%A9')
  t.equal(path('...'), '/analytics/groups/metadata/...')
  for (const key of ['', '.', '..', '\ud800']) t.throws(() => path(key), { name: /Error/ })
})

t.test('a call that would mean something else on the wire is refused', async (t) => {
  const refuse = (filters: CallFilters) => t.throws(() => encode(call(requests, filters), null), TypeError)
  refuse({ configs: [] })
  refuse({ statusCodes: [] })
  refuse({ configs: ['a,b'] })
  refuse({ configs: [''] })
  refuse({ traceIds: ['\udc00'] })
  t.throws(() => encode({ ...call(requests), window: { start: 5, end: 5 } }, null), TypeError)
  t.throws(() => encode({ ...call(requests), columns: ['cost'] }, null), TypeError)
  t.throws(() => encode({ ...call({ kind: 'graph', name: 'feedbacks/scores' }), columns: ['cost'] }, null), TypeError)
  t.ok(['a b', 'é', '🚀', '{"a":1}', '%2C'].every(canHold))
})

t.test('the length counts the base and the longest page, in bytes', async (t) => {
  const listing = call({ kind: 'group', name: 'model' }, { configs: ['é'] })
  const whole = `https://api.portkey.ai/v1${encode(listing, 'ws', { page: 199, size: 1000 })}`
  t.ok(urlLength(listing, 'https://api.portkey.ai/v1/', 'ws') >= whole.length)
  t.equal(urlLength(call(requests), 'https://a/v1', null), `https://a/v1/analytics/graphs/requests?${BOUNDS}`.length)
})

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter(canHold)
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 4 })
const metadata = fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary' }), {
  maxKeys: 4,
  noNullPrototype: true,
})
const endpoint = fc.oneof(
  fc.constant(requests),
  fc.constant<Endpoint>({ kind: 'group', name: 'status_code' }),
  word.filter((key) => key !== '.' && key !== '..').map((key): Endpoint => ({ kind: 'metadataGroup', key })),
)

t.test('property: any call parses back to exactly its parameters', async (t) => {
  fc.assert(
    fc.property(
      endpoint,
      words,
      words,
      metadata,
      fc.option(word),
      (endpoint, configs, traceIds, metadata, workspace) => {
        const path = encode(call(endpoint, { configs, traceIds, metadata }), workspace)
        t.match(path, /^[\x21-\x7e]+$/, 'is plain ASCII')
        const url = new URL(`http://x/v1${path}`)
        t.strictSame(url.pathname.split('/').length, 5 + (endpoint.kind === 'metadataGroup' ? 1 : 0))
        if (endpoint.kind === 'metadataGroup')
          t.equal(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), endpoint.key)
        t.strictSame(url.searchParams.get('configs')?.split(','), [...configs].sort())
        t.strictSame(url.searchParams.get('trace_id')?.split(','), [...traceIds].sort())
        t.equal(url.searchParams.get('workspace_slug'), workspace)
        t.strictSame(JSON.parse(url.searchParams.get('metadata') ?? '{}'), metadata)
      },
    ),
  )
})

t.test('property: equal calls are equal URLs, whatever the order they were built in', async (t) => {
  fc.assert(
    fc.property(words, metadata, (configs, metadata) => {
      const turned = Object.fromEntries(Object.entries(metadata).reverse())
      const one = encode(call(requests, { configs, metadata }), 'ws')
      t.equal(encode(call(requests, { metadata: turned, configs: [...configs].reverse() }), 'ws'), one)
    }),
  )
})
