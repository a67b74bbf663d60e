import fc from 'fast-check'
import t from 'tap'
import { isFresh, newPace, type Pace, readyAt, restored, slowed, soonest, spent } from '../../src/portkey/pace.js'

/** Sends each request as soon as it may, until `end`: their moments, and the pace after them. */
function sendUntil(pace: Pace, begin: number, end: number): { readonly sent: readonly number[]; readonly pace: Pace } {
  const sent: number[] = []
  let rest = pace
  for (let now = readyAt(rest, begin); now <= end; now = readyAt(rest, now)) {
    sent.push(now)
    rest = spent(rest, now)
  }
  return { sent, pace: rest }
}

/** A pace that was cut so often, last at `now`. */
const cut = (times: number, ceiling = 20, now = 0): Pace =>
  Array.from({ length: times }).reduce<Pace>((pace) => slowed(pace, now, now, 0), newPace(ceiling, now))

t.test('one second’s worth goes at once, the rest at the ceiling', async (t) => {
  const { sent } = sendUntil(newPace(20, 0), 0, 10_000)
  t.equal(sent.filter((at) => at === 0).length, 20)
  t.equal(sent.length, 20 + 10 * 20)
})

t.test('no window of whatever length sees more than a burst and the ceiling', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 5_000 }),
      (ceiling, gaps, width) => {
        let pace = newPace(ceiling, 0)
        let now = 0
        const sent: number[] = []
        for (const gap of gaps) {
          now += gap
          for (let count = 0; count < 30 && readyAt(pace, now) <= now; count++) {
            pace = spent(pace, now)
            sent.push(now)
          }
        }
        return sent.every((from) => {
          const within = sent.filter((at) => at >= from && at <= from + width).length
          return within <= ceiling + (ceiling * width) / 1000 + 1e-3
        })
      },
    ),
  )
})

t.test('a 429 halves the pace down to one a second, and the burst is over', async (t) => {
  const rates = [0, 1, 2, 3, 4, 5, 9].map((times) => cut(times).perSecond)
  t.strictSame(rates, [20, 10, 5, 2.5, 1.25, 1, 1])
  t.equal(readyAt(cut(1), 0), 100, 'the bucket is empty')
  t.equal(sendUntil(cut(9), 0, 10_000).sent.length, 10)
})

t.test('a burst that is refused as one halves it once', async (t) => {
  let pace = newPace(20, 0)
  for (let request = 0; request < 8; request++) pace = slowed(pace, 0, 50 + request, 0)
  t.equal(pace.perSecond, 10)
  t.equal(slowed(pace, 100, 150, 0).perSecond, 5, 'what was sent since is another matter')
})

t.test('successes restore it, smoothly and never beyond the ceiling', async (t) => {
  let pace = cut(9)
  const rates = [pace.perSecond]
  for (let success = 1; success <= 300; success++) {
    pace = restored(pace, success, success + 1)
    rates.push(pace.perSecond)
  }
  const steps = rates.slice(1).map((rate, i) => rate - (rates[i] ?? 0))
  t.ok(
    steps.every((step) => step >= 0 && step < 0.11),
    'no step is larger than a tenth of a request a second',
  )
  t.equal(rates.at(-1), 20)
  t.equal(restored(cut(1, 20, 100), 99, 120).perSecond, 10, 'a success of before the cut says nothing')
})

t.test('a break that is asked for is kept, whatever the bucket holds', async (t) => {
  const pace = slowed(newPace(20, 0), 0, 0, 7_000)
  t.equal(readyAt(pace, 10), 7_000)
  t.equal(slowed(pace, 0, 20, 1_000).closedUntil, 7_000, 'a shorter one does not end it')
  t.equal(slowed(pace, 0, 20, 9_000).closedUntil, 9_020, 'a longer one makes it longer')
})

t.test('the soonest turn is the real one, when nothing but good happens', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 300 }),
      (ceiling, cuts, wait, ahead) => {
        const begin = slowed(cut(cuts, ceiling), 0, 0, wait)
        let pace = begin
        let now = 0
        for (let request = 0; request <= ahead; request++) {
          now = readyAt(pace, now)
          pace = restored(spent(pace, now), now, now)
        }
        const promised = soonest(begin, ahead, 0)
        // It is a curve where the pace goes up in steps.
        return promised <= now + 1 && promised >= wait && now - promised <= 2_000 + now / 20
      },
    ),
  )
})

t.test('a pace is worth remembering until it is as good as new', async (t) => {
  t.ok(isFresh(newPace(20, 0), 0))
  const used = spent(newPace(20, 0), 0)
  t.notOk(isFresh(used, 0))
  t.ok(isFresh(used, 1_000))
  t.notOk(isFresh(cut(1), 1_000_000), 'a cut is remembered')
  t.notOk(isFresh({ ...newPace(20, 0), closedUntil: 5_000 }, 4_000))
})
