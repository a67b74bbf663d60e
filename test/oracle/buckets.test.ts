import fc from 'fast-check'
import t from 'tap'
import { edgesOf, gridOf } from './buckets.js'
import { offsetAt } from './clock.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const iso = (edges: readonly number[]) => edges.map((edge) => new Date(edge).toISOString().slice(0, 16))
const span = (start: string, end: string) => ({ start: Date.parse(start), end: Date.parse(end) })

t.test('the clock of a zone is what its calendar says', async (t) => {
  t.equal(offsetAt('UTC', 0), 0)
  t.equal(offsetAt('Asia/Kathmandu', Date.UTC(2026, 0)), 345 * MINUTE)
  t.equal(offsetAt('America/New_York', Date.UTC(1970, 0)), -5 * HOUR)
  t.equal(offsetAt('Europe/Berlin', Date.parse('2026-03-29T00:59:59.999Z')), HOUR)
  t.equal(offsetAt('Europe/Berlin', Date.parse('2026-03-29T01:00:00.000Z')), 2 * HOUR)
})

t.test('weeks begin on Mondays, months and years by the calendar', async (t) => {
  t.strictSame(iso(edgesOf(span('2026-03-30T00:00:00Z', '2026-03-30T00:00:01Z'), '1 week', 'UTC')), [
    '2026-03-30T00:00',
    '2026-04-06T00:00',
  ])
  t.strictSame(iso(edgesOf(span('2026-02-15T00:00:00Z', '2026-04-01T00:00:00Z'), '1 month', 'UTC')), [
    '2026-02-01T00:00',
    '2026-03-01T00:00',
    '2026-04-01T00:00',
  ])
  t.strictSame(iso(edgesOf(span('2026-02-15T00:00:00Z', '2026-02-16T00:00:00Z'), '1 year', 'Europe/Berlin')), [
    '2025-12-31T23:00',
    '2026-12-31T23:00',
  ])
})

t.test('a day that the clock is set in has 23 or 25 hours', async (t) => {
  t.strictSame(iso(edgesOf(span('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'), '1 day', 'Europe/Berlin')), [
    '2026-03-28T23:00',
    '2026-03-29T22:00',
  ])
  t.strictSame(iso(edgesOf(span('2025-10-25T22:00:00Z', '2025-10-26T23:00:00Z'), '1 day', 'Europe/Berlin')), [
    '2025-10-25T22:00',
    '2025-10-26T23:00',
  ])
})

t.test('edges are where a walk, minute by minute, sees the wall clock enter a bucket', async () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe']
  const intervals = [
    '1 minute',
    '7 minutes',
    '30 minutes',
    '1 hour',
    '90 minutes',
    '5 hours',
    '1 day',
    '1 week',
    '1 month',
  ]
  // Around the changes of clocks in spring and autumn.
  const starts = ['2026-03-29T01:00:00Z', '2026-03-08T07:00:00Z', '2026-04-04T15:00:00Z', '2025-10-26T01:00:00Z']
  const start = fc
    .tuple(fc.constantFrom(...starts), fc.integer({ min: -180, max: 180 }))
    .map(([text, minutes]) => Date.parse(text) + minutes * MINUTE)
  const length = fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * MINUTE)
  fc.assert(
    fc.property(
      start,
      length,
      fc.constantFrom(...intervals),
      fc.constantFrom(...zones),
      (start, length, interval, zone) => {
        const window = { start, end: start + length }
        const edges = edgesOf(window, interval, zone)
        const inside = edges.slice(1, -1)
        const walked = walk(window, interval, zone)
        if (JSON.stringify(iso(inside)) !== JSON.stringify(iso(walked)))
          throw new Error(`${iso(inside)} not ${iso(walked)}`)
        return (edges[0] ?? Number.NaN) <= window.start && (edges.at(-1) ?? Number.NaN) >= window.end
      },
    ),
    { seed: 1, numRuns: 300 },
  )
})

/** The edges within a window, found by looking at the wall clock every minute from a day before. */
function walk({ start, end }: { start: number; end: number }, interval: string, zone: string): readonly number[] {
  const grid = gridOf(interval)
  const found: number[] = []
  let reached = Number.NEGATIVE_INFINITY
  let before = offsetAt(zone, start - DAY)
  for (let at = start - DAY; at < end; at += MINUTE) {
    const offset = offsetAt(zone, at)
    if (before - offset >= grid.shortest) reached = Number.NEGATIVE_INFINITY
    before = offset
    const number = grid.numberAt(at + offset)
    if (number <= reached) continue
    reached = number
    if (at > start) found.push(at)
  }
  return found
}
