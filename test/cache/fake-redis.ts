import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Something that listens where a Redis should. */
export type FakeRedis = {
  readonly url: string
  /** What came in on all connections, in order of arrival. */
  readonly received: () => string
  readonly connections: () => number
}

/** `meet` is given every connection; what it does with it is its own affair. Ends with the test. */
export async function fakeRedis(t: Test, meet: (socket: Socket) => void): Promise<FakeRedis> {
  const sockets = new Set<Socket>()
  let received = ''
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    meet(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return { url: `redis://127.0.0.1:${address.port}`, received: () => received, connections: () => connections }
}
