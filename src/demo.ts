import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildApp } from './app.js'
import { loadConfig } from './config.js'
import { table } from './demo/table.js'
import { createEmulator, WORKSPACE_KEY } from './emulator/emulator.js'
import { createEngine } from './engine.js'
import { readExplorer } from './http/explorer-files.js'
import { pointsOf } from './http/points.js'
import { exampleQuestion } from './http/question-examples.js'
import { createLogger } from './http/request-log.js'

const DAY_MS = 86_400_000

/** The last full UTC day: all of it has happened, and most of it is settled. */
const lastDay = (now: number) => {
  const end = Math.floor(now / DAY_MS) * DAY_MS
  return { startTs: new Date(end - DAY_MS).toISOString(), endTs: new Date(end).toISOString() }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** The port, or the next one that nobody listens on. */
const freePort = async (port: number): Promise<number> => {
  if (port === 0 || port > 65_535) return 0
  return (await isFree(port)) ? port : freePort(port + 1)
}

/** The rows of a reply, or what went wrong. */
const rowsOf = (body: unknown): readonly object[] => {
  const points = pointsOf(body)
  if (points.length > 0) return points
  throw new Error(`the demo's own question was not answered with rows: ${JSON.stringify(body)}`)
}

const once = process.argv.includes('--once')
const emulator = createEmulator({ historyDays: 35 })
const { PORT } = process.env
const config = loadConfig({
  AUTH_MODE: 'none',
  LOG_LEVEL: 'warn',
  PORTKEY_API_KEY: WORKSPACE_KEY,
  PORTKEY_BASE_URL: await emulator.listen(),
  PORT,
})
const explorer = readExplorer(fileURLToPath(new URL('explorer', import.meta.url)))
const app = buildApp(config, { engine: createEngine(config), logger: createLogger(config), explorer })

const stop = async (): Promise<void> => {
  await app.close()
  await emulator.close()
}

const url = await app.listen({ host: config.host, port: await freePort(config.port) })
const question = JSON.stringify(exampleQuestion(lastDay(Date.now())))
const endpoint = `${url}/api/svc/v1/llm-gateway/metrics/query`
const curl = `curl -s ${endpoint} -H 'content-type: application/json' -d '${question}'`

try {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: question,
  })
  const rows = rowsOf(await reply.json())
  const calls = reply.headers.get('x-upstream-calls')
  process.stdout.write(
    `\nThe service listens on ${url}; behind it stands an emulated Portkey with 35 days of traffic.\n` +
      `Explore it in a browser at ${url}/, read the API at ${url}/docs.\n` +
      `Yesterday by model, in ${calls} upstream ${calls === '1' ? 'call' : 'calls'}:\n\n${table(rows)}\n\nAsk it yourself:\n\n  ${curl}\n\n`,
  )
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}

if (once || process.exitCode === 1) await stop()
else {
  process.stdout.write('Ctrl-C stops it.\n')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
