import t from 'tap'
import { atOnce, inSlices } from '../../src/teams/steps.js'

/** Works for so many ms, in steps of about one. */
function* working(ms: number) {
  for (let step = 0; step < ms; step += 1) {
    const end = performance.now() + 1
    while (performance.now() < end);
    yield
  }
  return 'done'
}

t.test('other work comes between slices', async (t) => {
  let others = 0
  const count = () => {
    others += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  t.equal(await inSlices(working(60)), 'done')
  clearImmediate(next)
  t.ok(others >= 3, `${others}`)
})

t.test('at once nothing does', async (t) => {
  let others = 0
  setImmediate(() => (others += 1))
  t.equal(atOnce(working(10)), 'done')
  t.equal(others, 0)
})
