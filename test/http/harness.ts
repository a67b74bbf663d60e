import { connect } from 'node:net'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { type Config, type Environment, loadConfig } from '../../src/config.js'
import type { Engine, Explanation, Reply } from '../../src/engine.js'
import { createLogger } from '../../src/http/request-log.js'

/** Credentials that no log line, reply or error may ever hold. */
export const KEY = 'planted-portkey-key-4711'
export const TOKEN = 'planted-api-token-0815'

export const QUESTION = {
  startTs: '2026-04-21T00:00:00.000Z',
  endTs: '2026-04-22T00:00:00.000Z',
  datasource: 'modelMetrics',
  type: 'distribution',
  groupBy: ['modelName'],
}

export const REPLY: Reply = {
  data: { dataPoints: [{ modelName: 'gpt-4o', total: 3 }] },
  columns: ['modelName', 'total'],
  upstreamCalls: 2,
  price: 2,
  cache: 'miss',
  oldestAt: Date.now(),
  expiresAt: 0,
  settledUntil: Date.UTC(2026, 3, 21),
  timing: { planMs: 0.5, upstreamMs: 12, shapeMs: 0.25 },
}

/** The plan of a question that nothing can match, explained and not run. */
export const EXPLANATION: Explanation = {
  plan: { op: 'empty', does: 'nothing can match', exactness: 'exact', estimatedCalls: 0, parts: [] },
  text: 'empty: nothing can match (no call expected, exact)',
  estimatedCalls: 0,
  analyzed: null,
}

/** An engine that answers `REPLY` and explains `EXPLANATION`; a test replaces what it is about. */
export const engine = (parts: Partial<Engine> = {}): Engine => ({
  ask: async () => REPLY,
  explain: async () => EXPLANATION,
  catalogue: async () => ({ window: { startTs: '', endTs: '' }, datasources: [] }),
  read: async () => ({ object: 'list', total: 0, data: [] }),
  state: () => ({ breakers: { open: 0, probing: 0 }, queued: 0, inFlight: 0, answerBytes: 0, redisUp: null }),
  vouch: async () => 'good',
  isVouched: () => true,
  wasVouched: () => true,
  probe: async () => ({ ready: true }),
  close: async () => undefined,
  ...parts,
})

/** An engine that must not be reached. */
export const forbiddenEngine = (t: Test): Engine =>
  engine({
    ask: async () => {
      t.fail('a refused request reached the engine')
      return REPLY
    },
    explain: async () => {
      t.fail('a refused request reached the engine')
      return EXPLANATION
    },
    read: async () => {
      t.fail('a refused request reached the engine')
      return null
    },
  })

export const config = (env: Environment = {}): Config =>
  loadConfig({ PORTKEY_API_KEY: KEY, API_TOKENS: TOKEN, LOG_LEVEL: 'debug', UPSTREAM_RPS: '10000', ...env })

export type Service = {
  readonly url: string
  readonly port: number
  /** Every log line so far, parsed. */
  readonly logs: readonly Record<string, unknown>[]
  readonly close: () => Promise<void>
  /** Resolves when so many questions have come since the start. */
  readonly received: (count: number) => Promise<void>
  /** Resolves when so many log lines are as they should. */
  readonly logged: (matches: (line: Record<string, unknown>) => boolean, count?: number) => Promise<void>
  /** Cuts all connections. */
  readonly drop: () => void
  /** Asks over HTTP; defaults make a valid, authenticated question. */
  readonly ask: (request?: Ask) => Promise<Response>
}

export type Ask = {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null
}

/** A real server on a free port, stopped when the test ends. */
export const serve = async (
  t: Test,
  parts: { readonly engine?: Engine; readonly env?: Environment; readonly now?: () => number } = {},
): Promise<Service> => {
  const logs: Record<string, unknown>[] = []
  const settings = config(parts.env)
  const logger = createLogger(settings, { write: (line) => logs.push(JSON.parse(line)) })
  const app = buildApp(settings, { engine: parts.engine ?? engine(), logger, ...(parts.now ? { now: parts.now } : {}) })
  let count = 0
  app.addHook('preHandler', async () => {
    count += 1
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
  }
  t.teardown(() => app.close())
  const ask = ({ path = '/v1/metrics/query', method = 'POST', headers = {}, body }: Ask = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(method === 'GET' || method === 'HEAD' || body === null ? {} : { body: body ?? JSON.stringify(QUESTION) }),
    })
  return {
    url,
    port: Number(new URL(url).port),
    logs,
    close: () => app.close(),
    received: (least) => until(() => count >= least),
    logged: (matches, least = 1) => until(() => logs.filter(matches).length >= least),
    drop: () => app.server.closeAllConnections(),
    ask,
  }
}

/** Checks that a reply is an error in the one shape, and hands its body back. */
export const errorOf = async (t: Test, reply: Response, status: number, code: string, name = code) => {
  const text = await reply.text()
  const body: unknown = JSON.parse(text)
  t.match(body, { statusCode: status, error: /^\w/, code, message: /^\S.*[.?]$/s }, name)
  t.equal(reply.status, status, `${name}: status`)
  t.match(reply.headers.get('content-type'), 'application/json', `${name}: content type`)
  t.match(reply.headers.get('x-request-id'), /^\S+$/, `${name}: request id`)
  t.equal(reply.headers.get('x-content-type-options'), 'nosniff', `${name}: nosniff`)
  t.strictSame(
    Object.keys(Object(body)).filter((key) => key !== 'details'),
    ['statusCode', 'error', 'code', 'message'],
    `${name}: keys`,
  )
  for (const secret of [KEY, TOKEN, 'node_modules', '    at ']) t.notOk(text.includes(secret), `${name}: no internals`)
  return Object(body)
}

/** Sends raw bytes and reads until the server closes the connection. */
export const raw = (port: number, text: string | Uint8Array): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
