import { buildApp } from '../app.js'
import { loadConfig } from '../config.js'
import { createEmulator, type Profile, WORKSPACE_KEY } from '../emulator/emulator.js'
import { createEngine } from '../engine.js'
import { createLogger } from '../http/request-log.js'

/** A published request of the language, as the file of examples has it. */
export type PublishedExample = {
  readonly name: string
  readonly provenance: string
  readonly request: Readonly<Record<string, unknown>>
}

/** What became of one example; `code` and `message` are empty where it was answered. */
export type Outcome = {
  readonly name: string
  readonly datasource: string
  readonly status: number
  readonly code: string
  readonly message: string
}

const DAY = 86_400_000

/** The examples of a file of JSON lines. Throws on a line that is none. */
export const readExamples = (lines: string): readonly PublishedExample[] =>
  lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { name, provenance, request } = Object(JSON.parse(line))
      if (typeof name !== 'string' || typeof provenance !== 'string' || typeof request !== 'object') {
        throw new Error(`no example: ${line.slice(0, 80)}`)
      }
      return { name, provenance, request }
    })

/** The same request by whole days earlier or later, so that it ends yesterday: after `now`'s last-but-one midnight, not after its last. */
export const endedYesterday = (
  request: PublishedExample['request'],
  now: number,
): Readonly<Record<string, unknown>> => {
  const [start, end] = [Date.parse(String(request.startTs)), Date.parse(String(request.endTs))]
  const midnight = Math.floor(now / DAY) * DAY
  const moved = Math.floor((midnight - end) / DAY) * DAY
  const stamp = (ms: number) => new Date(ms + moved).toISOString()
  return { ...request, startTs: stamp(start), endTs: stamp(end) }
}

/** The moment at which examples are asked, epoch ms. */
export const EXAMPLES_NOW = Date.parse('2026-06-10T12:34:56.789Z')
/** The emulated traffic they are asked about: history enough for the longest of them. */
export const EXAMPLES_TRAFFIC = { now: EXAMPLES_NOW, historyDays: 92, requestsPerHour: 6 } as const

/** Sends every example over HTTP to a service in front of an emulated Portkey, once to teach it and once more for the outcome. */
export const runExamples = async (
  examples: readonly PublishedExample[],
  profile: Profile,
): Promise<readonly Outcome[]> => {
  const emulator = createEmulator({ ...EXAMPLES_TRAFFIC, profile })
  const config = loadConfig({
    AUTH_MODE: 'none',
    LOG_LEVEL: 'silent',
    PORTKEY_API_KEY: WORKSPACE_KEY,
    PORTKEY_BASE_URL: await emulator.listen(),
    UPSTREAM_RPS: '10000',
  })
  const engine = createEngine(config, { now: emulator.now })
  const app = buildApp(config, { engine, logger: createLogger(config), now: emulator.now })
  try {
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/v1/metrics/query`
    for (const { request } of examples) await send(url, endedYesterday(request, EXAMPLES_NOW))
    const outcomes: Outcome[] = []
    for (const { name, request } of examples) {
      const { status, body } = await send(url, endedYesterday(request, EXAMPLES_NOW))
      const { code = '', message = '' } = Object(body)
      outcomes.push({ name, datasource: String(request.datasource), status, code, message })
    }
    return outcomes
  } finally {
    await app.close()
    await emulator.close()
  }
}

const send = async (url: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }> => {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: reply.status, body: await reply.json() }
}
