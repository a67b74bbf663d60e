/** What a panel draws, whichever plugin asks. */
export type Drawing = {
  readonly title: string
  readonly draws: 'stat' | 'timeseries' | 'table'
  /** Columns of 24, and rows. */
  readonly width: number
  readonly height: number
  /** Grafana's unit of all its numbers, where it has one. */
  readonly unit?: string
  readonly bars?: true
  readonly questions: readonly Question[]
}

/** What one target of a panel asks. */
export type Question = {
  readonly datasource: 'modelMetrics' | 'cacheMetrics'
  /** `total`, or type and column. */
  readonly shows: readonly string[]
  readonly groupBy?: readonly string[]
  readonly limit?: number
  /** Beside those of the dashboard's variables. */
  readonly filters?: readonly Readonly<Record<string, unknown>>[]
}

const models = (shows: readonly string[], more: Omit<Question, 'datasource' | 'shows'> = {}): Question => ({
  datasource: 'modelMetrics',
  shows,
  ...more,
})

/** Requests that a guardrail judged against: the rows of guardrailMetrics, with every filter that the other panels have. */
const JUDGED = { fieldName: 'httpStatusCode', operator: 'IN', value: [246, 446] }

const half = { width: 12, height: 8 } as const
const small = { width: 4, height: 4, draws: 'stat' } as const

/** The panels of both dashboards, from the top left. */
export const DRAWINGS: readonly Drawing[] = [
  { ...small, title: 'Requests', unit: 'short', questions: [models(['total'])] },
  { ...small, title: 'Cost', unit: 'currencyUSD', questions: [models(['sum costInUSD'])] },
  { ...small, title: 'Tokens', unit: 'short', questions: [models(['sum totalTokens'])] },
  { ...small, title: 'Errors', unit: 'percentunit', questions: [models(['avg errorRate'])] },
  { ...small, title: 'Latency, p99', unit: 'ms', questions: [models(['p99 latencyMs'])] },
  {
    ...small,
    title: 'Saved by the cache',
    unit: 'currencyUSD',
    questions: [{ datasource: 'cacheMetrics', shows: ['sum potentialCostSavings'] }],
  },
  {
    ...half,
    title: 'Cost by model',
    draws: 'timeseries',
    unit: 'currencyUSD',
    bars: true,
    questions: [models(['sum costInUSD'], { groupBy: ['modelName'], limit: 10 })],
  },
  {
    ...half,
    title: 'Cost by team',
    draws: 'timeseries',
    unit: 'currencyUSD',
    bars: true,
    questions: [models(['sum costInUSD'], { groupBy: ['team'], limit: 10 })],
  },
  {
    ...half,
    title: 'Tokens',
    draws: 'timeseries',
    unit: 'short',
    questions: [models(['sum inputTokens', 'sum outputTokens'])],
  },
  {
    ...half,
    title: 'Latency percentiles',
    draws: 'timeseries',
    unit: 'ms',
    questions: [models(['p50 latencyMs', 'p90 latencyMs', 'p99 latencyMs'])],
  },
  {
    ...half,
    title: 'Requests by error code',
    draws: 'timeseries',
    unit: 'short',
    bars: true,
    questions: [models(['total'], { groupBy: ['errorCode'] })],
  },
  {
    ...half,
    title: 'Guardrails: let through (246), denied (446)',
    draws: 'timeseries',
    unit: 'short',
    bars: true,
    questions: [models(['total'], { groupBy: ['httpStatusCode'], filters: [JUDGED] })],
  },
  {
    ...half,
    title: 'Cache: hits and savings',
    draws: 'timeseries',
    questions: [{ datasource: 'cacheMetrics', shows: ['total', 'sum potentialCostSavings'] }],
  },
  {
    ...half,
    title: 'Top users',
    draws: 'table',
    questions: [models(['total', 'sum costInUSD'], { groupBy: ['userEmail'], limit: 10 })],
  },
  {
    ...half,
    title: 'Models',
    draws: 'table',
    questions: [
      models(['total', 'sum costInUSD', 'sum inputTokens', 'sum outputTokens', 'p99 latencyMs'], {
        groupBy: ['modelName'],
      }),
    ],
  },
  {
    ...half,
    title: 'Teams',
    draws: 'table',
    questions: [models(['total', 'sum costInUSD', 'sum totalTokens'], { groupBy: ['team'] })],
  },
]
