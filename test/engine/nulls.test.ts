import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import {
  byValue,
  countOf,
  distinctOf,
  type Figures,
  inputTokens,
  outputTokens,
  sameRows,
  sum,
  usd,
  whole,
} from './scan.js'
import { deploy } from './service.js'

const SUMS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'outputTokens' },
  { type: 'sum', column: 'costInUSD' },
]
const FIGURES: Figures = {
  sumInputTokens: sum(inputTokens),
  sumOutputTokens: sum(outputTokens),
  sumCostInUSD: sum(usd),
}

type Field = readonly [group: string, key: string, value: (row: TrafficRow) => string | null]
const FIELDS: readonly Field[] = [
  ['virtualModel', 'virtualModelName', (row) => row.config],
  ['userEmail', 'createdBySubjectSlug', (row) => row.metadata._user ?? null],
  ['metadata.nobody', 'metadata.nobody', () => null],
  ['promptSlug', 'promptSlug', (row) => row.prompt],
]
const MODEL: Field = ['modelName', 'modelName', (row) => row.model]

t.test('the unattributed group, where listings do not show it, is what is left of the whole', async (t) => {
  const service = await deploy(t, { listsUnattributed: false })
  for (const [group, key, value] of FIELDS) {
    const want = byValue(service.seen(), key, value, FIGURES)
    t.ok(want.some((row) => row[key] === null))
    const asked = await service.ask({ groupBy: [group], aggregations: SUMS })
    sameRows(t, asked.rows, want, group)
  }
})

t.test('requests without a model, where listings show them', async (t) => {
  const [group, key, value] = MODEL
  const service = await deploy(t, { nullModelShare: 0.15 })
  const want = byValue(service.seen(), key, value, FIGURES)
  t.ok(want.some((row) => row[key] === null))
  sameRows(t, (await service.ask({ groupBy: [group], aggregations: SUMS })).rows, want, 'by model')
})

t.test('where every request has a value there is no null group', async (t) => {
  for (const listsUnattributed of [true, false]) {
    const service = await deploy(t, { listsUnattributed })
    const rows = service.seen().filter((row) => row.config !== null)
    const filters = [{ fieldName: 'virtualModelName', operator: 'IS_NULL', value: false }]
    const asked = await service.ask({ groupBy: ['virtualModel'], filters, aggregations: SUMS })
    sameRows(
      t,
      asked.rows,
      byValue(rows, 'virtualModelName', (row) => row.config, FIGURES),
      `${listsUnattributed}`,
    )
  }
})

t.test('a count leaves nulls out, also where listings do not show them', async (t) => {
  const aggregations = [
    { type: 'count', column: 'virtualModel' },
    { type: 'countDistinct', column: 'virtualModel' },
    { type: 'count', column: 'userEmail' },
    { type: 'count', column: 'errorCode' },
  ]
  const figures = {
    countVirtualModel: countOf((row) => row.config),
    countDistinctVirtualModel: distinctOf((row) => row.config),
    countUserEmail: countOf((row) => row.metadata._user ?? null),
    countErrorCode: countOf((row) => (row.status >= 400 ? row.status : null)),
  }
  for (const listsUnattributed of [true, false]) {
    const service = await deploy(t, { listsUnattributed })
    for (const time of ['first', 'second']) {
      const asked = await service.ask({ aggregations })
      sameRows(t, asked.rows, [whole(service.seen(), figures)], `${listsUnattributed}, the ${time} time`)
    }
  }
})

t.test('a negation by value keeps what has none', async (t) => {
  for (const listsUnattributed of [true, false]) {
    const service = await deploy(t, { listsUnattributed })
    const filters = [{ fieldName: 'virtualModelName', operator: 'NOT_EQUAL', value: 'pc-cache-0a9b8c' }]
    const rows = service.seen().filter((row) => row.config !== 'pc-cache-0a9b8c')
    const grouped = await service.ask({ groupBy: ['virtualModel'], filters, aggregations: SUMS })
    sameRows(
      t,
      grouped.rows,
      byValue(rows, 'virtualModelName', (row) => row.config, FIGURES),
      'grouped',
    )
    const inAll = await service.ask({ filters, aggregations: SUMS })
    if (inAll.status === 200) sameRows(t, inAll.rows, [whole(rows, FIGURES)], 'in all')
    else t.equal(inAll.code, 'UNSUPPORTED_BY_UPSTREAM', 'in all')
  }
})

t.test('where nobody has a value, the group without one is everything: percentiles too', async (t) => {
  const aggregations = [
    { type: 'p99', column: 'latencyMs' },
    { type: 'p50', column: 'latencyMs' },
    { type: 'avg', column: 'latencyMs' },
  ]
  for (const listsUnattributed of [true, false]) {
    const service = await deploy(t, { listsUnattributed })
    const asked = await service.ask({ groupBy: ['metadata.nobody'], aggregations })
    const inAll = await service.ask({ aggregations })
    t.strictSame(asked.rows, [{ 'metadata.nobody': null, ...inAll.rows[0] }], `${listsUnattributed} ${asked.message}`)

    const series = { type: 'timeseries', interval: '6 hours', aggregations }
    const buckets = await service.ask(series)
    const byBucket = await service.ask({ ...series, groupBy: ['metadata.nobody'] })
    t.strictSame(
      byBucket.rows,
      buckets.rows.map((row) => ({ 'metadata.nobody': null, ...row })),
      `${byBucket.message}`,
    )
    const nested = await service.ask({ groupBy: ['metadata.nobody', 'modelName'], aggregations })
    const models = await service.ask({ groupBy: ['modelName'], aggregations })
    t.strictSame(
      nested.rows,
      models.rows.map((row) => ({ 'metadata.nobody': null, ...row })),
      nested.message,
    )
  }
})
