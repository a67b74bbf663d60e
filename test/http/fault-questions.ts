import { type Emulator, MAIN_WORKSPACE, type TrafficRow } from '../../src/emulator/emulator.js'
import {
  byBucket,
  byValue,
  count,
  edgesOf,
  inputTokens,
  outputTokens,
  percentile,
  type Row,
  sum,
  usd,
} from '../engine/scan.js'
import { EXAMPLE, HOUR, MINUTE } from '../engine/service.js'

/** A question whose answer is known of every moment. */
export type FaultQuestion = {
  readonly body: Readonly<Record<string, unknown>>
  /** Upstream calls when nothing is held. */
  readonly calls: number
  /** Ms after which what was answered at `NOW` has expired, in part at least. */
  readonly staleAfter: number
  /** The right rows, of what the upstream showed at a moment. */
  readonly rows: (emulator: Emulator, moment: number) => readonly Row[]
}

const NOON = Date.parse('2026-06-10T12:00:00Z')
const iso = (ms: number) => new Date(ms).toISOString()
const stamps = (start: number, end: number) => ({ startTs: iso(start), endTs: iso(end) })

/** How long an expired answer may stand in, here. Beyond it every one of the questions' answers is gone. */
export const STALE_MAX_MS = 5 * HOUR

/** One that settled a while ago, and one whose last bucket is under way. */
export const FAULT_QUESTIONS: Readonly<Record<string, FaultQuestion>> = {
  'the example': {
    body: { ...EXAMPLE, ...stamps(NOON - 24 * HOUR, NOON) },
    calls: 1,
    staleAfter: 4 * HOUR,
    rows: (emulator, moment) =>
      byValue(shownAt(emulator, moment, NOON - 24 * HOUR, NOON), 'modelName', (row) => row.model, {
        countModelName: count,
        sumInputTokens: sum(inputTokens),
        sumOutputTokens: sum(outputTokens),
        p99LatencyMs: percentile(0.99),
        sumCostInUSD: sum(usd),
      }),
  },
  'hours up to now': {
    body: {
      type: 'timeseries',
      interval: '1 hour',
      ...stamps(NOON - 23 * HOUR, NOON + HOUR),
      aggregations: [
        { type: 'sum', column: 'inputTokens' },
        { type: 'p99', column: 'latencyMs' },
      ],
    },
    calls: 3,
    staleAfter: 5 * MINUTE,
    rows: (emulator, moment) =>
      byBucket(shownAt(emulator, moment, NOON - 23 * HOUR, NOON + HOUR), edgesOf(NOON - 23 * HOUR, NOON + HOUR, HOUR), {
        sumInputTokens: sum(inputTokens),
        p99LatencyMs: percentile(0.99),
      }),
  },
}

/** The moment that `age` names, of those at which the upstream was asked; `NaN` when it names none of them. */
export function momentOf(age: string | null, now: number, moments: readonly number[]): number {
  return moments.find((moment) => Math.floor((now - moment) / 1000) === Number(age)) ?? Number.NaN
}

/** The key's rows in `[start, end)` as the upstream showed them at `moment`. */
export function shownAt(emulator: Emulator, moment: number, start: number, end: number): readonly TrafficRow[] {
  const rows = emulator.rows({ start, end })
  return rows.filter((row) => row.workspace === MAIN_WORKSPACE && row.at <= moment && row.visibleAt <= moment)
}
