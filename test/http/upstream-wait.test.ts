import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { createEngine } from '../../src/engine.js'
import { ServiceError } from '../../src/errors.js'
import { createUpstreamWait } from '../../src/http/upstream-wait.js'
import { config, errorOf, serve } from './harness.js'

/** Whoever takes connections and never says a word. */
const silent = async (t: Test): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.resume()
    t.teardown(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const TIMES = { REQUEST_TIMEOUT_MS: '1000', UPSTREAM_TIMEOUT_MS: '20000' }

const over = (t: Test, env: Readonly<Record<string, string>>) => {
  const all = { ...TIMES, ...env }
  return serve(t, { engine: createEngine(config(all)), env: all })
}

t.test('a question whose time is up says that Portkey has not answered, to all who asked it', async (t) => {
  const service = await over(t, { PORTKEY_BASE_URL: `http://127.0.0.1:${await silent(t)}/v1` })
  const asked = await Promise.all([service.ask(), service.ask()])
  for (const reply of asked) {
    const { message } = await errorOf(t, reply, 504, 'REQUEST_TIMEOUT')
    t.match(
      message,
      /longer than 1000 ms: Portkey has not answered a call that was sent \d+\.\d s ago\. Check that Portkey/,
    )
  }
})

t.test('behind a proxy it may be the proxy that hangs, and both are named', async (t) => {
  const proxy = await silent(t)
  const env = { PORTKEY_BASE_URL: 'https://portkey.invalid/v1', HTTPS_PROXY: `http://127.0.0.1:${proxy}` }
  const service = await over(t, env)
  const { message } = await errorOf(t, await service.ask(), 504, 'REQUEST_TIMEOUT')
  t.match(message, /: Portkey, or the proxy HTTPS_PROXY, has not answered a call that was sent \d+\.\d s ago\. /)
})

t.test(
  'a question that waits for its turn says so, and one that waits for nothing is told what it can do',
  async (t) => {
    const timeout = new ServiceError('REQUEST_TIMEOUT', 'The question took longer: ask for a shorter window.')
    const way = { requestTimeoutMs: 1_000, upstreamTimeoutMs: 500, upstreamProxy: null }
    let clock = 0
    const now = () => clock
    const said = (error: unknown) => (error instanceof Error ? error.message : String(error))

    const idle = createUpstreamWait({ ...way, state: () => ({ queued: 0, inFlight: 0 }) }, now)
    t.equal(idle.worded(timeout), timeout)
    const other = new Error('another')
    t.equal(idle.worded(other), other)

    const queued = createUpstreamWait({ ...way, state: () => ({ queued: 7, inFlight: 2 }) }, now)
    t.match(said(queued.worded(timeout)), /2 calls are under way and 7 wait for their turn/)

    const event = { endpoint: 'graphs/requests', attempt: 1, queuedMs: 0 }
    const busy = createUpstreamWait({ ...way, state: () => ({ queued: 0, inFlight: 1 }) }, now)
    busy.onSent()
    clock = 100
    busy.onSent()
    busy.onEnded({ ...event, status: 200, ms: 100 })
    clock = 400
    t.match(
      said(busy.worded(timeout)),
      /sent 0\.3 s ago\. Ask again, or for a shorter window/,
      'the one that is still out',
    )
    busy.onEnded({ ...event, status: null, ms: 300 })
    t.match(said(busy.worded(timeout)), /sent 0\.3 s ago/, 'cut off with the question')
    clock = 5_000
    t.notMatch(said(busy.worded(timeout)), /ago/, 'long ended')
  },
)
