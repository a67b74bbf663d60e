import t from 'tap'
import { pointsOf } from '../../src/execute/per-point.js'
import type { SeriesAnswer } from '../../src/portkey/answer.js'
import type { Endpoint } from '../../src/portkey/call.js'

const HIT_RATE: Endpoint = { kind: 'graph', name: 'cache/hit-rate' }
const answer = (fields: SeriesAnswer['fields']): SeriesAnswer => ({
  kind: 'series',
  starts: [0, 60_000, 120_000, 180_000],
  fields,
  summary: {},
  step: 60_000,
})

t.test('a running total becomes what each point adds to it, the first all that it has', async (t) => {
  t.strictSame(pointsOf(answer({ simpleSavings: [5, 5, 8, 20] }), HIT_RATE, 'simpleSavings'), [5, 0, 3, 12])
})

t.test('a dip adds nothing, nor does what follows until the total is higher than ever', async (t) => {
  t.strictSame(pointsOf(answer({ semanticSavings: [5, 3, 4, 7] }), HIT_RATE, 'semanticSavings'), [5, 0, 0, 2])
})

t.test('a point without a total adds nothing', async (t) => {
  t.strictSame(pointsOf(answer({ simpleSavings: [null, 2, null, 3] }), HIT_RATE, 'simpleSavings'), [0, 2, 0, 1])
})

t.test('every other field stays as it is', async (t) => {
  t.strictSame(pointsOf(answer({ simpleHits: [5, 5, null, 1] }), HIT_RATE, 'simpleHits'), [5, 5, null, 1])
  t.equal(pointsOf(answer({}), HIT_RATE, 'simpleSavings'), undefined)
})
