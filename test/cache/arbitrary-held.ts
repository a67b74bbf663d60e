import fc from 'fast-check'
import type { Held } from '../../src/cache/held.js'

const figure = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0))
const name = fc.string({ unit: 'binary', maxLength: 8 })
const summary = fc.dictionary(name, figure, { maxKeys: 4 })

const columns = (length: number) =>
  fc.dictionary(name, fc.array(figure, { minLength: length, maxLength: length }), { maxKeys: 4 })

const listing = fc
  .uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 40 })
  .chain((values) => columns(values.length).map((fields) => ({ kind: 'listing' as const, values, fields })))

const series = fc
  .record({
    first: fc.integer({ min: 0, max: 2 ** 40 }),
    step: fc.integer({ min: 1, max: 86_400_000 }),
    count: fc.nat(40),
  })
  .chain(({ first, step, count }) =>
    fc.record({ fields: columns(count), summary }).map((rest) => ({
      kind: 'series' as const,
      starts: Array.from({ length: count }, (_, i) => first + i * step),
      step: count < 2 ? null : step,
      ...rest,
    })),
  )

/** Any answer that the upstream's decoder can make. */
export const anyHeld: fc.Arbitrary<Held> = fc.record({
  fetchedAt: fc.nat(2 ** 31).map((ms) => 1_700_000_000_000 + ms),
  answer: fc.oneof(
    series,
    listing,
    summary.map((figures) => ({ kind: 'summary' as const, summary: figures })),
  ),
})
