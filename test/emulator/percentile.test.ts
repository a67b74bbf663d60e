import fc from 'fast-check'
import t from 'tap'
import { percentile } from '../../src/emulator/percentile.js'

t.test('a percentile lies between the closest ranks, linearly', async (t) => {
  t.equal(percentile([10, 20, 30, 40], 0.5), 25)
  t.equal(percentile([10, 20, 30, 40, 50], 0.9), 46)
  t.equal(percentile([7], 0.99), 7)
  t.equal(percentile([], 0.5), null)
})

t.test('of any values it is one of them or between two, and grows with the share', async () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const sorted = Float64Array.from(values).sort()
      const found = percentile(sorted, share) ?? Number.NaN
      const higher = percentile(sorted, Math.min(1, share + 0.1)) ?? Number.NaN
      return found >= Math.min(...values) && found <= Math.max(...values) && higher >= found - 1e-6
    }),
  )
})
