import fc from 'fast-check'
import t from 'tap'
import { createRoom, type Room } from '../../src/portkey/room.js'

const SIZE = { alone: 512, inAll: 2048 }

/** Brings in as much as this principal may; how much that was. */
const fill = (room: Room, share: string): number => {
  let count = 0
  for (; room.hasPlace(share); count++) room.enter(share)
  return count
}

t.test('a principal by itself may have so much and no more, and comes again when some has left', async (t) => {
  const room = createRoom(SIZE)
  t.equal(fill(room, 'one'), 512)
  room.leave('one')
  t.equal(fill(room, 'one'), 1)
  t.equal(room.size(), 512)
})

t.test('one that has filled its part leaves the others theirs', async (t) => {
  const room = createRoom(SIZE)
  const parts = Array.from({ length: 6 }, (_, index) => fill(room, `flood ${index}`))
  t.strictSame(parts, [512, 384, 288, 216, 162, 122])
  t.ok(fill(room, 'small') > 50, 'and who comes then still has room')
})

t.test('those who have little take next to nothing from one who has much', async (t) => {
  const room = createRoom(SIZE)
  for (let index = 0; index < 100; index++) room.enter(`small ${index}`)
  t.ok(fill(room, 'large') > 480)
})

t.test('floods that last end up with equal parts', async (t) => {
  const room = createRoom(SIZE)
  const shares = ['a', 'b', 'c', 'd']
  for (let round = 0; round < 200; round++) {
    // As turns are even, as many of each leave.
    for (const share of shares) {
      fill(room, share)
      for (let left = 0; left < 10; left++) room.leave(share)
    }
  }
  for (const share of shares) fill(room, share)
  const counts = shares.map(room.of)
  t.ok(Math.max(...counts) - Math.min(...counts) <= 20, counts.join(' '))
  t.ok(Math.min(...counts) > 256)
})

t.test('nobody who has nothing in it is refused while a place is free, and all places are never passed', async () => {
  const size = fc.record({ alone: fc.integer({ min: 1, max: 20 }), more: fc.integer({ min: 1, max: 40 }) })
  const moves = fc.array(fc.record({ share: fc.nat(9), leaves: fc.boolean() }), { maxLength: 200 })
  fc.assert(
    fc.property(size, moves, ({ alone, more }, all) => {
      const room = createRoom({ alone, inAll: alone + more })
      for (const { share, leaves } of all) {
        if (leaves) room.leave(`${share}`)
        else if (room.hasPlace(`${share}`)) room.enter(`${share}`)
        const sum = Array.from({ length: 10 }, (_, index) => room.of(`${index}`)).reduce((a, b) => a + b, 0)
        if (sum !== room.size() || sum > alone + more) return false
        if (room.hasPlace('nobody yet') !== sum < alone + more) return false
      }
      return Array.from({ length: 10 }, (_, index) => room.of(`${index}`)).every((count) => count <= alone)
    }),
  )
})
