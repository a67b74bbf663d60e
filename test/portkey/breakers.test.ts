import t from 'tap'
import { type Breakers, createBreakers, type Fault } from '../../src/portkey/breakers.js'

/** Fails so often and for so long that something opens; gives what was told each time. */
const wear = (breakers: Breakers, key: string, path: string, fault: Fault, at = 0): readonly (Fault | null)[] =>
  Array.from({ length: 11 }, (_, time) => {
    const probes = breakers.sending(key, path)
    return breakers.noted({ key, path, health: 'down', fault, probes }, at + time * 500)
  })

const WORN = 5_000

t.test('a way that is lost is lost for every endpoint of the key, and for no other key', async (t) => {
  const breakers = createBreakers()
  t.equal(wear(breakers, 'a', '/x', 'way').at(-1), 'way')
  t.equal(breakers.refusedFor('a', '/y', WORN), 2_000)
  t.equal(breakers.refusedFor('b', '/x', WORN), 0)
  t.strictSame(breakers.counts(WORN), { open: 1, probing: 0 })
})

t.test('any request of the key probes the way, and whoever answers, be it with a fault, is there', async (t) => {
  const breakers = createBreakers()
  wear(breakers, 'a', '/x', 'way')
  const now = WORN + 2_000
  const probes = breakers.sending('a', '/y')
  t.strictSame(breakers.counts(now), { open: 0, probing: 1 })
  t.ok(breakers.refusedFor('a', '/x', now) > 0)
  breakers.noted({ key: 'a', path: '/y', health: 'down', fault: 'endpoint', probes }, now)
  t.equal(breakers.refusedFor('a', '/x', now), 0)
})

t.test('an endpoint that fails is out of order alone', async (t) => {
  const breakers = createBreakers()
  t.strictSame(wear(breakers, 'a', '/x', 'endpoint').slice(-2), [null, 'endpoint'])
  t.equal(breakers.refusedFor('a', '/x', WORN), 2_000)
  t.equal(breakers.refusedFor('a', '/y', WORN), 0)
})

t.test('a break that is over counts as open no longer, though nobody asks again', async (t) => {
  const breakers = createBreakers()
  wear(breakers, 'a', '/x', 'endpoint')
  t.strictSame(breakers.counts(WORN + 2_000), { open: 0, probing: 0 })
})

t.test('nothing is remembered of what answers, and of failures no more than has room', async (t) => {
  const breakers = createBreakers()
  const none = { way: false, endpoint: false }
  breakers.noted({ key: 'a', path: '/x', health: 'up', fault: 'endpoint', probes: none }, 0)
  t.equal(breakers.size(), 0)
  for (let name = 0; name < 11_000; name += 1) {
    breakers.noted({ key: 'a', path: `/${name}`, health: 'down', fault: 'endpoint', probes: none }, 0)
  }
  t.equal(breakers.size(), 10_000)
  wear(breakers, 'a', '/10999', 'endpoint')
  t.ok(breakers.refusedFor('a', '/10999', WORN) > 0, 'the newest stay')
})
