import t from 'tap'
import { shape } from '../../src/answer/shape.js'
import { by, layout, measure, table } from './table.js'

const HOUR = 3_600_000
const DAY_ONE = Date.UTC(2026, 3, 21)

t.test('a group without requests is no row', (t) => {
  const rows = shape(
    table(
      ['x'],
      [
        [['a'], { requests: 0 }],
        [['b'], { requests: 1 }],
      ],
    ),
    by('x'),
  )
  t.strictSame(rows, [{ x: 'b', total: 1 }])
  t.strictSame(shape(table(['x'], []), by('x')), [])
  t.end()
})

t.test('without groups there is one row, whatever happened', (t) => {
  const outputs = [
    measure('sumCostInUSD', 'costCents', 100),
    measure('p99LatencyMs', 'latencyP99'),
    measure('countModelName', 'nonNull:modelName'),
    { key: 'avgCostInUSD', kind: 'perRequest' as const, measure: 'costCents' as const, divideBy: 100 },
  ]
  const empty = { total: 0, sumCostInUSD: 0, p99LatencyMs: null, countModelName: 0, avgCostInUSD: null }
  t.strictSame(shape(table([], []), layout({ outputs })), [empty], 'no cell')
  const nothing = { requests: 0, costCents: 0, latencyP99: 0, 'nonNull:modelName': 0 } as const
  t.strictSame(shape(table([], [[[], nothing]]), layout({ outputs })), [empty], 'a percentile of nothing is not 0')
  const some = { requests: 4, costCents: 250, latencyP99: 12.5, 'nonNull:modelName': 3 } as const
  t.strictSame(shape(table([], [[[], some]]), layout({ outputs })), [
    { total: 4, sumCostInUSD: 2.5, p99LatencyMs: 12.5, countModelName: 3, avgCostInUSD: 0.625 },
  ])
  t.end()
})

t.test('a series has a row a bucket, in order of time, the empty ones too', (t) => {
  const edges = [0, 1, 2, 3].map((hour) => DAY_ONE + hour * HOUR)
  const rows = shape(
    table(
      [],
      [
        [[], { requests: 5, costCents: 100 }, DAY_ONE + 2 * HOUR],
        [[], { requests: 1, costCents: 7 }, DAY_ONE],
      ],
    ),
    layout({ edges, outputs: [measure('sumCostInUSD', 'costCents', 100)] }),
  )
  t.strictSame(rows, [
    {
      startTimestamp: '2026-04-21T00:00:00.000Z',
      endTimestamp: '2026-04-21T01:00:00.000Z',
      total: 1,
      sumCostInUSD: 0.07,
    },
    { startTimestamp: '2026-04-21T01:00:00.000Z', endTimestamp: '2026-04-21T02:00:00.000Z', total: 0, sumCostInUSD: 0 },
    { startTimestamp: '2026-04-21T02:00:00.000Z', endTimestamp: '2026-04-21T03:00:00.000Z', total: 5, sumCostInUSD: 1 },
  ])
  t.end()
})

t.test('a series with groups has rows where something was: by time, then total, then value', (t) => {
  const edges = [0, 1, 2].map((hour) => DAY_ONE + hour * HOUR)
  const rows = shape(
    table(
      ['x'],
      [
        [['b'], { requests: 1 }, DAY_ONE + HOUR],
        [['a'], { requests: 0 }, DAY_ONE + HOUR],
        [['b'], { requests: 1 }, DAY_ONE],
        [['a'], { requests: 1 }, DAY_ONE],
        [['c'], { requests: 3 }, DAY_ONE],
      ],
    ),
    { ...by('x'), edges },
  )
  t.strictSame(
    rows.map(({ x, startTimestamp }) => [startTimestamp, x]),
    [
      ['2026-04-21T00:00:00.000Z', 'c'],
      ['2026-04-21T00:00:00.000Z', 'a'],
      ['2026-04-21T00:00:00.000Z', 'b'],
      ['2026-04-21T01:00:00.000Z', 'b'],
    ],
  )
  t.end()
})

t.test('keys and values that mean something to JavaScript are plain data', (t) => {
  const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', '']
  for (const name of names.filter((key) => key !== '__proto__')) {
    const [row] = shape(table([name], [[['v'], { requests: 1 }]]), by(name))
    t.strictSame(
      Object.entries(row ?? {}),
      [
        [name, 'v'],
        ['total', 1],
      ],
      JSON.stringify(name),
    )
  }
  const rows = shape(
    table(
      ['x'],
      names.map((name) => [[name], { requests: 1 }] as const),
    ),
    by('x'),
  )
  t.strictSame(
    rows.map((row) => row.x),
    names.toSorted(),
  )
  t.end()
})

t.test('a metadata key called __proto__ is a key like any other', (t) => {
  const group = 'metadata.__proto__'
  const [row] = shape(table([group], [[['v'], { requests: 1 }]]), by(group))
  t.equal(JSON.stringify(row), `{"${group}":"v","total":1}`)
  t.end()
})

t.test('a count over the grouped field itself', (t) => {
  const outputs = [
    { key: 'countX', kind: 'grouped' as const, group: 'x', distinct: false },
    { key: 'countDistinctX', kind: 'grouped' as const, group: 'x', distinct: true },
  ]
  const rows = shape(
    table(
      ['x'],
      [
        [['a'], { requests: 3 }],
        [[null], { requests: 2 }],
      ],
    ),
    { ...by('x'), outputs },
  )
  t.strictSame(rows, [
    { x: 'a', total: 3, countX: 3, countDistinctX: 1 },
    { x: null, total: 2, countX: 0, countDistinctX: 0 },
  ])
  t.end()
})

t.test('a measure that no part of a plan gave is a fault, never a zero', (t) => {
  const outputs = [measure('p99LatencyMs', 'latencyP99')]
  t.throws(() => shape(table([], [[[], { requests: 1 }]]), layout({ outputs })), /latencyP99/)
  t.end()
})
