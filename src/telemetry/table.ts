/** What one metric is: README's table and the registry are made of these alone. */
export type MetricRow = {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** By label, what its values are: always one of a bounded set, never a name or a value of somebody's data. */
  readonly labels: Readonly<Record<string, string>>
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[]
}

/** From a held reply to the longest question that is let be. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const CALLS = [1, 2, 5, 10, 20, 50, 100, 200, 500]

/** Every metric of this service; those of the process itself come from prom-client. */
export const METRICS = {
  pmp_questions_total: {
    type: 'counter',
    help: 'Questions that have ended, by how; those of one Grafana request each.',
    labels: { outcome: '`ok`, an error code, or `aborted` where the caller left' },
  },
  pmp_question_duration_seconds: {
    type: 'histogram',
    help: 'Time from a question to its reply.',
    labels: { cache: '`hit`, `partial`, `miss` or `stale` as `x-cache` says; `error` where there was no answer' },
    buckets: SECONDS,
  },
  pmp_questions_under_way: {
    type: 'gauge',
    help: 'Different questions that are being worked on; held replies are none.',
    labels: {},
  },
  pmp_plan_price_calls: {
    type: 'histogram',
    help: 'Portkey calls that the plan of a question was expected to take, had nothing been held.',
    labels: {},
    buckets: CALLS,
  },
  pmp_upstream_requests_total: {
    type: 'counter',
    help: 'HTTP requests to Portkey that have ended, retries and pages included.',
    labels: {
      endpoint: 'the path without query; all listings of metadata are `groups/metadata`',
      status: 'the HTTP status, or `none` without a whole reply',
    },
  },
  pmp_upstream_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from sending an HTTP request to Portkey to the last byte of its reply.',
    labels: {},
    buckets: SECONDS,
  },
  pmp_upstream_queue_duration_seconds: {
    type: 'histogram',
    help: 'Time that an HTTP request to Portkey waited for its turn.',
    labels: {},
    buckets: SECONDS,
  },
  pmp_upstream_requests_queued: {
    type: 'gauge',
    help: 'HTTP requests to Portkey that wait for their turn.',
    labels: {},
  },
  pmp_upstream_requests_in_flight: {
    type: 'gauge',
    help: 'HTTP requests to Portkey that wait for their reply.',
    labels: {},
  },
  pmp_upstream_breaker: {
    type: 'gauge',
    help: 'Breakers before Portkey, one for each key and one for each endpoint of a key: 0 while all is well.',
    labels: { state: '`open`: nothing is sent through them now, or `probing`: one request tries' },
  },
  pmp_cache_answers_total: {
    type: 'counter',
    help: 'Answers of Portkey that questions needed, by where they came from.',
    labels: { origin: '`held`, `joined` (a call of another question), `fetched` or `stale`' },
  },
  pmp_cache_replies_total: {
    type: 'counter',
    help: 'Questions by whether a finished reply was held to them; those that end in a 4xx are not counted.',
    labels: { result: '`hit`, `miss`, or `stale` where an expired one stood in' },
  },
  pmp_cache_bytes: {
    type: 'gauge',
    help: 'Memory that what is held takes, as `CACHE_MAX_MB` counts it.',
    labels: { store: '`answers` of Portkey, or finished `replies`' },
  },
  pmp_redis_up: {
    type: 'gauge',
    help: '1 while Redis answers and takes writes; absent without `REDIS_URL`.',
    labels: {},
  },
  pmp_tokens_file_reads_total: {
    type: 'counter',
    help: 'Times that `TOKENS_FILE` was read: at the start, and after each change.',
    labels: { result: '`ok`, or `failed`: the tokens before stay good' },
  },
  pmp_tokens_file_read_timestamp_seconds: {
    type: 'gauge',
    help: 'When `TOKENS_FILE` was last read well, as seconds since 1970; absent without one.',
    labels: {},
  },
  pmp_build_info: {
    type: 'gauge',
    help: 'Always 1.',
    labels: { version: 'of this service', node: 'the version of Node' },
  },
} as const satisfies Readonly<Record<string, MetricRow>>

/** The name of a metric of this service. */
export type MetricName = keyof typeof METRICS
