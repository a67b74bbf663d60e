import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createEmulator, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { exampleQuestion } from '../../src/http/question-examples.js'
import { MAIN } from '../fixtures/places.js'
import { TOKEN } from './harness.js'

const NOW = Date.UTC(2026, 3, 23)
const QUESTION = exampleQuestion({ startTs: '2026-04-21T00:00:00.000Z', endTs: '2026-04-22T00:00:00.000Z' })

/** A Portkey whose answers wait until the gate opens. */
const gatedUpstream = async (t: Test) => {
  const emulator = createEmulator({ now: NOW, historyDays: 3 })
  const behind = await emulator.listen()
  let open: () => void = () => undefined
  let arrived: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const asked = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const server: Server = createServer((request, response) => {
    arrived()
    void gate
      .then(() =>
        fetch(new URL(request.url ?? '', behind), {
          headers: { 'x-portkey-api-key': WORKSPACE_KEY, 'user-agent': 'gate/1' },
        }),
      )
      .then(async (reply) => response.writeHead(reply.status).end(await reply.text()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.close()
    server.closeAllConnections()
    await emulator.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/v1`, asked, open }
}

/** The real process, as `npm start` runs it. */
const start = (t: Test, env: NodeJS.ProcessEnv) => {
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exit = once(child, 'exit').then(([code]) => ({ code, output }))
  const listening = new Promise<string>((resolve, reject) => {
    const note = (chunk: Buffer) => {
      output += chunk.toString()
      const url = /listening at (http:[^"\s]+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', note)
    child.stderr?.on('data', note)
    void exit.then(() => reject(new Error(`ended before it listened: ${output}`)))
  })
  listening.catch(() => undefined)
  t.teardown(() => child.kill('SIGKILL'))
  return { child, exit, listening }
}

const settings = (upstream: string) => ({
  PORTKEY_API_KEY: WORKSPACE_KEY,
  PORTKEY_BASE_URL: upstream,
  API_TOKENS: TOKEN,
  PORT: '0',
})

const ask = (url: string) =>
  fetch(`${url}/v1/metrics/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(QUESTION),
  })

t.test('SIGTERM: the question under way is answered, new ones are sent away, then the process ends', async (t) => {
  const upstream = await gatedUpstream(t)
  const { child, exit, listening } = start(t, settings(upstream.url))
  const url = await listening
  const early = ask(url)
  await upstream.asked
  child.kill('SIGTERM')

  let late = await fetch(`${url}/version`)
  while (late.headers.get('connection') !== 'close') late = await fetch(`${url}/version`)
  const refused = await ask(url)
  t.equal(refused.status, 503)
  t.match(refused.headers.get('retry-after'), /^\d+$/)
  t.equal(refused.headers.get('connection'), 'close')
  t.match(await refused.json(), { statusCode: 503, code: 'SHUTTING_DOWN', message: String })
  t.equal((await fetch(`${url}/readyz`)).status, 503, 'not ready')
  t.equal((await fetch(`${url}/healthz`)).status, 200, 'still alive')

  upstream.open()
  const answer = await early
  t.equal(answer.status, 200)
  t.match(await answer.json(), { data: { dataPoints: [{ modelName: String, total: Number }] } })
  const { code, output } = await exit
  t.equal(code, 0)
  t.match(output, 'stopped')
  t.notOk(output.includes(TOKEN) || output.includes(WORKSPACE_KEY), 'and no secret was logged')
})

t.test('SIGTERM with nothing under way ends at once, kept-alive connections or not', async (t) => {
  const upstream = await gatedUpstream(t)
  const { child, exit, listening } = start(t, settings(upstream.url))
  await fetch(`${await listening}/healthz`)
  child.kill('SIGTERM')
  t.equal((await exit).code, 0)
})

/** A raw connection, with some bytes sent. */
const knock = async (t: Test, url: string, bytes: string) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  if (bytes !== '') await new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
  return once(socket, 'close')
}

for (const [what, bytes] of Object.entries({
  'a connection that never sent a byte': '',
  'half a request head': 'POST /v1/metrics/query HTTP/1.1\r\nhost: x\r\n',
})) {
  // The hard stop would come after the longest question of a minute: beyond the bound here.
  t.test(`SIGTERM is not held up by ${what}`, { timeout: 20_000 }, async (t) => {
    const upstream = await gatedUpstream(t)
    const { child, exit, listening } = start(t, settings(upstream.url))
    const url = await listening
    const closed = knock(t, url, bytes)
    // Connections are taken in turn: once a later one was answered, the process has the one before.
    await fetch(`${url}/healthz`)
    child.kill('SIGTERM')
    await closed
    const { code, output } = await exit
    t.equal(code, 0)
    t.match(output, 'stopped')
    t.notMatch(output, 'stopping by force')
  })
}

t.test('SIGTERM ends a process whose log nobody reads any more', { timeout: 20_000 }, async (t) => {
  const upstream = await gatedUpstream(t)
  const { child, exit, listening } = start(t, settings(upstream.url))
  const url = await listening
  child.stdout?.destroy()
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  t.equal((await fetch(`${url}/healthz`)).status, 200, 'it still answers')
  child.kill('SIGTERM')
  t.equal((await exit).code, 0)
})

t.test('a question that never ends meets the hard stop', async (t) => {
  const upstream = await gatedUpstream(t)
  const { child, exit, listening } = start(t, settings(upstream.url))
  const lost = ask(await listening).catch(() => 'cut off')
  await upstream.asked
  child.kill('SIGTERM')
  child.kill('SIGINT')
  const { code, output } = await exit
  t.equal(code, 1, 'a second signal is the hard stop by hand')
  t.match(output, /"level":60,[^\n]*"signal":"SIG(?:TERM|INT)"[^\n]*second signal/, 'and the log says so')
  t.match(output, /"level":30,[^\n]*stopping: questions under way/, 'after all that waited to be written')
  t.equal(await lost, 'cut off')
})

t.test('a bad configuration ends the process with one line a fault', async (t) => {
  const { exit } = start(t, { PORT: 'eighty', PORTKEY_API_KEY: 'planted secret', LOG_LEVEL: 'loud' })
  const { code, output } = await exit
  t.equal(code, 1)
  const lines = output.split('\n').filter((line) => line.startsWith('portkey-metrics-proxy: '))
  t.match(lines, [/PORTKEY_API_KEY must be/, /PORT must be/, /LOG_LEVEL must be/, /API_TOKENS is needed/])
  t.notMatch(output, /planted secret| at .*main/)
})

t.test('a port that is taken is one line too', async (t) => {
  const upstream = await gatedUpstream(t)
  const { exit } = start(t, { ...settings(upstream.url), PORT: new URL(upstream.url).port })
  const { code, output } = await exit
  t.equal(code, 1)
  t.match(output, /portkey-metrics-proxy: .*EADDRINUSE/)
})
