import t from 'tap'
import type { Received } from '../../src/emulator/emulator.js'
import { type Asked, DAY, deploy, EXAMPLE, HOUR, LEAST, NOW, type Whole } from './service.js'

// What many ask at once is asked upstream once.

const HOURLY = {
  type: 'timeseries',
  interval: '1 hour',
  aggregations: [
    { type: 'sum', column: 'inputTokens' },
    { type: 'p99', column: 'latencyMs' },
  ],
}

/** Many times the same, half of them in other words. */
const many = (count: number, fields: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? fields : other))

const said = (all: readonly Asked[]): number =>
  all.reduce((sum, { headers }) => sum + Number(headers.get('x-upstream-calls')), 0)

const nameOf = ({ path, query }: Received): string => JSON.stringify([path, Object.entries(query).toSorted()])

/** Requests that the upstream was sent before. */
const repeated = ({ emulator }: Whole): readonly string[] => {
  const seen = new Set<string>()
  return emulator.requests.map(nameOf).filter((name) => seen.size === seen.add(name).size)
}

t.test('a hundred equal questions at once cost the calls of one', async (t) => {
  const { groupBy, filters, ...rest } = EXAMPLE
  const cases = [
    ['the example', EXAMPLE, { groupBy, ...rest, filters }, 1],
    ['hours', HOURLY, { ...HOURLY, interval: '1  HOURS', filters: [] }, 3],
  ] as const
  for (const [name, fields, other, calls] of cases) {
    const service = await deploy(t, { latencyMs: 20 })
    const all = await Promise.all(many(100, fields, other).map((body) => service.ask(body)))
    t.strictSame([...new Set(all.map(({ status }) => status))], [200], name)
    t.equal(new Set(all.map(({ text }) => text)).size, 1, `${name}: one answer`)
    t.equal(service.emulator.requests.length, calls, `${name}: calls`)
    t.equal(said(all), calls, `${name}: those who asked say so, together`)
    t.ok(all.every(({ headers }) => headers.get('age') === '0'))
  }
})

t.test('those who leave take nothing from those who stay', async (t) => {
  const service = await deploy(t, { latencyMs: 60 })
  const leaving = Array.from({ length: 20 }, () => {
    const controller = new AbortController()
    const gone = fetch(`${service.url}/v1/metrics/query`, {
      method: 'POST',
      signal: controller.signal,
      headers: { authorization: 'Bearer a-token-of-the-tests', 'content-type': 'application/json' },
      body: JSON.stringify({ ...LEAST, ...HOURLY }),
    }).then(
      () => 'answered',
      () => 'gone',
    )
    return { controller, gone }
  })
  const staying = Array.from({ length: 20 }, () => service.ask(HOURLY))
  while (service.emulator.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const { controller } of leaving) controller.abort()
  t.strictSame([...new Set(await Promise.all(leaving.map(({ gone }) => gone)))], ['gone'])
  t.strictSame([...new Set((await Promise.all(staying)).map(({ status }) => status))], [200])
  t.equal(service.emulator.requests.length, 3)
})

type Fields = Readonly<Record<string, unknown>>

const GROUPS = [[], ['modelName'], ['team'], ['metadata.env'], ['providerAccountType']]
const AGGREGATIONS = [
  [],
  [{ type: 'sum', column: 'costInUSD' }],
  [
    { type: 'sum', column: 'inputTokens' },
    { type: 'avg', column: 'outputTokens' },
  ],
  [{ type: 'p99', column: 'latencyMs' }],
]
const FILTERS = [
  [],
  [{ fieldName: 'httpStatusCode', operator: 'LESS_THAN', value: 400 }],
  [{ fieldName: 'team', operator: 'ARRAY_HAS_ANY', value: ['search'] }],
]
const INTERVALS = ['1 hour', '2 hours', '10 minutes', '1 day']

const PANELS: readonly Fields[] = [
  ...GROUPS.flatMap((groupBy) =>
    AGGREGATIONS.flatMap((aggregations) => FILTERS.map((filters) => ({ groupBy, aggregations, filters }))),
  ),
  ...INTERVALS.flatMap((interval) =>
    AGGREGATIONS.slice(0, 3).flatMap((aggregations) =>
      FILTERS.map((filters) => ({ type: 'timeseries', interval, aggregations, filters })),
    ),
  ),
  ...AGGREGATIONS.map((aggregations) => ({ ...HOURLY, aggregations, groupBy: ['modelName'] })),
]

const WINDOWS = {
  'a settled day': {},
  'a day up to now': { startTs: new Date(NOW - DAY).toISOString(), endTs: new Date(NOW).toISOString() },
  'hours that have not ended': {
    startTs: new Date(Math.floor(NOW / HOUR) * HOUR - 5 * HOUR).toISOString(),
    endTs: new Date(Math.floor(NOW / HOUR) * HOUR + HOUR).toISOString(),
  },
}

for (const [title, window] of Object.entries(WINDOWS)) {
  t.test(`a hundred panels over ${title} share every common call`, async (t) => {
    t.equal(PANELS.length, 100)
    const service = await deploy(t, {}, { MAX_UPSTREAM_CALLS: '1000' })
    const all = await Promise.all(PANELS.map((panel) => service.ask({ ...window, ...panel })))
    t.ok(all.filter(({ status }) => status === 200).length >= 90, 'nearly all can be answered')
    t.strictSame(repeated(service), [], 'nothing is asked twice')
    t.equal(said(all), service.emulator.requests.length, 'those who asked say so, together')

    const alone = await deploy(t, {}, { MAX_UPSTREAM_CALLS: '1000', CACHE_MAX_MB: '1' })
    let asked = 0
    for (const [index, panel] of PANELS.entries()) {
      const one = await alone.ask({ ...window, ...panel }, { headers: { 'cache-control': 'no-cache' } })
      asked += one.calls
      t.equal(all[index]?.status, one.status, JSON.stringify(panel))
      t.equal(all[index]?.text, one.text, JSON.stringify(panel))
    }
    t.comment(`${service.emulator.requests.length} calls instead of ${asked}`)
    t.ok(service.emulator.requests.length < asked)
  })
}
