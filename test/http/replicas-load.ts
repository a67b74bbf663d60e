import type { Test } from 'tap'
import type { Emulator, TrafficRow } from '../../src/emulator/emulator.js'
import { exampleQuestion } from '../../src/http/question-examples.js'
import {
  avg,
  byBucket,
  byValue,
  count,
  countOf,
  edgesOf,
  inputTokens,
  latency,
  outputTokens,
  percentile,
  type Row,
  sameRows,
  sum,
  usd,
  whole,
} from '../engine/scan.js'
import { inTime } from './fault-cell.js'
import { HOUR, type Question, type Replica, seenIn, settledEnd } from './replicas.js'

/** What came of a load on two replicas. */
export type Load = {
  /** Resolves when so many questions have been answered in all, or the load is over. */
  readonly answered: (count: number) => Promise<void>
  /** Resolves when everybody has asked everything. */
  readonly over: Promise<void>
  readonly lost: () => Lost
}

/** Questions without a whole reply, by whom they were put to. */
export type Lost = Readonly<Record<'one' | 'two', readonly string[]>>

export const WORKERS = 4
/** Questions of a worker. */
export const QUESTIONS = 12

/**
 * Some workers put one question after the other to each of two replicas. Every reply must be a 200 with the rows of a scan. Whoever
 * loses one asks on where `instead` says. Loads of different parts ask about different windows.
 */
export const openLoad = (
  t: Test,
  { emulator, part }: { readonly emulator: Emulator; readonly part: number },
  replicas: { readonly one: Replica; readonly two: Replica; readonly instead: Promise<Replica> },
): Load => {
  const lost = { one: [] as string[], two: [] as string[] }
  const waiting = new Set<() => void>()
  let done = 0

  const work = async (side: 'one' | 'two', worker: number) => {
    let replica = replicas[side]
    for (let at = 0; at < QUESTIONS; at++) {
      const { name, body, rows } = questionAt((part * QUESTIONS + at) * WORKERS + worker)
      const reply = await inTime(replica.ask(body)).catch((error: unknown) => String(error))
      done += 1
      for (const look of waiting) look()
      if (typeof reply === 'string') {
        lost[side].push(`${name}: ${reply}`)
        replica = side === 'one' ? await replicas.instead : replica
        continue
      }
      t.equal(reply.status, 200, `${side}, ${name}: ${reply.message}`)
      sameRows(t, reply.rows, rows(emulator), `${side}, ${name}: rows`)
    }
  }

  const all = (side: 'one' | 'two') => Array.from({ length: WORKERS }, (_, worker) => work(side, worker))
  const over = Promise.all([...all('one'), ...all('two')]).then(() => undefined)
  const reached = (least: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (done < least) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { answered: (least) => Promise.race([reached(least), over]), over, lost: () => lost }
}

type Kind = {
  readonly name: string
  readonly ask: object
  readonly rows: (rows: readonly TrafficRow[], edges: readonly number[]) => readonly Row[]
}

const EXAMPLE = exampleQuestion({ startTs: '', endTs: '' })
const distribution = { datasource: 'modelMetrics', type: 'distribution' }

/** Questions of every kind: one call, several at once, a listing and what is missing in it, a list of values and a call for each. */
const KINDS: readonly Kind[] = [
  {
    name: 'the example',
    ask: EXAMPLE,
    rows: (rows) =>
      byValue(rows, 'modelName', ({ model }) => model, {
        countModelName: count,
        sumInputTokens: sum(inputTokens),
        sumOutputTokens: sum(outputTokens),
        p99LatencyMs: percentile(0.99),
        sumCostInUSD: sum(usd),
      }),
  },
  {
    name: 'hours',
    ask: {
      datasource: 'modelMetrics',
      type: 'timeseries',
      interval: '1 hour',
      aggregations: [
        { type: 'p99', column: 'latencyMs' },
        { type: 'sum', column: 'costInUSD' },
      ],
    },
    rows: (rows, edges) => byBucket(rows, edges, { p99LatencyMs: percentile(0.99), sumCostInUSD: sum(usd) }),
  },
  {
    name: 'teams',
    ask: { ...distribution, groupBy: ['team'], aggregations: [{ type: 'sum', column: 'inputTokens' }] },
    rows: (rows) =>
      byValue(rows, 'team', ({ metadata }) => metadata.team ?? null, { sumInputTokens: sum(inputTokens) }),
  },
  {
    name: 'failures',
    ask: {
      ...distribution,
      filters: [{ fieldName: 'isFailure', operator: 'EQUAL', value: true }],
      aggregations: [
        { type: 'avg', column: 'latencyMs' },
        { type: 'count', column: 'team' },
      ],
    },
    rows: (rows) => [
      whole(
        rows.filter(({ status }) => status >= 400),
        { avgLatencyMs: avg(latency), countTeam: countOf(({ metadata }) => metadata.team ?? null) },
      ),
    ],
  },
]

/** Question number `at`, of each kind in turn, over a window that the same kind has not yet had. */
const questionAt = (at: number): Question & { readonly name: string } => {
  const number = Math.floor(at / KINDS.length)
  // Each worker comes to every kind.
  const kind = KINDS[(at + number) % KINDS.length]
  if (kind === undefined) throw new Error('no kinds')
  const end = settledEnd() - number * HOUR
  const window = { start: end - (1 + (number % 5)) * HOUR, end }
  return {
    name: `${kind.name} ${number}`,
    body: { ...kind.ask, ...stampsOf(window) },
    rows: (emulator) => kind.rows(seenIn(emulator, window), edgesOf(window.start, end, HOUR)),
  }
}

/** The requests of a window that no load asks about. */
export const freshBody = (part: number, at: number): object => {
  const end = settledEnd()
  return { ...distribution, ...stampsOf({ start: end - (part + 1) * HOUR - (at + 1) * SECOND, end }) }
}

const SECOND = 1_000

const stampsOf = ({ start, end }: { readonly start: number; readonly end: number }) => ({
  startTs: new Date(start).toISOString(),
  endTs: new Date(end).toISOString(),
})
