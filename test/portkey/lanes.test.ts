import fc from 'fast-check'
import t from 'tap'
import { createLanes } from '../../src/portkey/lanes.js'

const lanesOf = (count: number) => Array.from({ length: count }, (_, index) => ({ index }))

t.test('lanes take turns; within one, first come, first served', async (t) => {
  const [large, small, late] = lanesOf(3)
  const lanes = createLanes<string>()
  for (let item = 0; item < 5; item++) lanes.add(large ?? {}, `large ${item}`)
  lanes.add(small ?? {}, 'small 0')
  const order = [lanes.next(), lanes.next()]
  lanes.add(late ?? {}, 'late 0')
  while (lanes.size() > 0) order.push(lanes.next())
  t.strictSame(order, ['large 0', 'small 0', 'large 1', 'late 0', 'large 2', 'large 3', 'large 4'])
  t.equal(lanes.next(), undefined)
})

t.test('what leaves early costs the others no turn', async (t) => {
  const [one, other] = lanesOf(2)
  const lanes = createLanes<string>()
  for (const item of ['a', 'b', 'c']) lanes.add(one ?? {}, item)
  for (const item of ['x', 'y']) lanes.add(other ?? {}, item)
  lanes.remove(one ?? {}, 'a')
  lanes.remove(other ?? {}, 'x')
  lanes.remove(other ?? {}, 'y')
  lanes.remove(other ?? {}, 'y')
  t.equal(lanes.size(), 2)
  t.strictSame(lanes.items(), ['b', 'c'])
  t.strictSame([lanes.next(), lanes.next(), lanes.next()], ['b', 'c', undefined])
})

t.test('how many go before a newcomer is what then goes before it', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { maxLength: 40 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      fc.nat(4),
      (adds, takes, lane) => {
        const all = lanesOf(5)
        const lanes = createLanes<number>()
        adds.forEach((index, item) => {
          lanes.add(all[index] ?? {}, item)
          if (takes[item]) lanes.next()
        })
        const ahead = lanes.ahead(all[lane] ?? {})
        lanes.add(all[lane] ?? {}, -1)
        let before = 0
        while (lanes.next() !== -1) before += 1
        return before === ahead
      },
    ),
  )
})
