import fc from 'fast-check'
import t from 'tap'
import { parseInstant } from '../../src/query/times.js'
import { ask, faultsOf, LEAST, refusal } from './question.js'

const MIDNIGHT = Date.UTC(2026, 3, 21)
const accepted: readonly (readonly [text: string, ms: number])[] = [
  ['2026-04-21T00:00:00.000Z', MIDNIGHT],
  ['2026-04-21T00:00:00Z', MIDNIGHT],
  ['2026-04-21t00:00:00z', MIDNIGHT],
  ['2026-04-21T00:00:00.5Z', MIDNIGHT + 500],
  ['2026-04-21T00:00:00.05Z', MIDNIGHT + 50],
  ['2026-04-21T00:00:00.123000000Z', MIDNIGHT + 123],
  ['2026-04-21T02:00:00+02:00', MIDNIGHT],
  ['2026-04-20T18:30:00-05:30', MIDNIGHT],
  ['2026-04-21T00:00:00-00:00', MIDNIGHT],
  ['2026-04-21T23:59:00+23:59', MIDNIGHT],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
  ['1969-12-31T23:30:00-00:30', 0],
  ['1970-01-01T00:00:00Z', 0],
  ['9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
]
for (const [text, ms] of accepted) {
  t.test(`${text} is an instant`, async (t) => {
    t.same(parseInstant(text), { ok: true, ms })
  })
}

const refused: readonly (readonly [value: unknown, hint: RegExp])[] = [
  ['2026-04-21', /date alone/],
  ['2026-04-21T00:00:00', /offset from UTC is missing/],
  ['2026-02-30T00:00:00Z', /no such date/],
  ['1900-02-29T00:00:00Z', /no such date/],
  ['2026-04-21T25:00:00Z', /no such time/],
  ['2016-12-31T23:59:60Z', /leap second/],
  ['2026-04-21T00:00:00.0001Z', /millisecond/],
  ['2026-04-21T00:00:00+25:00', /offset/],
  ['1969-12-31T23:59:59Z', /1970 and 9999/],
  ['0000-01-01T00:00:00Z', /1970 and 9999/],
  [1_776_729_600_000, /timestamp such as.*found 1776729600000/],
  [undefined, /it is missing/],
]
for (const [value, hint] of refused) {
  t.test(`${String(value)} is refused with what to do`, async (t) => {
    const instant = parseInstant(value)
    t.match(instant, { ok: false, fault: hint })
  })
}

t.test('every instant of the allowed years reads back, whatever its offset', async () => {
  const offset = fc.integer({ min: -(24 * 60 - 1), max: 24 * 60 - 1 })
  const instant = fc.integer({ min: Date.UTC(1970, 0, 3), max: Date.UTC(9999, 11, 29) })
  fc.assert(
    fc.property(instant, offset, (ms, minutes) => {
      const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1)
      const size = Math.abs(minutes)
      const two = (part: number): string => String(Math.floor(part)).padStart(2, '0')
      const parsed = parseInstant(`${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`)
      return parsed.ok && parsed.ms === ms
    }),
  )
})

t.test('the window', async (t) => {
  t.same(ask({}).window, { start: MIDNIGHT, end: MIDNIGHT + 86_400_000 }, 'start included, end excluded, epoch ms')
  t.same(ask({ endTs: '2026-04-21T00:00:00.001Z' }).window.end, MIDNIGHT + 1, 'a millisecond is a window')
  t.same(ask({ startTs: '9000-01-01T00:00:00Z', endTs: '9001-01-01T00:00:00Z' }).window.start, Date.UTC(9000, 0))
  t.same(faultsOf({ endTs: LEAST.startTs }), ['WINDOW_INVALID /endTs'], 'an empty window')
  t.match(refusal({ ...LEAST, startTs: 'x', endTs: 'y' }).details, [{ path: '/startTs' }, { path: '/endTs' }])
})
