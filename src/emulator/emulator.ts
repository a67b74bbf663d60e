import { setMaxListeners } from 'node:events'
import type { ApiRequest } from './api.js'
import { createClock } from './clock.js'
import { createFaultQueue, type Fault, type FaultOptions } from './faults.js'
import { type EmulatorOptions, type Profile, type Settings, settingsOf } from './options.js'
import type { TrafficRow } from './row.js'
import { createApiServer } from './server.js'
import { fixedStore, growingStore, type Store } from './store.js'
import { minuteOfTraffic } from './traffic/generate.js'
import { workspacesOf } from './world.js'

export type { Fault, FaultOptions } from './faults.js'
export type { Ladder } from './ladder.js'
export {
  type EmulatorOptions,
  type KeyGrant,
  ORGANISATION_KEY,
  type Profile,
  type Settings,
  WORKSPACE_KEY,
} from './options.js'
export { MAIN_WORKSPACE, SECOND_WORKSPACE, type TrafficRow, trafficRow } from './row.js'

/** A request the emulator received, faults included; `at` by the emulator's clock. */
export type Received = {
  readonly method: string
  /** As sent: percent-encoded, /v1 in front. */
  readonly path: string
  /** Decoded. */
  readonly query: Readonly<Record<string, string>>
  readonly at: number
}

/** A running analytics API over generated (or fixed) traffic, for the demo and for tests. */
export type Emulator = {
  /** Listens on loopback, on any free port by default. Answers the base URL, /v1 included. */
  listen(port?: number): Promise<string>
  /** Stops, dropping every connection, kept-alive and hanging ones too. */
  close(): Promise<void>
  /** The rows that analytics shows at the clock's now, of all workspaces; with a window, those in [start, end). */
  rows(window?: { readonly start: number; readonly end: number }): readonly TrafficRow[]
  /** Epoch ms. */
  now(): number
  /** Stops the clock at this instant. */
  setNow(ms: number): void
  setProfile(profile: Profile): void
  /** Changes how it answers from the next request on. */
  set(settings: Partial<Settings>): void
  injectFault(fault: Fault, options?: FaultOptions): void
  clearFaults(): void
  /** Everything received since the start or the last reset. */
  readonly requests: readonly Received[]
  resetRequests(): void
}

const DAY = 86_400_000

/** Makes an emulator; nothing listens before `listen`. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const clock = createClock(options.now)
  const faults = createFaultQueue()
  const closing = new AbortController()
  // Every late answer listens.
  setMaxListeners(0, closing.signal)
  const store = storeOf(options, clock.now())
  let settings = settingsOf(options)
  let requests: Received[] = []
  const server = createApiServer(
    {
      received(request) {
        requests.push(receivedAt(request, clock.now()))
      },
      faultFor: faults.take,
      world: () => ({ store, settings, now: clock.now(), workspaces: workspacesOf(settings, options.rows ?? []) }),
    },
    closing.signal,
  )
  return {
    async listen(port = 0) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the emulator has no port')
      return `http://127.0.0.1:${address.port}/v1`
    },
    async close() {
      closing.abort()
      if (!server.listening) return
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
    rows: ({ start, end } = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }) =>
      store.visible(start, end - 1, clock.now()),
    now: clock.now,
    setNow: clock.set,
    setProfile(profile) {
      settings = { ...settings, profile }
    },
    set(changes) {
      settings = { ...settings, ...changes }
    },
    injectFault: faults.add,
    clearFaults: faults.clear,
    get requests() {
      return requests
    },
    resetRequests() {
      requests = []
    },
  }
}

function storeOf(options: EmulatorOptions, now: number): Store {
  if (options.rows !== undefined) return fixedStore(options.rows)
  const traffic = {
    seed: options.seed ?? 1,
    requestsPerHour: options.requestsPerHour ?? 60,
    nullModelShare: options.nullModelShare ?? 0,
  }
  const start = now - (options.historyDays ?? 35) * DAY
  return growingStore((minute) => minuteOfTraffic(traffic, minute), start)
}

function receivedAt(request: ApiRequest, at: number): Received {
  return { method: request.method, path: request.path, query: Object.fromEntries(request.query), at }
}
