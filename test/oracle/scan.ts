import { createEmulator, type TrafficRow } from '../../src/emulator/emulator.js'
import { awkwardTraffic } from './awkward.js'
import type { Question } from './question.js'

/** What the oracle itself is held to: plain scans of the same requests. */
export type Scan = (row: TrafficRow) => boolean

const HOUR = 3_600_000
const DAY = 24 * HOUR
export const NOW = Date.parse('2026-04-01T17:41:23.456Z')
export const SINCE = NOW - 2 * DAY
export const REACH = { workspace: 'production', user: null }

/** All requests of the two days before `NOW`. */
export const ASKED: Question = {
  startTs: new Date(SINCE).toISOString(),
  endTs: new Date(NOW).toISOString(),
  datasource: 'modelMetrics',
  type: 'distribution',
}

/** Requests as they are generated for demos, and hard ones. */
export const generated = createEmulator({
  now: NOW,
  historyDays: 3,
  requestsPerHour: 40,
  nullModelShare: 0.1,
}).rows()
export const awkward = awkwardTraffic(NOW).filter((row) => row.at <= NOW && row.visibleAt <= NOW)

/** The requests of the main workspace in the two days before `NOW` that pass. */
export function inWindow(rows: readonly TrafficRow[], test: Scan = () => true): readonly TrafficRow[] {
  return rows.filter((row) => row.workspace === 'production' && row.at >= SINCE && row.at < NOW && test(row))
}
