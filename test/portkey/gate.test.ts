import t from 'tap'
import { createGate } from '../../src/portkey/gate.js'

const never = new AbortController().signal

t.test('places are given in the order of asking', async (t) => {
  const gate = createGate(1)
  const leave = await gate.enter(never)
  const order: number[] = []
  const all = [1, 2, 3].map(async (n) => {
    const done = await gate.enter(never)
    order.push(n)
    done()
  })
  t.strictSame(order, [])
  leave()
  await Promise.all(all)
  t.strictSame(order, [1, 2, 3])
})

t.test('leaving twice gives back one place', async (t) => {
  const gate = createGate(1)
  const leave = await gate.enter(never)
  leave()
  leave()
  await gate.enter(never)
  const asked = new AbortController()
  const waits = gate.enter(asked.signal)
  asked.abort(new Error('still full'))
  await t.rejects(waits, /still full/)
})

t.test('one who gives up loses the place in the queue, and costs nobody else theirs', async (t) => {
  const gate = createGate(1)
  const leave = await gate.enter(never)
  const caller = new AbortController()
  const gone = gate.enter(caller.signal)
  const next = gate.enter(never)
  caller.abort(new Error('gone'))
  await t.rejects(gone, /gone/)
  leave()
  t.type(await next, 'function')
})
