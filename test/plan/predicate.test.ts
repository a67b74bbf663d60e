import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { GroupValue } from '../../src/plan/plan.js'
import { holds, isFolding, readValue } from '../../src/plan/predicate.js'
import type { Predicate } from '../../src/query/query.js'

const texts = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'ab', 'abc', 'ba', 'null', '0', '429'),
  fc.string({ maxLength: 4 }),
)
const nulls = fc.constant(null)

t.test('lists: one of, none of; a row without a value is never one of and always none of', (t) => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), fc.oneof(texts, nulls), (values, value) => {
      assert.equal(holds({ kind: 'in', values }, value), value !== null && value !== '' && new Set(values).has(value))
      assert.equal(holds({ kind: 'notIn', values }, value), value === null || !new Set(values).has(value))
    }),
  )
  t.end()
})

t.test('parts of a text, and their negation', (t) => {
  const ways = {
    contains: (value: string, part: string) => value.split(part).length > 1 || part === '',
    startsWith: (value: string, part: string) => value.slice(0, part.length) === part,
    endsWith: (value: string, part: string) => part === '' || value.slice(-part.length) === part,
  }
  for (const how of ['contains', 'startsWith', 'endsWith'] as const) {
    fc.assert(
      fc.property(texts, texts, fc.boolean(), (text, value, negated) => {
        const predicate: Predicate = { kind: 'match', how, text, negated }
        assert.equal(holds(predicate, value), ways[how](value, text) !== negated, `${how} ${text} in ${value}`)
        assert.equal(holds(predicate, null), negated, 'without a value only the negation passes')
      }),
    )
  }
  t.end()
})

t.test('comparisons: numbers alone, each end as it says', (t) => {
  const at = fc.option(fc.record({ value: fc.integer({ min: -5, max: 5 }), inclusive: fc.boolean() }))
  fc.assert(
    fc.property(at, at, fc.integer({ min: -6, max: 6 }), (min, max, value) => {
      const above = min === null || value > min.value || (min.inclusive && value === min.value)
      const below = max === null || value < max.value || (max.inclusive && value === max.value)
      assert.equal(holds({ kind: 'range', min, max }, value), above && below)
      for (const other of [null, '3', true]) assert.ok(!holds({ kind: 'range', min, max }, other))
    }),
  )
  t.end()
})

t.test('null tests', (t) => {
  const values: readonly GroupValue[] = [null, '', 'a', 0, false]
  for (const value of values) {
    t.equal(holds({ kind: 'null', isNull: true }, value), value === null)
    t.equal(holds({ kind: 'null', isNull: false }, value), value !== null)
  }
  t.end()
})

t.test('a filter and its negation part all rows between them', (t) => {
  const pairs: fc.Arbitrary<readonly [Predicate, Predicate]> = fc.oneof(
    fc
      .array(
        texts.filter((text) => text !== ''),
        { minLength: 1, maxLength: 3 },
      )
      .map((values): readonly [Predicate, Predicate] => [
        { kind: 'in', values },
        { kind: 'notIn', values },
      ]),
    fc
      .tuple(fc.constantFrom('contains' as const, 'startsWith' as const, 'endsWith' as const), texts)
      .map(([how, text]): readonly [Predicate, Predicate] => [
        { kind: 'match', how, text, negated: false },
        { kind: 'match', how, text, negated: true },
      ]),
  )
  fc.assert(
    fc.property(pairs, fc.oneof(texts, nulls), ([one, other], value) => {
      assert.notEqual(holds(one, value), holds(other, value))
    }),
  )
  t.end()
})

t.test('a dimension’s text as the value of a field', (t) => {
  const cases = [
    ['text', '', null],
    ['text', 'gpt-4o', 'gpt-4o'],
    ['text', '007', '007'],
    ['number', '429', 429],
    ['number', '', null],
    ['errorText', '399', null],
    ['errorText', '400', '400'],
    ['errorText', '', null],
    ['isFailure', '399', false],
    ['isFailure', '400', true],
    ['isFailure', '246', false],
  ] as const
  for (const [reading, text, value] of cases) t.equal(readValue(text, reading), value, `${reading} of ${text}`)
  t.strictSame(
    (['text', 'number', 'errorText', 'isFailure'] as const).filter(isFolding),
    ['errorText', 'isFailure'],
    'where two texts read as one value, rows have to be added up',
  )
  t.end()
})
