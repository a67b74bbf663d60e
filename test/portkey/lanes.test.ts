import fc from 'fast-check'
import t from 'tap'
import { createLanes, createLine, type Line } from '../../src/portkey/lanes.js'

type Flat = Line<readonly [string, readonly []], string>
type Nested = Line<readonly [string, readonly [string, readonly []]], string>

const flat = (): Flat => createLanes(() => createLine())
const nested = (): Nested => createLanes(flat)

const at = (lane: string) => [lane, []] as const
const within = (share: string, lane: string) => [share, at(lane)] as const

const emptied = (line: Flat | Nested): readonly (string | undefined)[] => {
  const order: (string | undefined)[] = []
  while (line.size() > 0) order.push(line.next())
  return order
}

t.test('lanes take turns; within one, first come, first served', async (t) => {
  const lanes = flat()
  for (let item = 0; item < 5; item++) lanes.add(at('large'), `large ${item}`)
  lanes.add(at('small'), 'small 0')
  const order = [lanes.next(), lanes.next()]
  lanes.add(at('late'), 'late 0')
  order.push(...emptied(lanes))
  t.strictSame(order, ['large 0', 'small 0', 'large 1', 'late 0', 'large 2', 'large 3', 'large 4'])
  t.equal(lanes.next(), undefined)
})

t.test('what leaves early costs the others no turn', async (t) => {
  const lanes = flat()
  for (const item of ['a', 'b', 'c']) lanes.add(at('one'), item)
  for (const item of ['x', 'y']) lanes.add(at('other'), item)
  const left = [
    lanes.remove(at('one'), 'a'),
    lanes.remove(at('other'), 'x'),
    lanes.remove(at('other'), 'y'),
    lanes.remove(at('other'), 'y'),
    lanes.remove(at('one'), 'x'),
  ]
  t.strictSame(left, [true, true, true, false, false])
  t.equal(lanes.size(), 2)
  t.strictSame(lanes.items(), ['b', 'c'])
  t.strictSame([lanes.next(), lanes.next(), lanes.next()], ['b', 'c', undefined])
})

t.test('lanes of lanes: the outer take turns, however many inner ones each has', async (t) => {
  const lanes = nested()
  for (const lane of ['p', 'q', 'r']) {
    for (const item of [1, 2]) lanes.add(within('many', lane), `${lane}${item}`)
  }
  for (const item of [1, 2, 3]) lanes.add(within('one', 'x'), `x${item}`)
  lanes.add(within('one', 'y'), 'y1')
  t.equal(lanes.size(), 10)
  t.strictSame(lanes.items().toSorted(), ['p1', 'p2', 'q1', 'q2', 'r1', 'r2', 'x1', 'x2', 'x3', 'y1'])
  t.strictSame(emptied(lanes), ['p1', 'x1', 'q1', 'y1', 'r1', 'x2', 'p2', 'x3', 'q2', 'r2'])
})

t.test('an outer lane whose last item leaves is none', async (t) => {
  const lanes = nested()
  lanes.add(within('gone', 'a'), 'a')
  for (const item of ['x', 'y']) lanes.add(within('stays', 'x'), item)
  t.notOk(lanes.remove(within('gone', 'x'), 'x'), 'it waits elsewhere')
  t.ok(lanes.remove(within('gone', 'a'), 'a'))
  t.equal(lanes.ahead(within('another', 'z')), 1)
  t.strictSame(emptied(lanes), ['x', 'y'])
})

type Step = { readonly share: string; readonly lane: string; readonly after: 'nothing' | 'next' | 'remove' }

const name = (prefix: string, most: number) => fc.nat(most).map((index) => `${prefix}${index}`)

const step: fc.Arbitrary<Step> = fc.record({
  share: name('s', 3),
  lane: name('l', 3),
  after: fc.constantFrom('nothing', 'nothing', 'next', 'remove'),
})

t.test('how many go before a newcomer is what then goes before it', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), name('s', 4), name('l', 4), (steps, share, lane) => {
      const lanes = nested()
      steps.forEach((step, item) => {
        lanes.add(within(step.share, step.lane), `${item}`)
        if (step.after === 'next') lanes.next()
        // Some that came earlier, if it waits still.
        const earlier = Math.floor(item / 2)
        const { share, lane } = steps[earlier] ?? step
        if (step.after === 'remove') lanes.remove(within(share, lane), `${earlier}`)
      })
      const ahead = lanes.ahead(within(share, lane))
      const size = lanes.size()
      lanes.add(within(share, lane), 'newcomer')
      const order = emptied(lanes)
      return order.indexOf('newcomer') === ahead && order.length === size + 1
    }),
    { numRuns: 500 },
  )
})

t.test('how many go before one that waits is what then goes before it', async () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(59), (steps, index) => {
      const lanes = nested()
      steps.forEach((step, item) => {
        lanes.add(within(step.share, step.lane), `${item}`)
        if (step.after === 'next') lanes.next()
      })
      const waiting = lanes.items()
      const item = waiting[index % Math.max(1, waiting.length)]
      const { share, lane } = steps[Number(item)] ?? { share: '', lane: '' }
      const ahead = lanes.ahead(within(share, lane), item)
      return item === undefined || emptied(lanes).indexOf(item) === ahead
    }),
    { numRuns: 500 },
  )
})

t.test('between two turns of a lane that has items nobody else has more than one', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lanes = nested()
      steps.forEach((step, item) => void lanes.add(within(step.share, step.lane), `${step.share} ${item}`))
      const order = emptied(lanes).map((item) => item?.split(' ')[0] ?? '')
      return new Set(order).size === 0 || [...new Set(order)].every((share) => isEven(order, share))
    }),
  )
})

/** Whether no other share comes twice while this one still has items and waits. */
const isEven = (order: readonly string[], share: string): boolean => {
  const last = order.lastIndexOf(share)
  let since = new Set<string>()
  for (const other of order.slice(0, last)) {
    if (other === share) since = new Set()
    else if (since.has(other)) return false
    else since.add(other)
  }
  return true
}
