import t from 'tap'
import { createEmulator, type TrafficRow } from '../../src/emulator/emulator.js'
import { AWKWARD_KEYS, awkwardTraffic } from './awkward.js'
import { differenceOf } from './compare.js'
import { createOracle } from './oracle.js'
import type { Point, Question, QuestionFilter } from './question.js'

const NOW = Date.parse('2026-04-01T17:41:23.456Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const REACH = { workspace: 'production', user: null }
const WINDOW = { startTs: new Date(NOW - 2 * DAY).toISOString(), endTs: new Date(NOW).toISOString() }
const ASKED: Question = { ...WINDOW, datasource: 'modelMetrics', type: 'distribution' }

type Scan = (row: TrafficRow) => boolean

const generated = createEmulator({ now: NOW, historyDays: 3, requestsPerHour: 40, nullModelShare: 0.1 }).rows()
const awkward = awkwardTraffic(NOW).filter((row) => row.at <= NOW && row.visibleAt <= NOW)

function inWindow(rows: readonly TrafficRow[], test: Scan = () => true): readonly TrafficRow[] {
  return rows.filter((row) => row.workspace === 'production' && row.at >= NOW - 2 * DAY && row.at < NOW && test(row))
}

const FILTERS: readonly (readonly [QuestionFilter, Scan])[] = [
  [{ fieldName: 'modelName', operator: 'EQUAL', value: 'gpt-4o' }, (row) => row.model === 'gpt-4o'],
  [{ fieldName: 'modelName', operator: 'NOT_EQUAL', value: 'gpt-4o' }, (row) => row.model !== 'gpt-4o'],
  [{ fieldName: 'modelName', operator: 'STRING_CONTAINS', value: '4o' }, (row) => row.model?.includes('4o') ?? false],
  [{ fieldName: 'modelName', operator: 'STRING_NOT_ENDS_WITH', value: 'i' }, (row) => !row.model?.endsWith('i')],
  [{ fieldName: 'modelName', operator: 'STRING_STARTS_WITH', value: '' }, (row) => row.model !== null],
  [{ fieldName: 'modelName', operator: 'EQUAL', value: '' }, () => false],
  [{ fieldName: 'virtualModel', operator: 'IS_NULL', value: true }, () => true],
  [{ fieldName: 'virtualModelName', operator: 'IS_NULL', value: false }, (row) => row.config !== null],
  [{ fieldName: 'httpStatusCode', operator: 'GREATER_THAN', value: 399 }, (row) => row.status > 399],
  [
    { fieldName: 'httpStatusCode', operator: 'BETWEEN', value: [246, 400] },
    (row) => row.status >= 246 && row.status <= 400,
  ],
  [{ fieldName: 'isFailure', operator: 'EQUAL', value: true }, (row) => row.status >= 400],
  [{ fieldName: 'errorCode', operator: 'NOT_IN', value: ['429'] }, (row) => row.status !== 429],
  [{ fieldName: 'inputTokens', operator: 'LESS_THAN_EQUAL', value: 10.5 }, (row) => row.inputTokens <= 10],
  [{ fieldName: 'costInUSD', operator: 'EQUAL', value: 0.07 }, (row) => row.costCents === 7],
  [{ fieldName: 'costInUSD', operator: 'LESS_THAN', value: 0.007 }, (row) => row.costCents < 0.7],
  [
    { fieldName: 'team', operator: 'ARRAY_HAS_NONE', value: ['plain', 'a,b'] },
    (row) => !['plain', 'a,b'].includes(row.metadata.team ?? ''),
  ],
  [
    { metadataKey: 'env', operator: 'IN', value: ["o'clock", 'production'] },
    (row) => ["o'clock", 'production'].includes(row.metadata.env ?? ''),
  ],
  [{ fieldName: 'metadata.a.b', operator: 'IS_NULL', value: true }, (row) => (row.metadata['a.b'] ?? '') === ''],
  [
    { fieldName: 'feedbackScore', operator: 'GREATER_THAN_EQUAL', value: 0 },
    (row) => row.feedback !== null && row.feedback.score >= 0,
  ],
]

t.test('each filter keeps what a scan keeps', async (t) => {
  for (const rows of [generated, awkward]) {
    const oracle = await createOracle(rows, NOW)
    for (const [filter, test] of FILTERS) {
      const verdict = await oracle.ask({ ...ASKED, filters: [filter] }, REACH)
      t.strictSame(
        verdict.kind === 'points' && verdict.points,
        [{ total: inWindow(rows, test).length }],
        JSON.stringify(filter),
      )
    }
    oracle.close()
  }
})

t.test('groups, their order and their figures are those of a scan', async (t) => {
  for (const rows of [generated, awkward]) {
    const oracle = await createOracle(rows, NOW)
    const question: Question = {
      ...ASKED,
      groupBy: ['virtualModel', 'metadata.team'],
      aggregations: [
        { type: 'sum', column: 'costInUSD' },
        { type: 'avg', column: 'latencyMs' },
        { type: 'p90', column: 'latencyMs' },
        { type: 'countDistinct', column: 'modelName' },
        { type: 'count', column: 'errorCode' },
      ],
    }
    const parts = new Map<string, TrafficRow[]>()
    for (const row of inWindow(rows)) {
      const name = JSON.stringify([row.config, row.metadata.team || null])
      parts.set(name, [...(parts.get(name) ?? []), row])
    }
    const right = [...parts].map(([name, part]): Point => {
      const [config, team]: (string | null)[] = JSON.parse(name)
      return { virtualModelName: config ?? null, 'metadata.team': team ?? null, ...figures(part) }
    })
    const verdict = await oracle.ask(question, REACH)
    const points = verdict.kind === 'points' ? verdict.points : []
    t.equal(differenceOf(points, right.toSorted(byTotalThenValues), { wholes: new Map(), averageDecimals: null }), null)
    const top = await oracle.ask({ ...question, limit: 3 }, REACH)
    t.strictSame(top.kind === 'points' && top.points, points.slice(0, 3))
    oracle.close()
  }
})

t.test('buckets are those of a scan, empty ones too, up to the one in progress', async (t) => {
  const oracle = await createOracle(generated, NOW)
  const endTs = new Date(NOW + DAY).toISOString()
  const asked: Question = { ...ASKED, endTs, type: 'timeseries', interval: '1 hour' }
  const verdict = await oracle.ask({ ...asked, aggregations: [{ type: 'sum', column: 'inputTokens' }] }, REACH)
  const first = Math.floor((NOW - 2 * DAY) / HOUR)
  const right = Array.from({ length: 49 }, (_, index) => {
    const start = (first + index) * HOUR
    const part = inWindow(generated, (row) => row.at >= start && row.at < start + HOUR)
    return {
      startTimestamp: new Date(start).toISOString(),
      endTimestamp: new Date(start + HOUR).toISOString(),
      total: part.length,
      sumInputTokens: sum(part, (row) => row.inputTokens),
    }
  })
  t.strictSame(verdict.kind === 'points' && verdict.points, right)
  oracle.close()
})

t.test('of nothing, sums and counts are 0 and the rest is null', async (t) => {
  const oracle = await createOracle([], NOW)
  const aggregations = ['sum', 'count', 'countDistinct', 'avg', 'min', 'max', 'p99'].map((type) => ({
    type,
    column: 'latencyMs',
  }))
  const figures = {
    sumLatencyMs: 0,
    countLatencyMs: 0,
    countDistinctLatencyMs: 0,
    avgLatencyMs: null,
    minLatencyMs: null,
    maxLatencyMs: null,
    p99LatencyMs: null,
  }
  const whole = await oracle.ask({ ...ASKED, aggregations }, REACH)
  t.strictSame(whole.kind === 'points' && whole.points, [{ total: 0, ...figures }])
  const grouped = await oracle.ask({ ...ASKED, aggregations, groupBy: ['modelName'] }, REACH)
  t.strictSame(grouped.kind === 'points' && grouped.points, [])
  const series = await oracle.ask({ ...ASKED, aggregations, type: 'timeseries', interval: '1 month' }, REACH)
  t.match(series.kind === 'points' && series.points, [
    { total: 0, ...figures },
    { total: 0, ...figures },
  ])
  oracle.close()
})

t.test('a key sees no more than its own', async (t) => {
  const oracle = await createOracle(awkward, NOW)
  for (const workspace of ['production', 'sandbox', null]) {
    for (const user of ['plain', null]) {
      const verdict = await oracle.ask(
        { ...ASKED, startTs: '2026-01-01T00:00:00Z', groupBy: ['workspace'] },
        { workspace, user },
      )
      const seen = awkward.filter(
        (row) =>
          (workspace ?? row.workspace) === row.workspace &&
          (user ?? row.metadata._user) === row.metadata._user &&
          row.at < NOW,
      )
      const total = verdict.kind === 'points' ? verdict.points.reduce((all, point) => all + Number(point.total), 0) : -1
      t.equal(total, seen.length, `${workspace} ${user}`)
      t.ok(seen.length > 0)
    }
  }
  oracle.close()
})

t.test('what Portkey does not know is unknown, unless it is bound to a metadata key', async (t) => {
  const oracle = await createOracle(awkward, NOW)
  const question: Question = { ...ASKED, groupBy: ['requestType'] }
  t.strictSame(await oracle.ask(question, REACH), { kind: 'unknown', names: ['requestType'] })
  oracle.close()
  const bound = await createOracle(awkward, NOW, { requestType: 'env' })
  const verdict = await bound.ask(question, REACH)
  const own = await bound.ask({ ...ASKED, groupBy: ['metadata.env'] }, REACH)
  t.strictSame(
    verdict.kind === 'points' &&
      verdict.points.map(({ requestType, total }) => ({ 'metadata.env': requestType, total })),
    own.kind === 'points' && own.points,
  )
  t.strictSame(await bound.values('modelMetrics', 'requestType'), await bound.values('modelMetrics', 'metadata.env'))
  bound.close()
})

t.test('the awkward traffic is awkward', async (t) => {
  for (const key of AWKWARD_KEYS)
    t.ok(
      awkward.some((row) => (row.metadata[key] ?? '') !== ''),
      key,
    )
  t.ok(awkward.some((row) => row.at % HOUR === 0))
  t.ok(awkward.some((row) => row.model === null))
})

function sum(rows: readonly TrafficRow[], read: (row: TrafficRow) => number): number {
  return rows.reduce((total, row) => total + read(row), 0)
}

function figures(rows: readonly TrafficRow[]) {
  const latencies = rows.map((row) => row.latencyMs).toSorted((one, other) => one - other)
  const place = 0.9 * (latencies.length - 1)
  const low = latencies[Math.floor(place)] ?? 0
  const high = latencies[Math.ceil(place)] ?? 0
  return {
    total: rows.length,
    sumCostInUSD: sum(rows, (row) => row.costCents) / 100,
    avgLatencyMs: sum(rows, (row) => row.latencyMs) / rows.length,
    p90LatencyMs: low + (high - low) * (place - Math.floor(place)),
    countDistinctModelName: new Set(rows.flatMap((row) => row.model ?? [])).size,
    countErrorCode: rows.filter((row) => row.status >= 400).length,
  }
}

/** Text ascending by code unit, null last. */
function byTotalThenValues(one: Point, other: Point): number {
  const rank = (point: Point) =>
    [point.virtualModelName, point['metadata.team']].map((value) => (value === null ? '1' : `0${value}`))
  const [a = '', b = ''] = rank(one)
  const [c = '', d = ''] = rank(other)
  return Number(other.total) - Number(one.total) || (a < c ? -1 : a > c ? 1 : b < d ? -1 : 1)
}
