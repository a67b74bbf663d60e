import t from 'tap'
import { readRange } from '../../src/grafana/range.js'
import { newFaults } from '../../src/query/faults.js'
import { HOUR, MINUTE, NOW } from '../engine/service.js'
import { openGrafana } from './panel.js'
import { target } from './target.js'

const iso = (ms: number) => new Date(ms).toISOString()
const MIDNIGHT = Date.parse('2026-06-10T00:00:00.000Z')
const DAY = 24 * HOUR

/** Ranges as Grafana names them, and the window that their totals are about. */
const RANGES: readonly (readonly [string, string, number, number, number, number])[] = [
  ['now-24h', 'now', NOW - DAY, NOW, Date.parse('2026-06-09T12:30:00Z'), Date.parse('2026-06-10T12:40:00Z')],
  ['now-15m', 'now', NOW - 15 * MINUTE, NOW, Date.parse('2026-06-10T12:19:55Z'), Date.parse('2026-06-10T12:35:00Z')],
  ['now/d', 'now', MIDNIGHT, NOW, MIDNIGHT, Date.parse('2026-06-10T12:35:00Z')],
  ['now-2d/d', 'now', MIDNIGHT - 2 * DAY, NOW, MIDNIGHT - 2 * DAY, Date.parse('2026-06-10T13:00:00Z')],
  ['now-1d/d', 'now-1d/d', MIDNIGHT - DAY, MIDNIGHT - 1, MIDNIGHT - DAY, MIDNIGHT - 1],
  ['now-1d', 'now-1h', NOW - DAY, NOW - HOUR, NOW - DAY, NOW - HOUR],
  ['now/d', 'now/d', MIDNIGHT, MIDNIGHT + DAY - 1, MIDNIGHT, MIDNIGHT + DAY - 1],
  [iso(NOW - DAY), iso(NOW), NOW - DAY, NOW, NOW - DAY, NOW],
  // A range that was made some minutes ago, and is sent again.
  ['now-6h', 'now', NOW - 6 * HOUR - 5 * MINUTE, NOW - 5 * MINUTE, NOW - 6 * HOUR - 5 * MINUTE, NOW - 5 * MINUTE],
]

t.test(
  'totals are of the range itself; only an end that is the present, and a start counted from it, are aligned',
  async (t) => {
    const service = await openGrafana(t)
    for (const [from, to, start, end, ...asked] of RANGES) {
      const range = { from: iso(start), to: iso(end), raw: { from, to } }
      const targets = [target({ type: 'distribution', aggregations: ['total'] })]
      const { body } = await service.send('/query', { range, targets })
      const [{ rows, meta }] = Object(body)
      const [startTs = '', endTs = ''] = asked.map(iso)
      t.strictSame(meta.custom, { startTs, endTs }, `${from} to ${to}`)
      t.strictSame(rows, [[service.seen({ startTs, endTs }).length]], `${from} to ${to}`)
    }
  },
)

t.test('lists of values are of the same window', async (t) => {
  const service = await openGrafana(t)
  const yesterday = { from: iso(MIDNIGHT - DAY), to: iso(MIDNIGHT), raw: { from: 'now-1d/d', to: 'now-1d/d' } }
  await service.send('/variable', { payload: { field: 'team' }, range: yesterday })
  const [listing] = service.emulator.requests.filter(({ path }) => path.includes('/groups/'))
  t.match(listing?.query.time_of_generation_min, iso(MIDNIGHT - DAY))
})

t.test('what moves', async (t) => {
  const moves = (from: unknown, to: unknown, end = NOW) => {
    const range = readRange({ from: iso(end - HOUR), to: iso(end), raw: { from, to } }, '', NOW, newFaults())
    return [range?.startMoves, range?.endMoves]
  }
  t.strictSame(moves('now-1h', 'now'), [true, true])
  t.strictSame(moves('now-1h', 'now', NOW + 30_000), [true, true], 'whose clock is a little ahead')
  t.strictSame(moves('now-1h', 'now', NOW - 2 * MINUTE), [false, false])
  t.strictSame(moves('now-1h/h', 'now'), [false, true])
  t.strictSame(moves(iso(NOW - HOUR), 'now'), [false, true])
  t.strictSame(moves(undefined, undefined), [false, false])
  t.strictSame(moves('now-1h', 'now/d'), [false, false])
})
