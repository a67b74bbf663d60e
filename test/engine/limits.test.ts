import t from 'tap'
import { byValue, percentile, sameRows, whole } from './scan.js'
import { DAY, deploy, NOW } from './service.js'

const P50 = [{ type: 'p50', column: 'latencyMs' }]

type Dear = readonly [name: string, most: string, body: Readonly<Record<string, unknown>>]

const DEAR: readonly Dear[] = [
  ['a call a bucket', '20', { type: 'timeseries', interval: '7 minutes', aggregations: P50 }],
  ['a call a tile', '20', { type: 'timeseries', interval: '1 minute' }],
  ['a call a user', '10', { groupBy: ['userEmail'], aggregations: [{ type: 'sum', column: 'inputTokens' }] }],
  ['a call a model', '10', { groupBy: ['modelName'], aggregations: P50 }],
]

for (const [name, most, body] of DEAR) {
  t.test(`more calls than allowed, ${name}: refused with the price, not half answered`, async (t) => {
    const service = await deploy(t, {}, { MAX_UPSTREAM_CALLS: most })
    for (const time of ['first', 'second']) {
      const asked = await service.ask(body)
      t.equal(asked.status, 422, `the ${time} time`)
      t.equal(asked.code, 'PLAN_TOO_EXPENSIVE', `the ${time} time`)
      t.match(asked.message, /\d+ calls.*MAX_UPSTREAM_CALLS/)
      t.match(asked.message, new RegExp(`\\b${most}\\b`), 'the limit is named')
      t.ok(asked.calls <= Number(most), `${asked.calls} calls were made to find out`)
    }
    t.equal((await service.ask()).status, 200, 'a cheap question has its answer')
  })
}

t.test('what just fits is answered', async (t) => {
  const service = await deploy(t, {}, { MAX_UPSTREAM_CALLS: '14' })
  const body = { groupBy: ['modelName'], aggregations: P50 }
  const want = byValue(service.seen(), 'modelName', (row) => row.model, { p50LatencyMs: percentile(0.5) })
  t.equal(want.length, 12)
  sameRows(t, (await service.ask(body)).rows, want, 'a listing, the providers, and 12 models')
})

t.test(
  'a window before what Portkey keeps is refused, naming the first instant; from there it is answered',
  async (t) => {
    const service = await deploy(t, {}, { RETENTION_DAYS: '2' })
    const outside = await service.ask({ startTs: '2026-06-08T12:34:56.000Z' })
    t.equal(outside.status, 422)
    t.equal(outside.code, 'OUTSIDE_RETENTION')
    t.equal(outside.calls, 0)
    const first = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(outside.message)?.[0] ?? ''
    t.equal(first, '2026-06-08T12:34:57.000Z', 'two days ago, to the second above')
    t.ok(Date.parse(first) >= NOW - 2 * DAY)
    const endTs = '2026-06-10T00:00:00.000Z'
    const inside = await service.ask({ startTs: first, endTs })
    sameRows(t, inside.rows, [whole(service.seen({ startTs: first, endTs }))], 'the instant that was named')
  },
)

t.test('more rows than MAX_ROWS are refused; limit cuts them', async (t) => {
  const service = await deploy(t, {}, { MAX_ROWS: '10' })
  const refused = await service.ask({ groupBy: ['userEmail'] })
  t.equal(refused.status, 422)
  t.equal(refused.code, 'TOO_MANY_ROWS')
  const rows = byValue(service.seen(), 'createdBySubjectSlug', (row) => row.metadata._user ?? null)
  sameRows(t, (await service.ask({ groupBy: ['userEmail'], limit: 10 })).rows, rows.slice(0, 10), 'limited')
  t.equal((await service.ask({ type: 'timeseries', interval: '1 hour' })).code, 'TOO_MANY_ROWS')
})

t.test('what Portkey cannot say is refused with a pointer, a reason and a way out', async (t) => {
  const service = await deploy(t)
  const cases = [
    [{ groupBy: ['requestType'] }, '/groupBy/0'],
    [{ filters: [{ fieldName: 'latencyMs', operator: 'GREATER_THAN', value: 5 }] }, '/filters/0'],
    [{ aggregations: [{ type: 'p75', column: 'latencyMs' }] }, '/aggregations/0'],
    [
      {
        aggregations: [
          { type: 'count', column: 'modelName' },
          { type: 'avg', column: 'timeToFirstTokenMs' },
        ],
      },
      '/aggregations/1',
    ],
  ] as const
  for (const [body, path] of cases) {
    const asked = await service.ask(body)
    t.equal(asked.code, 'UNSUPPORTED_BY_UPSTREAM', path)
    t.equal(asked.calls, 0, `${path}: nobody is asked`)
    t.match(asked.text, `"path":"${path}"`)
    t.match(asked.message, /Portkey.*\. \S.*\.$/, `${path}: a reason and a way out`)
  }
})

t.test('what a whole day is known to hold does not refuse two hours of it', async (t) => {
  const service = await deploy(t, { historyDays: 5, requestsPerHour: 25 }, { MAX_UPSTREAM_CALLS: '300' })
  const body = {
    startTs: '2026-06-06T20:34:00.000Z',
    endTs: '2026-06-06T22:29:00.000Z',
    datasource: 'configMetrics',
    type: 'timeseries',
    interval: '1 minute',
    groupBy: ['userEmail'],
    filters: [{ fieldName: 'targetModel', operator: 'NOT_IN', value: ['gemini-2.5-flash'] }],
    aggregations: [
      { type: 'sum', column: 'rescuedByRetry' },
      { type: 'avg', column: 'errorRate' },
    ],
  }
  t.equal((await service.ask({ groupBy: ['userEmail'] })).status, 200)
  t.equal((await service.ask({ datasource: 'configMetrics', groupBy: ['targetModel'] })).status, 200)
  const asked = await service.ask(body)
  t.equal(asked.status, 200, asked.message)
  t.ok(asked.calls <= 300)
})
