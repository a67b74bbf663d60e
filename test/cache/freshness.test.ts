import fc from 'fast-check'
import t from 'tap'
import { freshUntil, isLive, keptFor, type Policy, worthOf } from '../../src/cache/freshness.js'

const SECOND = 1_000
const HOUR = 3_600_000
const END = Date.parse('2026-06-10T12:00:00.000Z')
const policy: Policy = { settleMs: 600 * SECOND, liveTtlMs: 15 * SECOND, staleMaxMs: 24 * HOUR }
const worth = (fetched: number, now: number) => worthOf(END + fetched, END, END + now, policy)

t.test('what had not settled is good for the live time, then while a newer one is fetched', async (t) => {
  t.equal(worth(-5 * SECOND, 9.9 * SECOND), 'fresh')
  t.equal(worth(-5 * SECOND, 10 * SECOND), 'revalidate')
  t.equal(worth(-5 * SECOND, 24.9 * SECOND), 'revalidate')
  t.equal(worth(-5 * SECOND, 25 * SECOND), 'expired')
})

t.test('once the data has settled, what was fetched before is good no longer', async (t) => {
  t.equal(worth(595 * SECOND, 599 * SECOND), 'fresh')
  t.equal(worth(595 * SECOND, 600 * SECOND), 'expired')
})

t.test('what had just settled is good for three hours, what had settled long ago for a day', async (t) => {
  t.equal(worth(600 * SECOND, 600 * SECOND + 3 * HOUR - 1), 'fresh')
  t.equal(worth(600 * SECOND, 600 * SECOND + 3 * HOUR), 'expired')
  t.equal(worth(6 * HOUR, 9 * HOUR - 1), 'fresh', 'revisions come for six hours after the settling')
  t.equal(worth(6 * HOUR, 9 * HOUR), 'expired')
  t.equal(worth(7 * HOUR, 31 * HOUR - 1), 'fresh')
  t.equal(worth(7 * HOUR, 31 * HOUR), 'expired')
})

t.test('nothing stands in beyond the limit', async (t) => {
  t.equal(worth(0, 24 * HOUR), 'expired')
  t.equal(worth(0, 24 * HOUR + 1), 'gone')
  t.equal(worthOf(END, END, END + 1, { ...policy, liveTtlMs: 0, staleMaxMs: 0 }), 'gone')
})

const moments = fc.record({
  fetched: fc.integer({ min: -2 * HOUR, max: 60 * HOUR }),
  later: fc.integer({ min: 0, max: 60 * HOUR }),
  liveTtlMs: fc.integer({ min: 0, max: HOUR }),
  settleMs: fc.integer({ min: 0, max: 2 * HOUR }),
})

t.test('an answer never gets better, and no data that settled meanwhile is given as it was before', async (t) => {
  const ranks = ['fresh', 'revalidate', 'expired', 'gone']
  fc.assert(
    fc.property(moments, fc.nat(HOUR), ({ fetched, later, ...times }, more) => {
      const own = { ...policy, ...times }
      const at = END + fetched
      const now = at + later
      const before = worthOf(at, END, now, own)
      const after = worthOf(at, END, now + more, own)
      t.ok(ranks.indexOf(after) >= ranks.indexOf(before), `${before} then ${after}`)
      const settledSince = isLive(at, END, own) && now >= END + own.settleMs
      if (settledSince) t.ok(before === 'expired' || before === 'gone', before)
      if (before === 'fresh') t.ok(now < freshUntil(at, END, own))
    }),
  )
})

t.test('a second level keeps an answer while it is good and as long as it may stand in', async (t) => {
  t.equal(keptFor(END, END, policy), 15 * SECOND + HOUR, 'unsettled numbers for an hour at most')
  t.equal(keptFor(END + 8 * HOUR, END, policy), 48 * HOUR)
  t.equal(keptFor(END + 8 * HOUR, END, { ...policy, staleMaxMs: 0 }), 24 * HOUR)
})
