import t from 'tap'
import { createFlights, type Flight } from '../../src/cache/flights.js'

const FAR = Number.POSITIVE_INFINITY

/** A flight that lands when the test says so. */
function work() {
  const begun: Flight[] = []
  const lands: { land: (value: string) => void; fail: (error: Error) => void }[] = []
  return {
    begun,
    lands,
    fly: (flight: Flight) => {
      begun.push(flight)
      return new Promise<string>((land, fail) => lands.push({ land, fail }))
    },
  }
}

const waiter = (deadline = FAR) => {
  const controller = new AbortController()
  return { leave: () => controller.abort(new Error('gone')), signal: controller.signal, deadline }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

t.test('a flight knows who waits for it, and tells of who joins', async (t) => {
  const flights = createFlights<string>()
  const { fly, begun, lands } = work()
  const [first, second, third] = [waiter(), waiter(), waiter()]
  const left = flights.join('a', first, fly)
  await soon()
  const told: unknown[] = []
  const stop = begun[0]?.onJoin((joining) => told.push(joining))
  const stays = flights.join('a', second, fly)
  t.strictSame(begun[0]?.waiters(), [first, second])
  first.leave()
  await t.rejects(left, { message: 'gone' })
  t.strictSame(begun[0]?.waiters(), [second])
  stop?.()
  const late = flights.join('a', third, fly)
  t.strictSame(told, [second])
  lands[0]?.land('A')
  t.match(await Promise.all([stays, late]), [{ joined: true }, { joined: true }])
})

t.test('concurrent askers of one key share one flight; only the first began it', async (t) => {
  const flights = createFlights<string>()
  const { fly, begun, lands } = work()
  const all = Promise.all([1, 2, 3].map(() => flights.join('a', waiter(), fly)))
  const other = flights.join('b', waiter(), fly)
  await soon()
  t.equal(begun.length, 2)
  t.ok(flights.has('a'))
  lands[0]?.land('A')
  lands[1]?.land('B')
  t.strictSame(await all, [
    { value: 'A', joined: false },
    { value: 'A', joined: true },
    { value: 'A', joined: true },
  ])
  t.equal((await other).value, 'B')
  t.notOk(flights.has('a'), 'nothing is kept after landing')
})

t.test('a failure is shared, and the next asker flies anew', async (t) => {
  const flights = createFlights<string>()
  const { fly, lands, begun } = work()
  const both = Promise.allSettled([flights.join('a', waiter(), fly), flights.join('a', waiter(), fly)])
  await soon()
  lands[0]?.fail(new Error('lost'))
  t.match(await both, [{ reason: { message: 'lost' } }, { reason: { message: 'lost' } }])
  const next = flights.join('a', waiter(), fly)
  await soon()
  t.equal(begun.length, 2)
  lands[1]?.land('found')
  t.strictSame(await next, { value: 'found', joined: false })
})

t.test('who leaves is answered with its own reason; the flight is cancelled with the last', async (t) => {
  const flights = createFlights<string>()
  const { fly, begun, lands } = work()
  const [first, second, third] = [waiter(), waiter(), waiter()]
  const one = flights.join('a', first, fly)
  const two = flights.join('a', second, fly)
  await soon()
  first.leave()
  await t.rejects(one, { message: 'gone' })
  t.notOk(begun[0]?.signal.aborted, 'somebody still waits')
  second.leave()
  await t.rejects(two, { message: 'gone' })
  t.ok(begun[0]?.signal.aborted)
  const later = flights.join('a', third, fly)
  await soon()
  t.equal(begun.length, 2, 'a cancelled flight takes no passengers')
  lands[0]?.fail(new Error('cancelled'))
  await soon()
  t.ok(flights.has('a'), 'its late end does not end the flight after it')
  lands[1]?.land('A')
  t.equal((await later).value, 'A')
})

t.test('a flight lasts as long as its most patient waiter', async (t) => {
  const flights = createFlights<string>()
  const { fly, begun, lands } = work()
  const patient = waiter(200)
  const all = [flights.join('a', waiter(100), fly), flights.join('a', patient, fly)]
  await soon()
  t.equal(begun[0]?.deadline(), 200)
  patient.leave()
  await t.rejects(Promise.all(all))
  t.equal(begun[0]?.deadline(), 100)
  lands[0]?.land('A')
})

t.test('who has left already begins nothing', async (t) => {
  const flights = createFlights<string>()
  const { fly, begun } = work()
  const late = waiter()
  late.leave()
  await t.rejects(flights.join('a', late, fly), { message: 'gone' })
  t.equal(begun.length, 0)
})
