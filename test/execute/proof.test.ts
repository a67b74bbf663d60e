import t from 'tap'
import { proveHits } from '../../src/execute/proof.js'

t.test('hit rates multiply back where their digits leave no other number of hits', async (t) => {
  t.ok(proveHits([(100 * 1) / 3, 50], [3, 2]), 'full precision')
  t.ok(proveHits([25.5, 10], [200, 990]), 'one decimal tells 1 in 999 apart')
  t.ok(proveHits([0, 0], [5000, 7]), 'nothing but zeros: the hits in all decide')
  t.ok(proveHits([0, 50], [0, 2]), 'a row without requests has no say')
})

t.test('rounded hit rates do not, even where the product happens to be whole', async (t) => {
  t.notOk(proveHits([33, 67], [300, 300]), '100 and 200 hits of 300 each look like 99 and 201')
  t.notOk(proveHits([33.33, 50], [3, 2]), 'the product is not whole')
  t.notOk(proveHits([10, 10.5], [2000, 200]), 'too many requests for one decimal')
  t.notOk(proveHits([null, 50], [4, 2]), 'a rate that is not there')
})
