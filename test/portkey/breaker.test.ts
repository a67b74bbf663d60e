import t from 'tap'
import { type Breaker, CLOSED, type Health, noted, refusedFor, sending } from '../../src/portkey/breaker.js'

/** Notes so many requests of one health, one every `gapMs`. */
function run(breaker: Breaker, health: Health, count: number, gapMs: number, begin = 0): Breaker {
  let after = breaker
  for (let request = 0; request < count; request++) after = noted(after, health, false, begin + request * gapMs)
  return after
}

const OPEN = run(CLOSED, 'down', 11, 500)
const OPENED_AT = 5_000

t.test('sustained failure opens it, for two seconds at first', async (t) => {
  t.equal(OPEN.state, 'open')
  t.equal(refusedFor(OPEN, OPENED_AT), 2_000)
  t.equal(refusedFor(OPEN, OPENED_AT + 2_000), 0)
  t.equal(refusedFor(CLOSED, 0), 0)
})

t.test('a short burst of failures, few failures, or failures long apart do not', async (t) => {
  t.equal(run(CLOSED, 'down', 200, 10).state, 'closed', '200 within two seconds')
  t.equal(run(CLOSED, 'down', 9, 5_000).state, 'closed', 'nine in forty seconds')
  t.equal(run(CLOSED, 'down', 50, 61_000).state, 'closed', 'one a minute')
})

t.test('one endpoint that fails among others that answer does not', async (t) => {
  let breaker = CLOSED
  for (let request = 0; request < 1_000; request++) {
    breaker = noted(breaker, request % 10 === 0 ? 'up' : 'down', false, request * 1_000)
    t.equal(breaker.state, 'closed')
  }
})

t.test('a cancelled request counts as nothing', async (t) => {
  t.strictSame(run(CLOSED, 'nothing', 100, 1_000), CLOSED)
  const failing = run(CLOSED, 'down', 5, 1_000)
  t.strictSame(noted(failing, 'nothing', false, 6_000), failing)
})

t.test('after the break one request probes, the others are still refused', async (t) => {
  const probing = sending(OPEN)
  t.equal(probing.state, 'probing')
  t.ok(refusedFor(probing, OPENED_AT + 2_000) > 0)
  t.strictSame(noted(probing, 'up', true, OPENED_AT + 2_100), CLOSED)
})

t.test('a probe that fails opens it again, for longer each time, within a bound', async (t) => {
  const breaks: number[] = []
  let breaker = OPEN
  let now = OPENED_AT
  for (let probe = 0; probe < 7; probe++) {
    now += refusedFor(breaker, now)
    breaker = noted(sending(breaker), 'down', true, now)
    breaks.push(refusedFor(breaker, now))
  }
  t.strictSame(breaks, [4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000])
})

t.test('a probe that is cancelled shows nothing: the next one probes', async (t) => {
  const after = noted(sending(OPEN), 'nothing', true, OPENED_AT + 2_100)
  t.equal(after.state, 'open')
  t.equal(refusedFor(after, OPENED_AT + 2_100), 0)
  t.equal(sending(after).state, 'probing')
  const failed = noted(sending(after), 'down', true, OPENED_AT + 2_200)
  t.equal(refusedFor(failed, OPENED_AT + 2_200), 4_000, 'and its failure is the second')
})

t.test('what was sent before the break fails for nothing, and an answer ends it', async (t) => {
  t.strictSame(noted(OPEN, 'down', false, OPENED_AT + 100), OPEN)
  t.strictSame(noted(sending(OPEN), 'down', false, OPENED_AT + 2_100), sending(OPEN))
  t.strictSame(noted(OPEN, 'up', false, OPENED_AT + 100), CLOSED)
})
