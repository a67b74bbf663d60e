import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { createEmulator, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { exampleQuestion } from '../../src/http/question-examples.js'
import { MAIN } from '../fixtures/places.js'
import { TOKEN } from './harness.js'
import { certificates, NO_OPENSSL } from './tls.js'

// The service where Portkey can be reached through a proxy alone, with a certificate of an authority of the house.

const NOW = Date.UTC(2026, 3, 23)
const QUESTION = exampleQuestion({ startTs: '2026-04-21T00:00:00.000Z', endTs: '2026-04-22T00:00:00.000Z' })
const PASSWORD = 'planted:proxy@password'
const CREDENTIALS = `user:${encodeURIComponent(PASSWORD)}`
const skip = { skip: NO_OPENSSL }

const listen = async (t: Test, server: Server): Promise<number> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A proxy that knows one user and reaches one host, and what was asked of it. */
const startProxy = async (t: Test, portOf: () => number) => {
  const asked: string[] = []
  const proxy = createServer((_request, response) => response.writeHead(400).end())
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(`${request.method} ${request.url}`)
    const given = Buffer.from(
      (request.headers['proxy-authorization'] ?? '').replace(/^Basic /, ''),
      'base64',
    ).toString()
    const status = given !== `user:${PASSWORD}` ? 407 : request.url !== 'portkey.test:443' ? 403 : 200
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    const behind = connect(portOf(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      behind.pipe(socket).pipe(behind)
    })
    behind.on('error', () => socket.destroy())
    socket.on('error', () => behind.destroy())
  })
  const port = await listen(t, proxy)
  return { url: (credentials = CREDENTIALS) => `http://${credentials}@127.0.0.1:${port}`, asked }
}

/** Portkey over TLS, as `portkey.test`, and a proxy before it. */
const deployed = async (t: Test) => {
  const files = certificates(t)
  const emulator = createEmulator({ now: NOW, historyDays: 3 })
  const plain = new URL(await emulator.listen())
  t.teardown(() => emulator.close())
  const server = createTlsServer({ key: files.key, cert: files.cert }, (incoming, response) => {
    const { url: path = '', headers } = incoming
    const onward = request({ host: plain.hostname, port: plain.port, path, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    onward.end()
  })
  const port = await listen(t, server)
  return { files, proxy: await startProxy(t, () => port) }
}

/** The real process; everything it writes. */
const start = async (t: Test, env: NodeJS.ProcessEnv) => {
  const child: ChildProcess = spawn(process.execPath, [MAIN], {
    env: {
      PORTKEY_API_KEY: WORKSPACE_KEY,
      PORTKEY_BASE_URL: 'https://portkey.test/v1',
      API_TOKENS: TOKEN,
      PORT: '0',
      LOG_LEVEL: 'trace',
      REQUEST_TIMEOUT_MS: '20000',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const note = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /listening at (http:[^"\s]+)/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', note)
    child.stderr?.on('data', note)
    child.on('exit', () => reject(new Error(`ended before it listened: ${output}`)))
  })
  const ask = async () => {
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(QUESTION),
    })
    return { status: reply.status, text: await reply.text() }
  }
  /** Ends the process, and checks that nothing it ever wrote or answered holds a secret. */
  const end = async (...texts: readonly string[]) => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`user:${PASSWORD}`).toString('base64')]) {
      for (const text of [output, ...texts]) t.notOk(text.includes(secret), 'no secret')
    }
  }
  return { ask, end }
}

t.test('questions are answered through a proxy with a password, by a certificate of the house', skip, async (t) => {
  const { files, proxy } = await deployed(t)
  const env = { HTTPS_PROXY: proxy.url(), NODE_EXTRA_CA_CERTS: files.authorityFile }
  const service = await start(t, env)
  const { status, text } = await service.ask()
  t.equal(status, 200, text)
  t.match(text, /"total":\d/)
  t.ok(proxy.asked.length > 0)
  t.strictSame([...new Set(proxy.asked)], ['CONNECT portkey.test:443'])
  await service.end(text)
})

t.test('what is set up wrongly is said, with what to do', skip, async (t) => {
  const { files, proxy } = await deployed(t)
  const trusted = { NODE_EXTRA_CA_CERTS: files.authorityFile }
  const cases: readonly (readonly [string, NodeJS.ProcessEnv, RegExp])[] = [
    ['an unknown authority', { HTTPS_PROXY: proxy.url() }, /UNABLE_TO_\w+.*NODE_EXTRA_CA_CERTS/],
    [
      'a wrong password',
      { ...trusted, HTTPS_PROXY: proxy.url(`user:${encodeURIComponent(PASSWORD)}x`) },
      /the proxy of HTTPS_PROXY refused with 407\. .*user:password@host/,
    ],
    [
      'a host that the proxy does not reach',
      { ...trusted, HTTPS_PROXY: proxy.url(), PORTKEY_BASE_URL: 'https://other.test/v1' },
      /the proxy of HTTPS_PROXY refused with 403\. .*PORTKEY_BASE_URL/,
    ],
    [
      'a proxy that is away',
      { ...trusted, HTTPS_PROXY: `http://${CREDENTIALS}@127.0.0.1:1` },
      /the proxy of HTTPS_PROXY cannot be reached \(ECONNREFUSED\)\. Check HTTPS_PROXY/,
    ],
    [
      'no proxy for this host',
      { ...trusted, HTTPS_PROXY: proxy.url(), NO_PROXY: 'localhost,portkey.test' },
      /cannot be reached for \S+: (ENOTFOUND|EAI_AGAIN)\. Check PORTKEY_BASE_URL and the network/,
    ],
  ]
  for (const [name, env, message] of cases) {
    const service = await start(t, env)
    const { status, text } = await service.ask()
    t.equal(status, 503, name)
    t.match(JSON.parse(text), { code: 'UPSTREAM_UNAVAILABLE', message }, name)
    await service.end(text)
  }
})
