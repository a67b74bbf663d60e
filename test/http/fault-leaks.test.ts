import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createEmulator } from '../../src/emulator/emulator.js'
import { deploy, NOW } from '../engine/service.js'
import { LASTING } from './fault-cases.js'
import { inTime } from './fault-cell.js'
import { FAULT_QUESTIONS } from './fault-questions.js'

// Connections are counted where they arrive, while the upstream is still there to keep them open.

const CONCURRENCY = 8

/** Something between the service and its upstream that counts connections. */
const relayTo = async (t: Test, upstream: string) => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(new URL(upstream).port), '127.0.0.1')
    sockets.add(near)
    near.once('close', () => sockets.delete(near))
    // An end of one is the end of the other, whichever way it comes.
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.once('close', () => other.destroy())
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the relay has no port')
  return { url: `http://127.0.0.1:${address.port}/v1`, open: () => sockets.size }
}

t.test('no connection outlives the service, whatever it met', async (t) => {
  const emulator = createEmulator({ now: NOW, historyDays: 2, requestsPerHour: 10 })
  const upstream = await emulator.listen()
  t.teardown(() => emulator.close())
  for (const [what, { fault }] of Object.entries(LASTING)) {
    const relay = await relayTo(t, upstream)
    const service = await deploy(
      t,
      {},
      {
        PORTKEY_BASE_URL: relay.url,
        UPSTREAM_TIMEOUT_MS: '150',
        REQUEST_TIMEOUT_MS: '500',
        UPSTREAM_CONCURRENCY: String(CONCURRENCY),
      },
    )
    const bodies = Object.values(FAULT_QUESTIONS).map(({ body }) => body)
    emulator.injectFault(fault)
    const replies = await inTime(Promise.all(bodies.map((body) => service.ask(body))))
    for (const { code } of replies) t.match(code, /^(UPSTREAM|REQUEST)_[A-Z_]+$/, what)
    t.ok(relay.open() <= CONCURRENCY, `${what}: ${relay.open()} connections`)
    // The last of them is asked and not answered when the service is told to end.
    const last = bodies.map((body) => service.ask(body))
    const closed = service.close()
    await inTime(Promise.all([closed, ...last.map((reply) => reply.catch(() => undefined))]))
    await inTime(until(() => relay.open() === 0))
    t.equal(relay.open(), 0, `${what}: none is open`)
    emulator.clearFaults()
  }
})

const until = async (happened: () => boolean): Promise<void> => {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5))
}
