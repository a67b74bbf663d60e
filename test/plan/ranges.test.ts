import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../src/plan/predicate.js'
import { boundsOf, clipped, intersect, isEmpty, OPEN, toWire, usdToCents } from '../../src/plan/ranges.js'
import type { Predicate } from '../../src/query/query.js'

type Range = Extract<Predicate, { kind: 'range' }>
type Wire = { readonly min?: string; readonly max?: string }

/** What the upstream makes of a range: both ends included, read off the text. */
const selects = ({ min, max }: Wire, value: number): boolean =>
  (min === undefined || value >= Number(min)) && (max === undefined || value <= Number(max))

const DECIMAL = /^-?\d+(\.\d+)?$/

const bound = (value: fc.Arbitrary<number>) => fc.option(fc.record({ value, inclusive: fc.boolean() }))
const range = (value: fc.Arbitrary<number>): fc.Arbitrary<Range> =>
  fc.record({ kind: fc.constant('range' as const), min: bound(value), max: bound(value) })

const figures = fc.double({ min: -100, max: 5000, noNaN: true })
const tokens = fc.oneof(figures, fc.integer({ min: -3, max: 5000 }))

t.test('tokens: the integers that pass are those selected', (t) => {
  fc.assert(
    fc.property(range(tokens), fc.array(fc.nat({ max: 5002 }), { maxLength: 40 }), (predicate, values) => {
      const bounds = boundsOf(predicate, 'integer') ?? OPEN
      const wire = toWire(bounds)
      for (const text of Object.values(wire)) assert.match(text, /^-?\d+$/, 'integers travel')
      const near = [predicate.min, predicate.max].flatMap((end) =>
        end ? [Math.floor(end.value), Math.ceil(end.value), Math.floor(end.value) - 1, Math.ceil(end.value) + 1] : [],
      )
      for (const value of [...values, ...near]) assert.equal(selects(wire, value), holds(predicate, value), `${value}`)
    }),
    { numRuns: 400 },
  )
  t.end()
})

t.test('numbers: a strict bound leaves out just the bound', (t) => {
  const ulps = (value: number): readonly number[] => {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    const bits = view.getBigInt64(0)
    return [-1n, 1n].map((step) => {
      view.setBigInt64(0, bits + step)
      return view.getFloat64(0)
    })
  }
  fc.assert(
    fc.property(range(figures), fc.array(figures, { maxLength: 20 }), (predicate, values) => {
      const wire = toWire(boundsOf(predicate, 'number') ?? OPEN)
      for (const text of Object.values(wire)) assert.match(text, DECIMAL, 'plain decimals travel')
      const ends = [predicate.min?.value, predicate.max?.value].filter((end) => end !== undefined)
      const near = ends.flatMap((end) => [end, ...(end === 0 ? [5e-324, -5e-324] : ulps(end))])
      for (const value of [...values, ...near]) assert.equal(selects(wire, value), holds(predicate, value), `${value}`)
    }),
    { numRuns: 400 },
  )
  t.end()
})

t.test('dollars become cents by their decimal text', (t) => {
  const cases = [
    [0.07, 7],
    [0.29, 29],
    [1.1, 110],
    [4.35, 435],
    [0, 0],
    [1e-9, 1e-7],
    [1e-7, 1e-5],
    [123456789.01, 12345678901],
    [-0.29, -29],
    [1e21, 1e23],
  ] as const
  for (const [usd, cents] of cases) t.equal(usdToCents(usd), cents, `${usd}`)
  const cents = fc.nat({ max: 1_000_000_000 })
  fc.assert(
    fc.property(cents, (amount) => {
      // The text of an amount in dollars, written by hand.
      const text = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
      assert.equal(usdToCents(Number(text)), amount)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('costs: a bound in dollars is the same number in cents', (t) => {
  t.strictSame(toWire(boundsOf({ kind: 'range', min: { value: 0.07, inclusive: true }, max: null }, 'usd') ?? OPEN), {
    min: '7',
  })
  t.strictSame(toWire(boundsOf({ kind: 'in', values: [0.29] }, 'usd') ?? OPEN), { min: '29', max: '29' })
  t.strictSame(toWire(boundsOf({ kind: 'range', min: null, max: { value: 1e-9, inclusive: true } }, 'usd') ?? OPEN), {
    max: '0.0000001',
  })
  const strict = toWire(boundsOf({ kind: 'range', min: { value: 0.07, inclusive: false }, max: null }, 'usd') ?? OPEN)
  t.notOk(selects(strict, 7))
  t.ok(selects(strict, 7.000000000000001))
  t.end()
})

t.test('decimals travel without an exponent, and are the same number', (t) => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const { min = '' } = toWire({ min: value, max: null })
      assert.match(min, DECIMAL)
      assert.equal(Number(min), value === 0 ? 0 : value)
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('equality is a range of one; what one range cannot say is not said', (t) => {
  t.strictSame(boundsOf({ kind: 'in', values: [12] }, 'integer'), { min: 12, max: 12 })
  t.ok(isEmpty(boundsOf({ kind: 'in', values: [12.5] }, 'integer') ?? OPEN), 'no integer is 12.5')
  t.equal(boundsOf({ kind: 'in', values: [1, 2] }, 'integer'), null)
  t.equal(boundsOf({ kind: 'notIn', values: [1] }, 'integer'), null)
  t.end()
})

t.test('several ranges at once select what passes all', (t) => {
  fc.assert(
    fc.property(
      range(tokens),
      range(tokens),
      fc.array(fc.nat({ max: 5002 }), { maxLength: 30 }),
      (one, other, values) => {
        const both = intersect(boundsOf(one, 'integer') ?? OPEN, boundsOf(other, 'integer') ?? OPEN)
        for (const value of values) {
          const passes = holds(one, value) && holds(other, value)
          assert.equal(!isEmpty(both) && selects(toWire(both), value), passes)
        }
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

t.test('what the upstream would refuse is never asked, and nothing is lost by it', (t) => {
  fc.assert(
    fc.property(range(tokens), fc.array(fc.nat({ max: 5002 }), { maxLength: 30 }), (predicate, values) => {
      const asked = boundsOf(predicate, 'integer') ?? OPEN
      const bounds = clipped(asked, 'promptTokens')
      if (!isEmpty(bounds)) for (const text of Object.values(toWire(bounds))) assert.ok(Number(text) >= 0, text)
      for (const value of values) {
        assert.equal(!isEmpty(bounds) && selects(toWire(bounds), value), holds(predicate, value), `${value}`)
      }
    }),
    { numRuns: 300 },
  )
  t.end()
})
