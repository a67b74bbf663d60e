import t, { type Test } from 'tap'
import type { EmulatorOptions, Ladder } from '../../src/emulator/emulator.js'
import {
  avg,
  byBucket,
  byValue,
  edgesOf,
  type Figures,
  inputTokens,
  latency,
  outputTokens,
  percentile,
  sameRows,
  sum,
  usd,
  whole,
} from './scan.js'
import { DAY, deploy, HOUR, MINUTE, type Whole } from './service.js'

const AGGREGATIONS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'outputTokens' },
  { type: 'sum', column: 'costInUSD' },
  { type: 'avg', column: 'latencyMs' },
  { type: 'p99', column: 'latencyMs' },
]
const FIGURES: Figures = {
  sumInputTokens: sum(inputTokens),
  sumOutputTokens: sum(outputTokens),
  sumCostInUSD: sum(usd),
  avgLatencyMs: avg(latency),
  p99LatencyMs: percentile(0.99),
}
const SUMS = AGGREGATIONS.filter(({ type }) => type === 'sum')
const SUM_FIGURES = Object.fromEntries(Object.entries(FIGURES).filter(([key]) => key.startsWith('sum')))

const forever = Number.POSITIVE_INFINITY
const at = (text: string) => Date.parse(text)

/** Asks twice: once while the service learns the deployment, once when it has. Both answers must be the scan's. */
const twice = async (
  t: Test,
  service: Whole,
  fields: Readonly<Record<string, unknown>>,
  want: Parameters<typeof sameRows>[2],
  name: string,
) => {
  const first = await service.ask(fields)
  t.equal(first.status, 200, `${name}: ${first.message}`)
  sameRows(t, first.rows, want, `${name}: while learning`)
  const second = await service.ask(fields)
  sameRows(t, second.rows, want, `${name}: once learnt`)
  t.ok(second.calls <= first.calls, `${name}: ${second.calls} calls, ${first.calls} while learning`)
  return { first, second }
}

/** Ladders that are none of the ones the service begins with. */
const LADDERS: Readonly<Record<string, Ladder>> = {
  'minutes up to two hours': [
    { upToMs: 2 * HOUR, stepMs: MINUTE },
    { upToMs: 12 * HOUR, stepMs: 10 * MINUTE },
    { upToMs: forever, stepMs: HOUR },
  ],
  'hours soon': [
    { upToMs: HOUR, stepMs: MINUTE },
    { upToMs: 3 * HOUR, stepMs: 10 * MINUTE },
    { upToMs: 2 * DAY, stepMs: HOUR },
    { upToMs: forever, stepMs: DAY },
  ],
  'days soon': [
    { upToMs: 59 * MINUTE, stepMs: MINUTE },
    { upToMs: 20 * HOUR, stepMs: 10 * MINUTE },
    { upToMs: DAY, stepMs: HOUR },
    { upToMs: forever, stepMs: DAY },
  ],
  'days alone': [{ upToMs: forever, stepMs: DAY }],
  'hours alone': [{ upToMs: forever, stepMs: HOUR }],
  'another set of steps': [
    { upToMs: HOUR, stepMs: 5 * MINUTE },
    { upToMs: DAY, stepMs: 30 * MINUTE },
    { upToMs: forever, stepMs: 6 * HOUR },
  ],
}

for (const [name, ladder] of Object.entries(LADDERS)) {
  t.test(`series where the upstream’s steps are ${name}`, async (t) => {
    const service = await deploy(t, { ladder }, { MAX_UPSTREAM_CALLS: '2000' })
    const cases = [
      ['1 hour', HOUR, '2026-06-09T00:00:00.000Z', '2026-06-10T00:00:00.000Z'],
      ['10 minutes', 10 * MINUTE, '2026-06-09T02:00:00.000Z', '2026-06-09T08:00:00.000Z'],
      ['1 hour', HOUR, '2026-06-09T07:30:00.000Z', '2026-06-09T11:15:00.000Z'],
      ['1 day', DAY, '2026-06-07T00:00:00.000Z', '2026-06-10T00:00:00.000Z'],
      ['6 hours', 6 * HOUR, '2026-06-07T00:00:00.000Z', '2026-06-10T00:00:00.000Z'],
    ] as const
    for (const [interval, size, startTs, endTs] of cases) {
      const edges = edgesOf(Math.floor(at(startTs) / size) * size, at(endTs), size)
      const fields = { type: 'timeseries', interval, startTs, endTs, aggregations: AGGREGATIONS }
      const want = byBucket(service.seen({ startTs, endTs }), edges, FIGURES)
      await twice(t, service, fields, want, `${interval} from ${startTs}`)
    }
  })
}

t.test('a wrong guess of the step costs a call more, once', async (t) => {
  const service = await deploy(t, { ladder: LADDERS['days soon'] ?? [] })
  const fields = { type: 'timeseries', interval: '1 hour', startTs: '2026-06-08T00:00:00.000Z' }
  t.equal((await service.ask(fields)).calls, 3, 'two days come by the day: each is asked again')
  const again = await service.ask(fields, { headers: { 'cache-control': 'no-cache' } })
  t.equal(again.calls, 2, 'which is remembered')
})

/** Deployments that lack something, and the fewest calls that a total, its series and its groups then take. */
const LACKING: Readonly<Record<string, EmulatorOptions>> = {
  'no listing of workspaces': { missing: ['groups/workspace'] },
  'no listing of models': { missing: ['groups/model'] },
  'no listing of providers': { missing: ['groups/ai_service'] },
  'none of the newer listings': {
    missing: ['model', 'ai_service', 'workspace', 'api_key', 'config', 'status_code', 'provider', 'prompt'].map(
      (name) => `groups/${name}`,
    ),
  },
  'other names of the token split': { tokenSplitNames: 'plain' },
  'no summaries of graphs': { omitSummaries: true },
  'numbers as numbers': { numbersAsStrings: false },
  'no unattributed rows in listings': { listsUnattributed: false },
  'small pages': { maxPageSize: 5 },
}

for (const [name, options] of Object.entries(LACKING)) {
  t.test(`a deployment with ${name}`, async (t) => {
    const service = await deploy(t, options)
    await twice(t, service, { aggregations: AGGREGATIONS }, [whole(service.seen(), FIGURES)], 'in all')
    const edges = edgesOf(at('2026-06-09T00:00:00Z'), at('2026-06-10T00:00:00Z'), HOUR)
    const series = { type: 'timeseries', interval: '1 hour', aggregations: AGGREGATIONS }
    await twice(t, service, series, byBucket(service.seen(), edges, FIGURES), 'by hour')
    const models = byValue(service.seen(), 'modelName', (row) => row.model, FIGURES)
    await twice(t, service, { groupBy: ['modelName'], aggregations: AGGREGATIONS }, models, 'by model')
    const teams = byValue(service.seen(), 'team', (row) => row.metadata.team ?? null, SUM_FIGURES)
    await twice(t, service, { groupBy: ['team'], aggregations: SUMS }, teams, 'by team, some without')
  })
}

t.test('an endpoint that is not there is asked for once a scope', async (t) => {
  const service = await deploy(t, { missing: ['groups/model', 'groups/workspace'] })
  const asked = (path: string) => service.emulator.requests.filter((request) => request.path.endsWith(path)).length
  for (let time = 0; time < 3; time++) await service.ask({ groupBy: ['modelName'] })
  t.equal(asked('groups/model'), 1)
  await service.ask({ filters: [{ fieldName: 'modelName', operator: 'STRING_CONTAINS', value: 'gpt' }] })
  t.equal(asked('groups/model'), 1, 'whatever the question')
})
