import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { AWKWARD_KEYS } from './awkward.js'
import { differenceOf } from './compare.js'
import { createOracle } from './oracle.js'
import type { Point, Question } from './question.js'
import { ASKED, awkward, generated, inWindow, NOW, REACH, SINCE } from './scan.js'

const HOUR = 3_600_000

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
  const endTs = new Date(NOW + 24 * HOUR).toISOString()
  const asked: Question = { ...ASKED, endTs, type: 'timeseries', interval: '1 hour' }
  const verdict = await oracle.ask({ ...asked, aggregations: [{ type: 'sum', column: 'inputTokens' }] }, REACH)
  const first = Math.floor(SINCE / HOUR)
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
