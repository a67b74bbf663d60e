import fc from 'fast-check'
import t from 'tap'
import { addressOf } from '../../src/explorer/address.js'
import { readLink } from '../../src/explorer/link.js'
import { type Draft, FIRST_DRAFT, QUESTION_TYPES } from '../../src/explorer/question.js'
import { isPreset, presets, type Span } from '../../src/explorer/span.js'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const word = fc.stringMatching(/^[a-zA-Z0-9]{1,9}$/)
const scalar = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.boolean(),
)
const span = fc.oneof(
  fc.constantFrom(...presets.map(({ name }) => name).filter(isPreset)).map((name): Span => ({ kind: 'preset', name })),
  fc.record({ kind: fc.constant('exact' as const), startTs: text, endTs: text }),
)
const draft: fc.Arbitrary<Draft> = fc
  .record({
    datasource: text,
    type: fc.constantFrom(...QUESTION_TYPES),
    aggregations: fc.array(fc.record({ type: word, column: text }), { maxLength: 3 }),
    groupBy: fc.array(text, { maxLength: 3 }),
    filters: fc.array(
      fc.record({ field: text, operator: word, value: fc.oneof(scalar, fc.array(scalar), fc.constant(null)) }),
      { maxLength: 3 },
    ),
    span,
    interval: text,
    limit: text,
    timeZone: text,
  })
  // A question without buckets has no interval to carry.
  .map((one) => (one.type === 'timeseries' ? one : { ...one, interval: FIRST_DRAFT.interval }))

t.test('an address gives back the question that made it, whatever stands in it', async (t) => {
  fc.assert(
    fc.property(draft, (one) => {
      // As a browser keeps it: behind the sign, percent-encoded.
      const { hash } = new URL(`http://localhost/#${addressOf(one)}`)
      t.strictSame(readLink(hash), { draft: structuredClone(one), faults: [] })
    }),
    { numRuns: 300 },
  )
})
