import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.js'
import { type Environment, loadConfig } from '../../src/config.js'
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  MAIN_WORKSPACE,
  type TrafficRow,
  WORKSPACE_KEY,
} from '../../src/emulator/emulator.js'
import { createEngine } from '../../src/engine.js'
import { createLogger } from '../../src/http/request-log.js'
import { openTeams } from '../../src/teams/teams.js'
import { FIXTURES } from '../fixtures/places.js'
import type { Row } from './scan.js'

/** A busy Wednesday afternoon: the instant at which service and emulator both stand. */
export const NOW = Date.parse('2026-06-10T12:34:56.789Z')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const TOKEN = 'a-token-of-the-tests'

/** A settled, whole day of the emulator's history. */
export const YESTERDAY = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' } as const

/** The least question: all of yesterday's requests, counted. */
export const LEAST = { ...YESTERDAY, datasource: 'modelMetrics', type: 'distribution' } as const

/** A published sample question, asked of yesterday. */
export const EXAMPLE: Readonly<Record<string, unknown>> = {
  ...JSON.parse(readFileSync(join(FIXTURES, 'example-question.json'), 'utf8')),
  ...YESTERDAY,
}

/** A reply over HTTP, and what it made the emulator see. */
export type Asked = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The rows of a success; empty otherwise. */
  readonly rows: readonly Row[]
  /** Code and message of an error; empty texts otherwise. */
  readonly code: string
  readonly message: string
  /** HTTP requests that reached the emulator meanwhile. */
  readonly calls: number
}

export type Whole = {
  readonly emulator: Emulator
  readonly url: string
  readonly logs: readonly Record<string, unknown>[]
  /** Asks over HTTP: the least question with these fields put in. */
  ask(fields?: Readonly<Record<string, unknown>>, how?: How): Promise<Asked>
  /** The rows that the workspace's key may see in `[startTs, endTs)`, yesterday unless told. */
  seen(window?: { readonly startTs: string; readonly endTs: string }): readonly TrafficRow[]
  /** Resolves when so many questions have come, and what they need is asked or waits. */
  received(count: number): Promise<void>
  /** Ends the service before the test does; the emulator stays. */
  close(): Promise<void>
}

export type How = { readonly path?: string; readonly headers?: Readonly<Record<string, string>> }

/** The whole service over an emulator, both on loopback and at the same instant; both end with the test. */
export async function deploy(t: Test, options: EmulatorOptions = {}, env: Environment = {}): Promise<Whole> {
  const emulator = createEmulator({ now: NOW, historyDays: 4, requestsPerHour: 30, ...options })
  const baseUrl = await emulator.listen()
  const logs: Record<string, unknown>[] = []
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: TOKEN,
    PORTKEY_BASE_URL: baseUrl,
    UPSTREAM_RPS: '10000',
    ...env,
  })
  const app = buildApp(config, {
    engine: createEngine(config, { now: emulator.now }),
    logger: createLogger(config, { write: (line) => logs.push(JSON.parse(line)) }),
    teams: openTeams(config, { env }),
    now: emulator.now,
  })
  let came = 0
  app.addHook('preHandler', async () => {
    came += 1
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await app.close()
    await emulator.close()
  })
  return {
    emulator,
    url,
    logs,
    async ask(fields = {}, { path = '/v1/metrics/query', headers = {} } = {}) {
      const before = emulator.requests.length
      const reply = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...LEAST, ...fields }),
      })
      const text = await reply.text()
      const calls = emulator.requests.length - before
      return { status: reply.status, headers: reply.headers, text, ...read(text), calls }
    },
    seen({ startTs, endTs } = YESTERDAY) {
      const rows = emulator.rows({ start: Date.parse(startTs), end: Date.parse(endTs) })
      return rows.filter((row) => row.workspace === MAIN_WORKSPACE)
    },
    async received(count) {
      while (came < count) await new Promise((resolve) => setImmediate(resolve))
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    },
    close: () => app.close(),
  }
}

/** The rows, or the code and the message, of a reply's text. */
export function read(text: string): Pick<Asked, 'rows' | 'code' | 'message'> {
  const body = object(JSON.parse(text))
  const points = object(body.data).dataPoints
  return {
    rows: Array.isArray(points) ? points.map(object) : [],
    code: typeof body.code === 'string' ? body.code : '',
    message: typeof body.message === 'string' ? body.message : '',
  }
}

function object(value: unknown): Row {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
