import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CATALOG } from '../src/catalog/catalog.js'
import { loadConfig } from '../src/config.js'
import { type EmulatorOptions, WORKSPACE_KEY } from '../src/emulator/emulator.js'
import { createEngine } from '../src/engine.js'
import { NO_DOUBTS, NOTHING_LEARNT } from '../src/plan/capabilities.js'
import { planQuery } from '../src/plan/planner.js'
import { parseQuery } from '../src/query/parse.js'
import { principalFrom, unlimited } from '../src/teams/principal.js'
import { quantile } from './compare.js'
import { EXAMPLE, NOW } from './questions.js'
import { upstreamMs } from './upstream-time.js'

/** One row of the table. */
export type ColdRow = {
  readonly name: string
  /** HTTP requests sent. */
  readonly calls: number
  /** Of these, how many have to wait for each other. */
  readonly rounds: number
  /** Milliseconds during which at least one of them was under way: the critical path. Medians of some days, as what follows. */
  readonly pathMs: number
  /** Milliseconds from question to rows. */
  readonly wallMs: number
  /** Milliseconds of the service's own, between and after the calls. */
  readonly overMs: number
}

/** What every upstream answer takes, at the least. */
export const LATENCY_MS = 200
const DAY_MS = 86_400_000
const DAYS = 5
/** Asked before: what the deployment has is learnt, and the code is compiled, as in a service that has run for a minute. */
const WARM_DAYS = 12

const latency = (type: string) => ({ type, column: 'latencyMs' })
const { filters: _, ...unfiltered } = EXAMPLE
const QUESTIONS = [
  { name: 'example', body: EXAMPLE },
  {
    name: 'sums and a percentile by the hour',
    body: { ...unfiltered, type: 'timeseries', interval: '1 hour', groupBy: [] },
  },
  { name: 'a median by model', body: { ...EXAMPLE, aggregations: [latency('p50')] } },
  { name: 'tokens by team', body: { ...EXAMPLE, groupBy: ['team'], aggregations: EXAMPLE.aggregations.slice(1, 3) } },
  {
    name: 'requests by model, team and env',
    body: { ...EXAMPLE, groupBy: ['modelName', 'team', 'metadata.env'], aggregations: [] },
  },
] as const

/** Asks the service's engine about days it has not seen, each answer of the upstream late by `LATENCY_MS`. */
export async function coldRows(): Promise<readonly ColdRow[]> {
  const options: EmulatorOptions = { now: NOW, historyDays: DAYS + WARM_DAYS + 4, requestsPerHour: 60 }
  const emulator = new Worker(new URL('./emulator-thread.js', import.meta.url), { workerData: options })
  const [baseUrl] = await once(emulator, 'message')
  const setLatency = async (ms: number) => {
    emulator.postMessage(ms)
    await once(emulator, 'message')
  }
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: 'a-token-that-nobody-uses',
    PORTKEY_BASE_URL: String(baseUrl),
    // So wide that nothing but the plan itself makes calls wait.
    UPSTREAM_CONCURRENCY: '256',
    UPSTREAM_RPS: '10000',
  })
  const engine = createEngine(config, { now: () => NOW })
  const caller = principalFrom(config, unlimited('bench', WORKSPACE_KEY))
  const ask = async (body: object, daysAgo: number) => {
    const query = parseQuery({ ...body, ...dayBefore(daysAgo) }, CATALOG)
    const before = upstreamMs()
    const began = performance.now()
    const reply = await engine.ask(query, caller, { signal: new AbortController().signal })
    const wallMs = performance.now() - began
    const pathMs = upstreamMs() - before
    return { calls: reply.upstreamCalls, wallMs, pathMs, overMs: wallMs - pathMs }
  }
  try {
    const rows: ColdRow[] = []
    for (const { name, body } of QUESTIONS) {
      // What the deployment has is learnt first, on another day.
      await setLatency(0)
      for (let time = 0; time < WARM_DAYS; time++) await ask(body, DAYS + 2 + time)
      await setLatency(LATENCY_MS)
      const asked: Awaited<ReturnType<typeof ask>>[] = []
      for (let daysAgo = 1; daysAgo <= DAYS; daysAgo++) asked.push(await ask(body, daysAgo))
      const { rounds } = planQuery(parseQuery(body, CATALOG), {
        capabilities: NOTHING_LEARNT,
        doubts: NO_DOUBTS,
        catalog: CATALOG,
        now: NOW,
        retentionDays: null,
      })
      const median = (of: (one: (typeof asked)[number]) => number) => quantile(asked.map(of), 0.5)
      rows.push({
        name,
        calls: median(({ calls }) => calls),
        rounds,
        pathMs: median(({ pathMs }) => pathMs),
        wallMs: median(({ wallMs }) => wallMs),
        overMs: median(({ overMs }) => overMs),
      })
    }
    return rows
  } finally {
    await engine.close()
    await emulator.terminate()
  }
}

function dayBefore(days: number): { readonly startTs: string; readonly endTs: string } {
  const end = Math.floor(NOW / DAY_MS) * DAY_MS - (days - 1) * DAY_MS
  return { startTs: new Date(end - DAY_MS).toISOString(), endTs: new Date(end).toISOString() }
}
