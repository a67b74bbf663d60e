const day = { startTs: '2026-04-21T00:00:00.000Z', endTs: '2026-04-22T00:00:00.000Z' }

/** The question of README and of the demo, over a window of the caller's choice. */
export const exampleQuestion = (window: { readonly startTs: string; readonly endTs: string }) => ({
  ...window,
  datasource: 'modelMetrics',
  type: 'distribution',
  aggregations: [
    { type: 'count', column: 'modelName' },
    { type: 'sum', column: 'inputTokens' },
    { type: 'sum', column: 'outputTokens' },
    { type: 'p99', column: 'latencyMs' },
    { type: 'sum', column: 'costInUSD' },
  ],
  groupBy: ['modelName'],
  filters: [{ fieldName: 'virtualModelName', operator: 'IS_NULL', value: true }],
})

/** Questions of every shape, for the documents. */
export const QUESTION_EXAMPLES = {
  usageByModel: { summary: 'Requests, tokens, latency and cost by model over a day', value: exampleQuestion(day) },
  requestsByHour: {
    summary: 'Requests and cost of every hour',
    value: {
      ...day,
      datasource: 'modelMetrics',
      type: 'timeseries',
      interval: '1 hour',
      aggregations: [{ type: 'sum', column: 'costInUSD' }],
    },
  },
  totals: {
    summary: 'One row: latency percentiles of a day',
    value: {
      ...day,
      datasource: 'modelMetrics',
      type: 'distribution',
      aggregations: [
        { type: 'p50', column: 'latencyMs' },
        { type: 'p99', column: 'latencyMs' },
      ],
    },
  },
  errorsByStatus: {
    summary: 'Failed requests of production, by status',
    value: {
      ...day,
      datasource: 'modelMetrics',
      type: 'distribution',
      groupBy: ['errorCode'],
      filters: [
        { fieldName: 'isFailure', operator: 'EQUAL', value: true },
        { metadataKey: 'env', operator: 'EQUAL', value: 'production' },
      ],
    },
  },
  topUsers: {
    summary: 'The ten users with the most requests',
    value: {
      ...day,
      datasource: 'modelMetrics',
      type: 'distribution',
      aggregations: [{ type: 'sum', column: 'costInUSD' }],
      groupBy: ['userEmail'],
      limit: 10,
    },
  },
  tokensByTeamAndDay: {
    summary: 'Tokens by team and day',
    value: {
      startTs: '2026-04-20T00:00:00.000Z',
      endTs: '2026-04-27T00:00:00.000Z',
      datasource: 'modelMetrics',
      type: 'timeseries',
      interval: '1 day',
      aggregations: [
        { type: 'sum', column: 'inputTokens' },
        { type: 'sum', column: 'outputTokens' },
      ],
      groupBy: ['team'],
    },
  },
}
