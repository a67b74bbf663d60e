import fc from 'fast-check'
import t from 'tap'
import { alignedTo, durationMs, fittingIntervals, namedInterval, steadied } from '../../src/grafana/interval.js'
import { bucketCount, bucketEdges } from '../../src/query/buckets.js'
import { describeInterval } from '../../src/query/interval.js'
import { lastHours, openGrafana } from './panel.js'
import { target } from './target.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.parse('2026-03-10T07:11:13.017Z')

t.test('buckets are long enough to be worth drawing and no more than the panel has room for', async (t) => {
  const first = (length: number, leastMs: number, mostPoints: number) => {
    const window = { start: START, end: START + length }
    const [interval] = fittingIntervals(window, { leastMs, mostPoints, zoneOf: () => 'UTC' })
    return interval === undefined ? '' : describeInterval(interval)
  }
  t.equal(first(HOUR, 2_000, 1_000), '1 minute')
  t.equal(first(6 * HOUR, 30_000, 800), '1 minute')
  t.equal(first(DAY, 2 * MINUTE, 800), '5 minutes')
  t.equal(first(7 * DAY, 10 * MINUTE, 800), '30 minutes')
  t.equal(first(30 * DAY, HOUR, 800), '1 hour')
  t.equal(first(365 * DAY, 12 * HOUR, 800), '12 hours')
  t.equal(first(30 * DAY, HOUR, 1), '1 year', 'or however long it must be')
})

t.test('never more buckets than maxDataPoints, always whole ones that cover the range', async () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu')
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1, max: 400 * DAY }),
      fc.integer({ min: 2, max: 3_000 }),
      fc.integer({ min: 0, max: 30 * DAY }),
      zones,
      (start, length, mostPoints, leastMs, timeZone) => {
        const window = { start, end: start + length }
        const intervals = fittingIntervals(window, { leastMs, mostPoints, zoneOf: () => timeZone })
        return intervals.every((interval) => {
          const aligned = alignedTo(window, interval, timeZone)
          const edges = bucketEdges(aligned, interval, timeZone)
          return (
            bucketCount(window, interval, timeZone) <= mostPoints &&
            aligned.start <= window.start &&
            aligned.end >= window.end &&
            edges[0] === aligned.start &&
            edges.at(-1) === aligned.end
          )
        })
      },
    ),
  )
})

t.test(
  'a moving range of totals is widened by a hundredth at either end at most, and stands still meanwhile',
  async (t) => {
    const moving = { startMoves: true, endMoves: true }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 400 * DAY }), (start, length) => {
        const range = { start, end: start + length, ...moving }
        const steady = steadied(range)
        return (
          range.start - steady.start <= length / 100 &&
          steady.end - range.end <= length / 100 &&
          steady.start <= range.start &&
          steady.end >= range.end
        )
      }),
    )
    const day = { start: START, end: START + DAY, ...moving }
    const later = { start: day.start + MINUTE, end: day.end + MINUTE }
    t.strictSame(steadied({ ...later, ...moving }), steadied(day))
    t.equal(steadied({ ...day, startMoves: false }).start, day.start, 'an end that does not move stays')
    t.strictSame(steadied({ ...later, startMoves: false, endMoves: false }), later)
  },
)

t.test('durations as Grafana writes them', async (t) => {
  t.strictSame(['500ms', '30s', '5m', '2h', '7d', '1w', '1M', '1y'].map(durationMs), [
    500,
    30_000,
    5 * MINUTE,
    2 * HOUR,
    7 * DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
  ])
  t.strictSame(['', '5', 'm', '0m', '1h30m', '-1h', '5 m', '1 hour'].map(durationMs), Array(8).fill(null))
  const window = { start: START, end: START + DAY }
  const wish = (mostPoints: number) => ({ mostPoints, zoneOf: () => 'UTC' })
  t.strictSame(namedInterval('15m', window, wish(800)), { unit: 'fixed', seconds: 900 })
  t.equal(namedInterval('15m', window, wish(90)), null, 'more buckets than there is room for')
  t.equal(namedInterval('20ms', window, wish(1e9)), null)
})

t.test('which interval a panel gets', async (t) => {
  const service = await openGrafana(t)
  const drawn = async (payload: Readonly<Record<string, unknown>>, request: Readonly<Record<string, unknown>> = {}) => {
    const base = { range: lastHours(24), interval: '2m', intervalMs: 120_000, maxDataPoints: 800, ...request }
    const { body } = await service.send('/query', { ...base, targets: [target(payload)] })
    const [frame] = Object(body)
    return [frame.meta.custom.interval ?? frame.meta.custom.code, frame.datapoints?.length]
  }
  t.strictSame(await drawn({ aggregations: ['sum costInUSD'] }), ['10 minutes', 145], 'at a fair price')
  t.strictSame(await drawn({}), ['5 minutes', 289])
  t.strictSame(await drawn({ interval: '$__interval' }), ['5 minutes', 289])
  t.strictSame(await drawn({ interval: '2m' }), ['5 minutes', 289], 'as the plugin fills in $__interval')
  t.strictSame(await drawn({}, { maxDataPoints: 100 }), ['30 minutes', 49])
  t.strictSame(await drawn({}, { maxDataPoints: 24 }), ['3 hours', 9])
  t.strictSame(await drawn({}, { intervalMs: HOUR }), ['1 hour', 25])
  t.strictSame(await drawn({ groupBy: ['modelName'] }), ['1 hour', 25], 'Portkey’s own step at that length')
  t.strictSame(await drawn({ interval: '15m' }), ['15 minutes', 97], 'one that was picked')
  t.strictSame(
    await drawn({ interval: '15m' }, { maxDataPoints: 50 }),
    ['30 minutes', 49],
    'unless there is no room for it',
  )
  t.strictSame(
    await drawn({ interval: '4 hours' }, { maxDataPoints: 2 }),
    ['4 hours', 7],
    'in the language’s words: exactly that',
  )
  const scopedVars = {
    bucket: { text: '3h', value: '3 hours' },
    any: { value: '$__auto_interval_any' },
    two: { value: ['1h', '2h'] },
  }
  t.strictSame(await drawn({ interval: '$bucket' }, { scopedVars }), ['3 hours', 9], 'a variable that is left to us')
  t.strictSame(await drawn({ interval: '$any' }, { scopedVars }), ['5 minutes', 289], 'and holds auto')
  for (const interval of ['$bukcet', '$two']) {
    t.strictSame(await drawn({ interval }, { scopedVars }), ['VALIDATION_FAILED', undefined], interval)
  }
  t.strictSame(await drawn({ interval: 'often' }), ['INTERVAL_INVALID', undefined])
  t.strictSame(await drawn({ interval: '1 second' }), ['TOO_MANY_BUCKETS', undefined])
  const days = await drawn({ interval: '1 day', timeZone: 'Asia/Tokyo' })
  t.strictSame(days, ['1 day', 2])
})

t.test('targets of one panel are drawn with one interval', async (t) => {
  const service = await openGrafana(t)
  const targets = [
    target({}),
    target({ groupBy: ['modelName'] }, 'B'),
    target({ aggregations: ['p75 latencyMs'] }, 'C'),
  ]
  const { body } = await service.send('/query', {
    range: lastHours(24),
    intervalMs: 120_000,
    maxDataPoints: 800,
    targets,
  })
  const intervals = Object(body).map(({ meta }: { meta: { custom: { interval?: string } } }) => meta.custom.interval)
  t.strictSame([...new Set(intervals)], ['1 hour', undefined], 'and one that is refused has no say')
})
