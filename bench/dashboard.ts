import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOG } from '../src/catalog/catalog.js'
import { loadConfig } from '../src/config.js'
import { createEmulator, WORKSPACE_KEY } from '../src/emulator/emulator.js'
import { createEngine, type Engine } from '../src/engine.js'
import { parseQuery } from '../src/query/parse.js'
import { principalFrom, unlimited } from '../src/teams/principal.js'
import { NOW } from './questions.js'

/** One panel of the dashboard: a question without its window. */
export type Panel = { readonly name: string; readonly body: Readonly<Record<string, unknown>> }

/** What two hours of a dashboard came to. */
export type DashboardResult = {
  readonly panels: readonly { readonly name: string; readonly afresh: number; readonly perRefresh: number }[]
  /** Upstream requests of a refresh where every panel is asked by a service that holds nothing. */
  readonly afresh: number
  /** Upstream requests of the first refresh, of all panels together. */
  readonly first: number
  /** Of each refresh after it. */
  readonly mean: number
  readonly most: number
  /** Different endpoints with their filters that a refresh asks for the live edge. */
  readonly distinct: number
  readonly refreshes: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const REFRESHES = 120
const CALLER = principalFrom(
  { portkeyBaseUrl: 'the emulator', portkeyWorkspaceSlug: null },
  unlimited('bench', WORKSPACE_KEY),
)

/**
 * Twelve panels over the last 24 hours, refreshed every minute for two hours of an emulator's clock, all at once as a browser does.
 * Windows are aligned to the interval: the hour under way is the last bucket.
 */
export async function dashboard(panels: readonly Panel[] = PANELS): Promise<DashboardResult> {
  const emulator = createEmulator({ now: NOW, historyDays: 4, requestsPerHour: 60 })
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: 'a-token-that-nobody-uses',
    PORTKEY_BASE_URL: await emulator.listen(),
    UPSTREAM_RPS: '10000',
  })
  const open = () => createEngine(config, { now: emulator.now })
  const count = async (work: () => Promise<unknown>): Promise<number> => {
    emulator.resetRequests()
    await work()
    return emulator.requests.length
  }
  const engine = open()
  try {
    const afresh: number[] = []
    for (const panel of panels) {
      const stranger = open()
      await ask(stranger, panel, emulator.now())
      await stranger.close()
      // What the deployment has is known, but nothing is held.
      const fresh = open()
      await ask(fresh, panel, emulator.now() - 48 * HOUR)
      afresh.push(await count(() => ask(fresh, panel, emulator.now())))
      await fresh.close()
    }
    const first = await count(() => Promise.all(panels.map((panel) => ask(engine, panel, emulator.now()))))
    const counts: number[] = []
    const sent = panels.map(() => 0)
    const asked = new Set<string>()
    for (let refresh = 1; refresh <= REFRESHES; refresh++) {
      emulator.setNow(NOW + refresh * MINUTE)
      const refreshed = await count(async () => {
        const calls = await Promise.all(panels.map((panel) => ask(engine, panel, emulator.now())))
        calls.forEach((one, index) => {
          sent[index] = (sent[index] ?? 0) + one
        })
      })
      counts.push(refreshed)
      for (const { path, query } of emulator.requests) asked.add(withoutWindow(path, query))
    }
    return {
      panels: panels.map(({ name }, index) => ({
        name,
        afresh: afresh[index] ?? 0,
        perRefresh: (sent[index] ?? 0) / REFRESHES,
      })),
      afresh: afresh.reduce((sum, calls) => sum + calls, 0),
      first,
      mean: counts.reduce((sum, calls) => sum + calls, 0) / counts.length,
      most: Math.max(...counts),
      distinct: asked.size,
      refreshes: REFRESHES,
    }
  } finally {
    await engine.close()
    await emulator.close()
  }
}

/** HTTP requests sent for one panel at `now`, epoch ms. */
async function ask(engine: Engine, { body }: Panel, now: number): Promise<number> {
  const end = Math.floor(now / HOUR) * HOUR + HOUR
  const window = { startTs: new Date(end - 24 * HOUR).toISOString(), endTs: new Date(end).toISOString() }
  const query = parseQuery({ ...body, ...window }, CATALOG)
  const reply = await engine.ask(query, CALLER, { signal: new AbortController().signal })
  return reply.upstreamCalls
}

function withoutWindow(path: string, query: unknown): string {
  return JSON.stringify([path, query], (key, value) => (key.startsWith('time_of_generation') ? undefined : value))
}

const isPanel = (value: unknown): value is Panel =>
  typeof value === 'object' && value !== null && 'name' in value && 'body' in value

const parsed: unknown = JSON.parse(readFileSync(join(process.cwd(), 'bench/dashboard.json'), 'utf8'))
export const PANELS: readonly Panel[] = Array.isArray(parsed) ? parsed.filter(isPanel) : []
