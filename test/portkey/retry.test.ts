import t from 'tap'
import { sleep, waitBefore } from '../../src/portkey/retry.js'
import { fakeClock } from './fake-clock.js'

const BACKOFF = { baseMs: 100, mostMs: 350 }
const passing = { tries: 4, waitMs: null }

t.test('full jitter: anything up to a bound that doubles, within a bound', async (t) => {
  const bounds = [1, 2, 3].map((attempt) => waitBefore(passing, attempt, 0.999_999, BACKOFF))
  t.strictSame(
    bounds.map((ms) => Math.round(ms ?? Number.NaN)),
    [100, 200, 350],
  )
  t.equal(waitBefore(passing, 2, 0, BACKOFF), 0)
  t.equal(waitBefore(passing, 2, 0.25, BACKOFF), 50)
})

t.test('the last try is the last', async (t) => {
  t.equal(waitBefore(passing, 4, 0.5, BACKOFF), null)
  t.equal(waitBefore({ tries: 1, waitMs: 5_000 }, 1, 0.5, BACKOFF), null)
})

t.test('a break that was asked for is waited out, and those who waited do not come back together', async (t) => {
  t.equal(waitBefore({ tries: 4, waitMs: 7_000 }, 1, 0, BACKOFF), 7_000)
  t.equal(waitBefore({ tries: 4, waitMs: 7_000 }, 1, 0.5, BACKOFF), 7_050)
})

t.test('a sleep ends in time, or at once when nobody waits any more', async (t) => {
  const clock = fakeClock()
  const caller = new AbortController()
  const slept = sleep(50, caller.signal, clock)
  await clock.pass(50)
  await slept
  const gone = sleep(50, caller.signal, clock)
  caller.abort(new Error('gone'))
  await t.rejects(gone, /gone/)
  await t.rejects(sleep(50, caller.signal, clock), /gone/)
  t.equal(clock.pending(), 0)
})
