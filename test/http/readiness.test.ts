import t from 'tap'
import { loadConfig } from '../../src/config.js'
import { createEmulator, type Fault, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { createEngine, type Principal, type UpstreamState } from '../../src/engine.js'
import { REMEMBER_MS } from '../../src/http/readiness.js'
import { engine, errorOf, KEY, serve, TOKEN } from './harness.js'

/** An engine whose probe gives the states in turn, and notes who asked. */
const probing = (...states: readonly UpstreamState[]) => {
  const asked: Principal[] = []
  const probe = async (principal: Principal): Promise<UpstreamState> => {
    asked.push(principal)
    return states[Math.min(asked.length, states.length) - 1] ?? { ready: true }
  }
  return { asked, engine: engine({ probe }) }
}

t.test('ready when Portkey takes the configured key', async (t) => {
  const { asked, engine } = probing({ ready: true })
  const service = await serve(t, { engine, env: { PORTKEY_WORKSPACE_SLUG: 'main' } })
  const reply = await fetch(`${service.url}/readyz`)
  t.equal(reply.status, 200)
  t.strictSame(await reply.json(), { status: 'ready' })
  t.match(asked, [{ upstreamKey: KEY, workspace: 'main' }])
})

t.test('not ready is a 503 with the reason', async (t) => {
  const { engine } = probing({
    ready: false,
    reason: 'Portkey refused the configured key.',
    code: 'UPSTREAM_UNAUTHORIZED',
  })
  const service = await serve(t, { engine })
  const reply = await fetch(`${service.url}/readyz`)
  t.match(reply.headers.get('retry-after'), /^\d+$/)
  const error = await errorOf(t, reply, 503, 'UPSTREAM_UNAVAILABLE')
  t.match(error.message, /Portkey refused the configured key/)
  t.match(error.details, [{ code: 'UPSTREAM_UNAUTHORIZED' }])
  t.equal((await fetch(`${service.url}/healthz`)).status, 200, 'but the process is up')
})

t.test('a state is remembered for a few seconds, good or bad', async (t) => {
  let now = 1_000_000
  const { asked, engine } = probing({ ready: false, reason: 'down' }, { ready: true }, { ready: false, reason: 'down' })
  const service = await serve(t, { engine, now: () => now })
  const status = async () => (await fetch(`${service.url}/readyz`)).status
  t.strictSame([await status(), await status()], [503, 503])
  t.equal(asked.length, 1)
  now += REMEMBER_MS
  t.strictSame([await status(), await status()], [200, 200])
  t.equal(asked.length, 2)
  now += REMEMBER_MS
  t.equal(await status(), 503)
})

t.test('probes at the same time share one', async (t) => {
  let answer: (state: UpstreamState) => void = () => undefined
  let asked = 0
  const probe = () => {
    asked += 1
    return new Promise<UpstreamState>((resolve) => {
      answer = resolve
    })
  }
  let arrived = 0
  const service = await serve(t, {
    engine: engine({ probe }),
    now: () => {
      arrived += 1
      return 0
    },
  })
  const replies = [1, 2, 3].map(() => fetch(`${service.url}/readyz`))
  while (asked === 0) await new Promise(setImmediate)
  answer({ ready: true })
  const statuses = (await Promise.all(replies)).map(({ status }) => status)
  t.strictSame(statuses, [200, 200, 200])
  t.equal(asked, 1)
  t.ok(arrived > 0)
})

t.test('a probe that throws or hangs is not ready, and the next one asks again', async (t) => {
  let asked = 0
  const probe = (): Promise<UpstreamState> => {
    asked += 1
    return asked === 1 ? Promise.reject(new Error('boom')) : new Promise(() => undefined)
  }
  let now = 0
  const service = await serve(t, { engine: engine({ probe }), env: { UPSTREAM_TIMEOUT_MS: '20' }, now: () => now })
  await errorOf(t, await fetch(`${service.url}/readyz`), 503, 'UPSTREAM_UNAVAILABLE', 'throws')
  now += REMEMBER_MS
  await errorOf(t, await fetch(`${service.url}/readyz`), 503, 'UPSTREAM_UNAVAILABLE', 'hangs')
})

t.test('without a key of its own, the service is ready when Portkey answers at all', async (t) => {
  const env = { AUTH_MODE: 'passthrough', PORTKEY_API_KEY: '' }
  const refused = probing({ ready: false, reason: 'refused', code: 'UPSTREAM_UNAUTHORIZED' })
  t.equal((await fetch(`${(await serve(t, { engine: refused.engine, env })).url}/readyz`)).status, 200)
  const down = probing({ ready: false, reason: 'no route', code: 'UPSTREAM_UNAVAILABLE' })
  t.equal((await fetch(`${(await serve(t, { engine: down.engine, env })).url}/readyz`)).status, 503)
})

t.test('what Portkey answers to the probe: throttled is ready, refused or failing is not', async (t) => {
  const emulator = createEmulator({ historyDays: 1, requestsPerHour: 1 })
  t.teardown(() => emulator.close())
  const PORTKEY_BASE_URL = await emulator.listen()
  const config = loadConfig({ PORTKEY_API_KEY: WORKSPACE_KEY, API_TOKENS: TOKEN, PORTKEY_BASE_URL })
  const ready = async () => {
    const real = createEngine(config)
    const service = await serve(t, { engine: real, env: { PORTKEY_API_KEY: WORKSPACE_KEY } })
    const reply = await fetch(`${service.url}/readyz`)
    await reply.body?.cancel()
    return reply.status
  }
  const after = async (fault: Fault) => {
    emulator.clearFaults()
    emulator.injectFault(fault)
    return ready()
  }
  t.equal(await ready(), 200, 'no fault')
  for (const status of [429, 402]) t.equal(await after({ kind: 'status', status }), 200, `${status}`)
  for (const status of [401, 403, 404, 500, 502, 503])
    t.equal(await after({ kind: 'status', status }), 503, `${status}`)
  t.equal(await after({ kind: 'reset' }), 503, 'connections are lost')
  await emulator.close()
  t.equal(await ready(), 503, 'nothing listens')
})
