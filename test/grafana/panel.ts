import { createRequire } from 'node:module'
import type * as Grafana from '@grafana/data'
import type { Test } from 'tap'
import type { EmulatorOptions } from '../../src/emulator/emulator.js'
import { deploy, NOW, TOKEN, type Whole } from '../engine/service.js'

// What Grafana's code expects of a browser, and Node 20 lacks.
if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', { value: { language: 'en-US', languages: ['en-US'] } })
}
const require = createRequire(import.meta.url)
/** Grafana's own code; it loads by `require` alone. */
export const grafana: typeof Grafana = require('@grafana/data')

/** The range of a dashboard that is set to yesterday, as the plugin sends it. */
export const DAY = rangeOf('2026-06-09T00:00:00.000Z', '2026-06-10T00:00:00.000Z')

/** The range of a dashboard that shows the last `hours`. */
export function lastHours(hours: number, now = NOW) {
  const { from, to } = rangeOf(new Date(now - hours * 3_600_000).toISOString(), new Date(now).toISOString())
  return { from, to, raw: { from: `now-${hours}h`, to: 'now' } }
}

export function rangeOf(from: string, to: string) {
  return { from, to, raw: { from, to } }
}

/** A reply of a route under `/grafana`, and what it took. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  /** HTTP requests that reached the emulator meanwhile. */
  readonly calls: number
}

export type Panels = Whole & {
  /** Sends a body to a route as the plugin does; a string is sent as it is. */
  send(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The data frames that Grafana makes of a panel's reply; every reply must be a 200. */
  panel(request: Readonly<Record<string, unknown>>): Promise<readonly Grafana.DataFrame[]>
}

/** The service over an emulator, asked as Grafana asks it. */
export async function openGrafana(t: Test, options: EmulatorOptions = {}): Promise<Panels> {
  const service = await deploy(t, options)
  const send: Panels['send'] = async (path, body, headers = {}) => {
    const before = service.emulator.requests.length
    const reply = await fetch(`${service.url}/grafana${path}`, {
      method: body === GET ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(body !== GET && body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await reply.text()
    const calls = service.emulator.requests.length - before
    return { status: reply.status, headers: reply.headers, body: JSON.parse(text), calls }
  }
  return {
    ...service,
    send,
    async panel(request) {
      const { status, body } = await send('/query', { ...REQUEST, ...request })
      t.equal(status, 200, JSON.stringify(body).slice(0, 500))
      return Array.isArray(body) ? body.map((frame) => grafana.toDataFrame(frame)) : []
    },
  }
}

/** In the place of a body: the route is asked with GET. */
export const GET = Symbol('GET')

/** What every request of the plugin carries beside its targets. */
export const REQUEST = {
  app: 'dashboard',
  requestId: 'SQR101',
  timezone: 'browser',
  panelId: 1,
  dashboardUID: 'portkey',
  range: DAY,
  interval: '2m',
  intervalMs: 120_000,
  maxDataPoints: 800,
  scopedVars: { __interval: { text: '2m', value: '2m' }, __interval_ms: { text: '120000', value: 120_000 } },
  startTime: NOW,
  adhocFilters: [],
} as const

/** The frames after Grafana's field processing, as panels are given them: units, formats and names are settled. */
export function processed(frames: readonly Grafana.DataFrame[]): readonly Grafana.DataFrame[] {
  const data = grafana.applyFieldOverrides({
    data: [...frames],
    fieldConfig: { defaults: {}, overrides: [] },
    replaceVariables: (text) => text,
    theme: grafana.createTheme(),
    timeZone: 'utc',
  })
  grafana.cacheFieldDisplayNames(data)
  return data
}

/** What a panel's legend or a table's head says of a field. */
export function nameIn(frames: readonly Grafana.DataFrame[], frame: number, field: number): string {
  const own = frames[frame]
  const at = own?.fields[field]
  return own === undefined || at === undefined ? '' : grafana.getFieldDisplayName(at, own, [...frames])
}
