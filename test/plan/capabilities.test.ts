import t from 'tap'
import { type Capabilities, NOTHING_LEARNT, remember } from '../../src/plan/capabilities.js'

const seen = (known: Capabilities, key: number): Capabilities =>
  remember(known, { kind: 'values', dimension: `metadata.key${key}`, count: key })

t.test('sizes of dimensions are remembered for so many, the first seen go first', async (t) => {
  const known = Array.from({ length: 600 }, (_, key) => key).reduce(seen, NOTHING_LEARNT)
  t.equal(known.values.size, 500)
  t.notOk(known.values.has('metadata.key99'))
  t.equal(known.values.get('metadata.key100'), 100)
  t.equal(known.values.get('metadata.key599'), 599)
})

t.test('the steps of any series leave a few observations', async (t) => {
  const steps = [60_000, 600_000, 3_600_000, 86_400_000]
  const known = Array.from({ length: 2_000 }, (_, index) => index + 1).reduce((learnt: Capabilities, length) => {
    const step = steps[Math.floor(length / 501)] ?? 60_000
    return remember(learnt, { kind: 'step', length: length * 60_000, step })
  }, NOTHING_LEARNT)
  t.ok(known.steps.length <= 2 * steps.length, `${known.steps.length} observations`)
})

t.test('what teaches nothing new leaves the same value', async (t) => {
  const once = seen(NOTHING_LEARNT, 1)
  t.equal(seen(once, 1), once)
  const there = remember(once, { kind: 'answered', endpoint: { kind: 'graph', name: 'requests' } })
  t.equal(remember(there, { kind: 'answered', endpoint: { kind: 'graph', name: 'requests' } }), there)
})
