import fc from 'fast-check'
import t from 'tap'
import { createEmulator, MAIN_WORKSPACE, type TrafficRow } from '../../src/emulator/emulator.js'
import { byBucket, byValue, edgesOf, type Figures, inputTokens, percentile, type Row, sameRows, sum } from './scan.js'
import { DAY, deploy, HOUR, MINUTE, NOW } from './service.js'

// Whatever was asked before, in whatever windows, an answer is the one that a service would give that holds nothing.

/** Unsettled numbers are never older than this. */
const OLDEST_MS = 30_000
const SETTLE_MS = 600_000

/** Two days behind and two ahead, made once; late rows come within some minutes, as the upstream's do. */
const ROWS = createEmulator({ now: NOW + 2.5 * DAY, historyDays: 5, requestsPerHour: 40 }).rows()

const INTERVALS = {
  '1 minute': MINUTE,
  '7 minutes': 7 * MINUTE,
  '10 minutes': 10 * MINUTE,
  '30 minutes': 30 * MINUTE,
  '1 hour': HOUR,
  '2 hours': 2 * HOUR,
  '1 day': DAY,
} as const

type Having = { readonly filters: readonly unknown[]; readonly test: (row: TrafficRow) => boolean }
const HAVINGS: readonly Having[] = [
  { filters: [], test: () => true },
  {
    filters: [{ fieldName: 'httpStatusCode', operator: 'LESS_THAN', value: 400 }],
    test: ({ status }) => status < 400,
  },
  {
    filters: [{ fieldName: 'team', operator: 'ARRAY_HAS_ANY', value: ['search'] }],
    test: ({ metadata }) => metadata.team === 'search',
  },
]

const GROUPS: readonly { readonly groupBy: readonly string[]; readonly of: (row: TrafficRow) => string | null }[] = [
  { groupBy: [], of: () => null },
  { groupBy: ['modelName'], of: ({ model }) => model },
  { groupBy: ['team'], of: ({ metadata }) => metadata.team ?? null },
]

const ASKED: readonly { readonly aggregations: readonly unknown[]; readonly figures: Figures }[] = [
  { aggregations: [], figures: {} },
  { aggregations: [{ type: 'sum', column: 'inputTokens' }], figures: { sumInputTokens: sum(inputTokens) } },
  { aggregations: [{ type: 'p99', column: 'latencyMs' }], figures: { p99LatencyMs: percentile(0.99) } },
]

const step = fc.record({
  /** How far the clock moves on before the question. */
  wait: fc.constantFrom(0, 1_000, 10_000, 20_000, MINUTE, 3 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR),
  /** Where the window ends: so many of its buckets before the end of the one under way. */
  back: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 4 })),
  buckets: fc.oneof(fc.constantFrom(6, 12, 24), fc.integer({ min: 1, max: 26 })),
  /** Off the grid by so many ms, at the start and at the end. */
  off: fc.oneof({ weight: 6, arbitrary: fc.constant([0, 0]) }, fc.tuple(fc.nat(50_000), fc.nat(50_000))),
})

/** What is asked; a sequence has few of them, or its questions would have nothing in common. */
const subject = fc.record({
  having: fc.constantFrom(...HAVINGS),
  group: fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...GROUPS.slice(0, 1)) }, fc.constantFrom(...GROUPS)),
  asked: fc.constantFrom(...ASKED),
  interval: fc.constantFrom(
    '1 minute',
    '7 minutes',
    '10 minutes',
    '30 minutes',
    '1 hour',
    '1 hour',
    '1 hour',
    '2 hours',
    '1 day',
  ),
})

const sequence = fc
  .tuple(
    fc.array(subject, { minLength: 1, maxLength: 2 }),
    fc.array(fc.tuple(step, fc.nat()), { minLength: 6, maxLength: 14 }),
  )
  .map(([subjects, steps]) =>
    steps.flatMap(([one, which]) => {
      const about = subjects[which % subjects.length]
      return about === undefined ? [] : [{ ...one, ...about }]
    }),
  )
type Step = typeof sequence extends fc.Arbitrary<readonly (infer Value)[]> ? Value : never

const windowOf = ({ interval, back, buckets, off: [late = 0, early = 0] }: Step, now: number) => {
  const size = INTERVALS[interval]
  const end = (Math.floor(now / size) + 1 - back) * size - early
  const start = Math.max((Math.floor(now / size) + 1 - back - buckets) * size, NOW - 2 * DAY) + late
  return start < end ? { start, end, size } : { start: end - 1_000, end, size }
}

/** The right rows, as the upstream shows them at `moment`; buckets are those that have begun at `now`. */
const rowsAt = (one: Step, now: number, moment: number): readonly Row[] => {
  const { start, end, size } = windowOf(one, now)
  const { group, having, asked } = one
  const rows = ROWS.filter(
    (row) =>
      row.workspace === MAIN_WORKSPACE &&
      row.at >= start &&
      row.at < end &&
      row.visibleAt <= moment &&
      row.at <= moment &&
      having.test(row),
  )
  const edges = edgesOf(Math.floor(start / size) * size, Math.min(end, now + 1), size)
  if (group.groupBy.length === 0) return byBucket(rows, edges, asked.figures)
  const key = group.groupBy[0] ?? ''
  return edges.slice(0, -1).flatMap((edge) => {
    const stamps = {
      startTimestamp: new Date(edge).toISOString(),
      endTimestamp: new Date(edge + size).toISOString(),
    }
    const inside = rows.filter(({ at }) => at >= edge && at < edge + size)
    return byValue(inside, key, group.of, asked.figures).map((row) => ({ ...stamps, ...row }))
  })
}

const bucketsOf = (rows: readonly Row[]): ReadonlyMap<unknown, string> => {
  const buckets = new Map<unknown, Row[]>()
  for (const row of rows) buckets.set(row.startTimestamp, [...(buckets.get(row.startTimestamp) ?? []), row])
  return new Map([...buckets].map(([start, of]) => [start, JSON.stringify(of.map(rounded))]))
}

/** Sums of floats in another order differ in the last digits. */
const rounded = (row: Row) =>
  Object.entries(row)
    .map(([key, value]) => [key, typeof value === 'number' ? Number(value.toPrecision(10)) : value])
    .toSorted()

t.test('any questions, one after the other', { timeout: 110_000 }, async (t) => {
  await fc.assert(
    fc.asyncProperty(sequence, async (steps) => {
      await t.test('a sequence', async (t) => {
        const service = await deploy(t, { rows: ROWS }, { MAX_UPSTREAM_CALLS: '5000' })
        let now = NOW
        const moments: number[] = []
        for (const one of steps) {
          now = Math.min(now + one.wait, NOW + 2 * DAY)
          moments.push(now)
          service.emulator.setNow(now)
          const { start, end } = windowOf(one, now)
          const name = JSON.stringify([
            new Date(now),
            new Date(start),
            new Date(end),
            one.interval,
            one.group.groupBy,
            one.having.filters,
            one.asked.aggregations,
          ])
          const { asked, group, having, interval } = one
          const window = { startTs: new Date(start).toISOString(), endTs: new Date(end).toISOString() }
          const body = {
            type: 'timeseries',
            interval,
            ...window,
            groupBy: group.groupBy,
            filters: having.filters,
            aggregations: asked.aggregations,
          }
          const reply = await service.ask(body)
          if (reply.status !== 200) {
            const fresh = await service.ask(body, { headers: { 'cache-control': 'no-cache' } })
            t.equal(reply.code, fresh.code, `${name}: what cannot be answered cannot be answered afresh`)
            continue
          }
          if (end <= now - SETTLE_MS) {
            sameRows(t, reply.rows, rowsAt(one, now, now), name)
            continue
          }
          // Each bucket is of one of the moments at which the upstream was asked lately.
          const lately = moments.filter((moment) => moment >= now - OLDEST_MS)
          const got = bucketsOf(reply.rows)
          const right = lately.map((moment) => bucketsOf(rowsAt(one, now, moment)))
          for (const start of new Set([...got.keys(), ...right.flatMap((of) => [...of.keys()])])) {
            const texts = right.map((of) => of.get(start))
            t.ok(texts.includes(got.get(start)), `${name}: ${start}`, { got: got.get(start), want: texts })
          }
        }
      })
      return t.counts.fail === 0
    }),
    {
      numRuns: Number(process.env.DELTA_RUNS ?? 25),
      ...(process.env.DELTA_SEED && { seed: Number(process.env.DELTA_SEED) }),
      endOnFailure: true,
    },
  )
})
