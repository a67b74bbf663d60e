import t from 'tap'
import { shape } from '../../src/answer/shape.js'
import type { GroupValue } from '../../src/plan/plan.js'
import { by, table } from './table.js'

t.test('rows are by total, the most first; equals by value, null last', (t) => {
  const rows = shape(
    table(
      ['modelName'],
      [
        [['b'], { requests: 2 }],
        [[null], { requests: 2 }],
        [['a'], { requests: 2 }],
        [['z'], { requests: 9 }],
        [['B'], { requests: 2 }],
        [['10'], { requests: 2 }],
        [['9'], { requests: 2 }],
        [['é'], { requests: 2 }],
      ],
    ),
    by('modelName'),
  )
  t.strictSame(
    rows.map((row) => row.modelName),
    ['z', '10', '9', 'B', 'a', 'b', 'é', null],
    'by code unit, not by alphabet or length',
  )
  t.end()
})

t.test('numbers and truth values have their own order', (t) => {
  const one = { requests: 1 }
  const codes = table(
    ['status'],
    [
      [[503], one],
      [[99], one],
      [[null], one],
      [[446], one],
    ],
  )
  t.strictSame(
    shape(codes, by('status')).map((row) => row.status),
    [99, 446, 503, null],
  )
  const outcomes = table(
    ['failed'],
    [
      [[true], one],
      [[false], one],
    ],
  )
  t.strictSame(
    shape(outcomes, by('failed')).map((row) => row.failed),
    [false, true],
  )
  t.end()
})

t.test('of several fields the first decides, then the next', (t) => {
  const one = { requests: 1 }
  const pairs: readonly (readonly [GroupValue, GroupValue])[] = [
    [null, 'a'],
    ['b', null],
    ['b', 'a'],
    ['a', 'z'],
    [null, null],
  ]
  const rows = shape(
    table(
      ['x', 'y'],
      pairs.map((keys) => [keys, one] as const),
    ),
    by('x', 'y'),
  )
  t.strictSame(
    rows.map(({ x, y }) => [x, y]),
    [
      ['a', 'z'],
      ['b', 'a'],
      ['b', null],
      [null, 'a'],
      [null, null],
    ],
  )
  t.end()
})

t.test('limit takes the first rows of the order', (t) => {
  const rows = ['d', 'a', 'c', 'b'].map((x) => [[x], { requests: 1 }] as const)
  const top = shape(table(['x'], rows), { ...by('x'), limit: 2 })
  t.strictSame(
    top.map((row) => row.x),
    ['a', 'b'],
  )
  t.end()
})
