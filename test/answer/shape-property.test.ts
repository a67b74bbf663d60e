import fc from 'fast-check'
import t from 'tap'
import { type DataPoint, shape } from '../../src/answer/shape.js'
import { layout, measure, table } from './table.js'

const HOUR = 3_600_000
const START = Date.UTC(2026, 3, 21)
const HOURS = 3

const value = fc.constantFrom(null, '', 'a', 'B', 'b', 'é', '10', '9')

/** Cells of two groups and an hour, no two the same. */
const cells = fc.uniqueArray(
  fc.record({
    x: value,
    y: value,
    hour: fc.integer({ min: 0, max: HOURS - 1 }),
    requests: fc.integer({ min: 0, max: 4 }),
    cents: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  }),
  { selector: ({ x, y, hour }) => JSON.stringify([x, y, hour]), maxLength: 40 },
)

type Row = {
  readonly x: string | null
  readonly y: string | null
  readonly hour: number
  readonly requests: number
  readonly cents: number | null
}

const compare = (one: string | null, other: string | null): number =>
  one === other ? 0 : one === null ? 1 : other === null ? -1 : one < other ? -1 : 1

const order = (one: Row, other: Row): number =>
  one.hour - other.hour || other.requests - one.requests || compare(one.x, other.x) || compare(one.y, other.y)

/** The rows of a reply, said once more and slowly. */
const expected = (rows: readonly Row[], limit: number | null): readonly DataPoint[] => {
  const busy = rows.filter(({ requests }) => requests > 0)
  const same = (one: Row) => (other: Row) => one.x === other.x && one.y === other.y
  const whole = (row: Row) => ({
    ...row,
    hour: 0,
    requests: busy.filter(same(row)).reduce((sum, { requests }) => sum + requests, 0),
  })
  const ranked = busy
    .filter((row, at) => busy.findIndex(same(row)) === at)
    .map(whole)
    .sort(order)
  const kept = ranked.slice(0, limit ?? ranked.length)
  return busy
    .filter((row) => kept.some(same(row)))
    .sort(order)
    .map(({ x, y, hour, requests, cents }) => ({
      x,
      y,
      startTimestamp: new Date(START + hour * HOUR).toISOString(),
      endTimestamp: new Date(START + (hour + 1) * HOUR).toISOString(),
      total: requests,
      countX: x === null ? 0 : requests,
      sumCostInUSD: cents === null ? null : cents / 100,
      avgCostInUSD: (cents ?? 0) / requests / 100,
    }))
}

t.test('whatever the cells and their order: the same text as rows said slowly', async (t) => {
  const outputs = [
    { key: 'countX', kind: 'grouped' as const, group: 'x', distinct: false },
    measure('sumCostInUSD', 'costCents', 100),
    { key: 'avgCostInUSD', kind: 'perRequest' as const, measure: 'costCents' as const, divideBy: 100 },
  ]
  const edges = Array.from({ length: HOURS + 1 }, (_, hour) => START + hour * HOUR)
  fc.assert(
    fc.property(cells, fc.option(fc.integer({ min: 1, max: 6 })), (rows, limit) => {
      const groups = ['y', 'x']
      const cellsOf = rows.map(
        ({ x, y, hour, requests, cents }) => [[y, x], { requests, costCents: cents }, START + hour * HOUR] as const,
      )
      const shaped = shape(
        table(groups, cellsOf),
        layout({ groups: ['x', 'y'], groupKeys: ['x', 'y'], outputs, edges, limit }),
      )
      t.equal(JSON.stringify(shaped), JSON.stringify(expected(rows, limit)))
    }),
    { numRuns: 300 },
  )
})
