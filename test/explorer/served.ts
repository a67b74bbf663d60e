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
import { readExplorer } from '../../src/http/explorer-files.js'
import { createLogger } from '../../src/http/request-log.js'
import { NOW, TOKEN, YESTERDAY } from '../engine/service.js'
import { EXPLORER } from '../fixtures/places.js'

export type Served = {
  readonly url: string
  readonly emulator: Emulator
  /** Yesterday's requests that the workspace's key may see. */
  readonly yesterday: () => readonly TrafficRow[]
}

/** The whole service with its page, over an emulator; all end with the test. */
export const serveExplorer = async (t: Test, env: Environment = {}, options: EmulatorOptions = {}): Promise<Served> => {
  const emulator = createEmulator({ now: NOW, historyDays: 4, requestsPerHour: 30, ...options })
  const config = loadConfig({
    PORTKEY_API_KEY: WORKSPACE_KEY,
    API_TOKENS: TOKEN,
    PORTKEY_BASE_URL: await emulator.listen(),
    UPSTREAM_RPS: '10000',
    LOG_LEVEL: 'silent',
    ...env,
  })
  const app = buildApp(config, {
    engine: createEngine(config, { now: emulator.now }),
    logger: createLogger(config),
    now: emulator.now,
    explorer: readExplorer(EXPLORER),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await app.close()
    await emulator.close()
  })
  return {
    url: `${url}/`,
    emulator,
    yesterday: () => {
      const window = { start: Date.parse(YESTERDAY.startTs), end: Date.parse(YESTERDAY.endTs) }
      return emulator.rows(window).filter(({ workspace }) => workspace === MAIN_WORKSPACE)
    },
  }
}
