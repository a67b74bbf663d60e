import fc from 'fast-check'
import t from 'tap'
import { Temporal } from 'temporal-polyfill'
import { bucketCount, bucketEdges } from '../../src/query/buckets.js'
import type { Interval } from '../../src/query/query.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const fixed = (seconds: number): Interval => ({ unit: 'fixed', seconds })
const at = (text: string): number => Date.parse(text)
const span = (start: string, end: string) => ({ start: at(start), end: at(end) })
const texts = (edges: readonly number[]): readonly string[] => edges.map((edge) => new Date(edge).toISOString())
const lengths = (edges: readonly number[], unit: number): readonly number[] =>
  edges.slice(1).map((edge, index) => (edge - (edges[index] ?? 0)) / unit)

t.test('in UTC', async (t) => {
  const hours = bucketEdges(span('2026-04-21T00:30:00Z', '2026-04-21T02:00:00Z'), fixed(3600), 'UTC')
  t.same(texts(hours), ['2026-04-21T00:00:00.000Z', '2026-04-21T01:00:00.000Z', '2026-04-21T02:00:00.000Z'])
  t.same(
    texts(bucketEdges(span('2026-04-21T00:00:00Z', '2026-04-21T00:00:00.001Z'), fixed(7 * 3600), 'UTC')),
    ['2026-04-20T23:00:00.000Z', '2026-04-21T06:00:00.000Z'],
    'sevens of hours count from 1970-01-01',
  )
  t.same(
    texts(bucketEdges(span('2026-04-21T00:00:00Z', '2026-04-28T00:00:00Z'), { unit: 'week', weeks: 1 }, 'UTC')),
    ['2026-04-20T00:00:00.000Z', '2026-04-27T00:00:00.000Z', '2026-05-04T00:00:00.000Z'],
    'weeks start on Monday',
  )
  t.same(
    texts(bucketEdges(span('1970-01-05T00:00:00Z', '1970-01-19T00:00:00Z'), { unit: 'week', weeks: 2 }, 'UTC')),
    ['1970-01-05T00:00:00.000Z', '1970-01-19T00:00:00.000Z'],
    'and pairs of them count from 1970-01-05',
  )
  t.same(
    texts(bucketEdges(span('2024-02-10T00:00:00Z', '2024-03-01T00:00:00.001Z'), { unit: 'month', months: 1 }, 'UTC')),
    ['2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z', '2024-04-01T00:00:00.000Z'],
  )
  t.same(
    texts(bucketEdges(span('2026-04-21T00:00:00Z', '2026-04-22T00:00:00Z'), { unit: 'month', months: 5 }, 'UTC')),
    ['2026-04-01T00:00:00.000Z', '2026-09-01T00:00:00.000Z'],
    'floor of (year × 12 + month) ÷ 5',
  )
  t.same(
    texts(bucketEdges(span('1970-01-01T00:00:00Z', '1970-01-02T00:00:00Z'), { unit: 'week', weeks: 1 }, 'UTC')),
    ['1969-12-29T00:00:00.000Z', '1970-01-05T00:00:00.000Z'],
    'the first edge may precede 1970',
  )
})

t.test('days of a zone follow its clock', async (t) => {
  const berlin = (start: string, end: string) => bucketEdges(span(start, end), fixed(86_400), 'Europe/Berlin')
  t.same(lengths(berlin('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z'), HOUR), [24, 23, 24])
  t.same(lengths(berlin('2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z'), HOUR), [24, 25, 24])
  const johns = bucketEdges(span('2005-10-29T12:00:00Z', '2005-10-31T12:00:00Z'), fixed(86_400), 'America/St_Johns')
  t.same(lengths(johns, HOUR), [24, 25, 24], 'a clock set back just after midnight makes no day of a minute')
  const havana = bucketEdges(span('2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z'), fixed(86_400), 'America/Havana')
  t.same(lengths(havana, HOUR), [24, 25, 24], 'nor one set back to midnight')
  const apia = bucketEdges(span('2011-12-29T12:00:00Z', '2011-12-31T12:00:00Z'), fixed(86_400), 'Pacific/Apia')
  t.same(lengths(apia, HOUR), [24, 24, 24], 'a day that a zone skipped is no bucket')
  const sao = bucketEdges(span('2018-11-03T12:00:00Z', '2018-11-05T12:00:00Z'), fixed(86_400), 'America/Sao_Paulo')
  t.same(lengths(sao, HOUR), [24, 23, 24], 'a day without a midnight starts when the clock changes')
})

t.test('shorter buckets come twice where the clock does', async (t) => {
  const autumn = span('2026-10-25T00:00:00Z', '2026-10-25T03:00:00Z')
  t.same(lengths(bucketEdges(autumn, fixed(3600), 'Europe/Berlin'), HOUR), [1, 1, 1])
  t.same(lengths(bucketEdges(autumn, fixed(1800), 'Europe/Berlin'), HOUR), [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
  t.same(lengths(bucketEdges(autumn, fixed(7200), 'Europe/Berlin'), HOUR), [3], 'a longer one lasts longer')
  const across = span('2026-10-25T00:30:00Z', '2026-10-25T02:00:00Z')
  t.same(
    texts(bucketEdges(across, fixed(75 * 60), 'Europe/Berlin')),
    ['2026-10-25T00:15:00.000Z', '2026-10-25T02:30:00.000Z'],
    'and starts once, at the first 02:15',
  )
  const spring = span('2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z')
  t.same(lengths(bucketEdges(spring, fixed(7200), 'Europe/Berlin'), HOUR), [2, 1], 'or shorter')
  const nepal = bucketEdges(span('2026-04-21T00:00:00Z', '2026-04-21T01:00:00Z'), fixed(3600), 'Asia/Kathmandu')
  t.same(texts(nepal), ['2026-04-20T23:15:00.000Z', '2026-04-21T00:15:00.000Z', '2026-04-21T01:15:00.000Z'])
})

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Antarctica/Troll',
)
const intervals: fc.Arbitrary<Interval> = fc.oneof(
  fc.constantFrom(60, 300, 900, 1800, 2700, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 90_000, 604_800).map(fixed),
  fc.integer({ min: 1, max: 400_000 }).map(fixed),
  fc.integer({ min: 1, max: 9 }).map((weeks): Interval => ({ unit: 'week', weeks })),
  fc.integer({ min: 1, max: 30 }).map((months): Interval => ({ unit: 'month', months })),
)
const starts = fc.oneof(
  fc.integer({ min: 0, max: Date.UTC(2040, 0) }),
  // Around changes of the clock.
  fc
    .constantFrom(
      '2026-10-25T01:00:00Z',
      '2026-03-29T01:00:00Z',
      '2005-10-30T02:31:00Z',
      '2011-12-30T10:00:00Z',
      '2026-04-04T15:00:00Z',
    )
    .chain((text) => fc.integer({ min: -2 * DAY, max: 2 * DAY }).map((away) => at(text) + away)),
)
const slack = (zone: string, interval: Interval): number =>
  zone === 'UTC' ? 0 : Math.max(2, Math.ceil((26 * HOUR) / sizeOf(interval)))
const sizeOf = (interval: Interval): number =>
  interval.unit === 'fixed'
    ? interval.seconds * 1_000
    : interval.unit === 'week'
      ? interval.weeks * 7 * DAY
      : interval.months * 30 * DAY
const cases = fc
  .record({ zone: zones, interval: intervals, start: starts, buckets: fc.double({ min: 0.001, max: 60, noNaN: true }) })
  .map(({ zone, interval, start, buckets }) => {
    const end = start + Math.max(1, Math.floor(buckets * sizeOf(interval)))
    return { zone, interval, window: { start, end } }
  })

t.test('edges ascend strictly and enclose the window tightly, and the count is theirs', async () => {
  fc.assert(
    fc.property(cases, ({ zone, interval, window }) => {
      const edges = bucketEdges(window, interval, zone)
      const inside = edges.slice(1, -1)
      return (
        edges.length >= 2 &&
        edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge)) &&
        (edges[0] ?? Number.NaN) <= window.start &&
        (edges.at(-1) ?? Number.NaN) >= window.end &&
        inside.every((edge) => edge > window.start && edge < window.end) &&
        // A change of the clock repeats or skips an hour's worth of buckets; here there are few changes.
        Math.abs(bucketCount(window, interval, zone) - (edges.length - 1)) <= slack(zone, interval)
      )
    }),
    { numRuns: 500 },
  )
})

t.test('the grid does not depend on the window', async () => {
  fc.assert(
    fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone, interval, window }, share) => {
      const edges = bucketEdges(window, interval, zone)
      const start = window.start + Math.floor((window.end - 1 - window.start) * share)
      const later = bucketEdges({ start, end: window.end }, interval, zone)
      return later.every((edge) => edges.includes(edge))
    }),
    { numRuns: 500 },
  )
})

t.test('days, weeks and months of a zone start where Temporal says they do', async () => {
  fc.assert(
    fc.property(
      zones,
      fc.integer({ min: DAY, max: Date.UTC(2040, 0) }),
      fc.integer({ min: 1, max: 40 }),
      (zone, start, days) => {
        const edges = bucketEdges({ start, end: start + days * DAY }, fixed(86_400), zone)
        return edges.every((edge) => {
          const local = Temporal.Instant.fromEpochMilliseconds(edge).toZonedDateTimeISO(zone)
          return local.startOfDay().epochMilliseconds === edge
        })
      },
    ),
    { numRuns: 200 },
  )
})

t.test('centuries are counted by arithmetic and walked edge by edge', async (t) => {
  const all = { start: 0, end: Date.UTC(9999, 0) }
  t.ok(bucketCount(all, fixed(1), 'Europe/Berlin') > 2e11)
  t.equal(bucketCount(all, fixed(1), 'UTC'), Date.UTC(9999, 0) / 1_000)
  t.equal(bucketEdges(all, { unit: 'month', months: 12 }, 'Europe/Berlin').length, 9999 - 1970 + 2)
})
