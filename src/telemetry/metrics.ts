import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CacheState, EngineState, Observer } from '../engine.js'
import { ERROR_CODES, type ErrorCode } from '../errors.js'
import { VERSION } from '../version.js'
import { METRICS, type MetricName, type MetricRow } from './table.js'

/** How a question ended. */
export type Ended = {
  readonly outcome: 'ok' | 'aborted' | ErrorCode
  /** `null` where there was no answer. */
  readonly cache: CacheState | null
  /** Calls that its plan was expected to take; `null` where none was made: refused, or answered by a held reply. */
  readonly price: number | null
  /** Whether a finished reply was looked for. */
  readonly lookedUp: boolean
  readonly seconds: number
}

/** What is looked at when metrics are read. */
export type Levels = EngineState & { readonly replyBytes: number; readonly questionsUnderWay: number }

/** The metrics of one app. Nothing in here throws. */
export type Metrics = {
  /** What the engine is given. */
  readonly observer: Observer
  readonly question: (ended: Ended) => void
  /** Counts a question that was answered at once from a held reply: as `question`, at a fraction of its price. */
  readonly hit: (seconds: number) => void
  /** Counts a reading of the tokens file, that at the start too; `at`: epoch ms. */
  readonly tokensRead: (ok: boolean, at: number) => void
  /** Where levels are read from then on. */
  readonly watch: (levels: () => Levels) => void
  /** All of them in the text format of Prometheus. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** Metrics in a registry of their own. `process`: those of the process too, which are costly to have twice in one. */
export const createMetrics = (options: { readonly process?: boolean } = {}): Metrics => {
  const registry = new Registry()
  const made = (name: MetricName) => {
    const { help, labels }: MetricRow = METRICS[name]
    return { name, help, labelNames: Object.keys(labels), registers: [registry] }
  }
  const counter = (name: MetricName) => new Counter(made(name))
  const gauge = (name: MetricName, collect: (gauge: Gauge) => void) => {
    const one: Gauge = new Gauge({ ...made(name), collect: () => collect(one) })
    return one
  }
  const histogram = (name: MetricName) => {
    const { buckets }: MetricRow = METRICS[name]
    return new Histogram({ ...made(name), ...(buckets && { buckets: [...buckets] }) })
  }
  let levels: (() => Levels) | null = null
  const level = (name: MetricName, read: (now: Levels) => number | null) =>
    gauge(name, (one) => {
      const value = levels === null ? null : read(levels())
      // An absent one says more than a zero.
      if (value === null) one.remove()
      else one.set(value)
    })

  // Hits come by the ten thousand a second: each adds to a number, which is handed on when metrics are read.
  let hits = 0
  const takeHits = () => {
    questions.inc({ outcome: 'ok' }, hits)
    replies.inc({ result: 'hit' }, hits)
    hits = 0
  }
  const questions = counter('pmp_questions_total')
  const durations = histogram('pmp_question_duration_seconds')
  level('pmp_questions_under_way', ({ questionsUnderWay }) => questionsUnderWay)
  const prices = histogram('pmp_plan_price_calls')
  const requests = counter('pmp_upstream_requests_total')
  const requestTimes = histogram('pmp_upstream_request_duration_seconds')
  const queueTimes = histogram('pmp_upstream_queue_duration_seconds')
  level('pmp_upstream_requests_queued', ({ queued }) => queued)
  level('pmp_upstream_requests_in_flight', ({ inFlight }) => inFlight)
  gauge('pmp_upstream_breaker', (one) => {
    const now = levels?.().breakers
    for (const state of ['open', 'probing'] as const) one.set({ state }, now?.[state] ?? 0)
  })
  const answers = counter('pmp_cache_answers_total')
  const replies = counter('pmp_cache_replies_total')
  gauge('pmp_cache_bytes', (one) => {
    const now = levels?.()
    one.set({ store: 'answers' }, now?.answerBytes ?? 0)
    one.set({ store: 'replies' }, now?.replyBytes ?? 0)
  })
  level('pmp_redis_up', ({ redisUp }) => (redisUp === null ? null : Number(redisUp)))
  const reads = counter('pmp_tokens_file_reads_total')
  let tokensReadAt: number | null = null
  level('pmp_tokens_file_read_timestamp_seconds', () => (tokensReadAt === null ? null : tokensReadAt / 1000))
  new Gauge(made('pmp_build_info')).set({ version: VERSION, node: process.version }, 1)
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'pmp_' })
  const hitTimes = durations.labels({ cache: 'hit' })

  return {
    observer: {
      onUpstream({ endpoint, status, ms, queuedMs }) {
        requests.inc({ endpoint, status: status === null ? 'none' : statusText(status) })
        requestTimes.observe(ms / 1000)
        queueTimes.observe(queuedMs / 1000)
      },
      onLookup: (origin) => answers.inc({ origin }),
    },
    question({ outcome, cache, price, lookedUp, seconds }) {
      questions.inc({ outcome })
      durations.observe({ cache: cache ?? 'error' }, seconds)
      if (price !== null) prices.observe(price)
      if (!lookedUp || isRefusal(outcome)) return
      replies.inc({ result: price !== null || cache === null ? 'miss' : cache === 'stale' ? 'stale' : 'hit' })
    },
    hit(seconds) {
      hits += 1
      hitTimes.observe(seconds)
    },
    tokensRead(ok, at) {
      reads.inc({ result: ok ? 'ok' : 'failed' })
      if (ok) tokensReadAt = at
    },
    watch(read) {
      levels = read
    },
    text() {
      takeHits()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

/** A question that is refused has no reply that could be held. */
const isRefusal = (outcome: Ended['outcome']): boolean =>
  outcome !== 'ok' && outcome !== 'aborted' && ERROR_CODES[outcome].status < 500

/** A status that is none is not a label of its own. */
const statusText = (status: number): string => (status >= 100 && status <= 599 ? String(status) : 'other')
