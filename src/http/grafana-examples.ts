const day = {
  from: '2026-04-21T00:00:00.000Z',
  to: '2026-04-22T00:00:00.000Z',
  raw: { from: '2026-04-21T00:00:00.000Z', to: '2026-04-22T00:00:00.000Z' },
}

/** Requests as the plugin sends them, for the documents. */
export const grafanaExamples = {
  query: {
    costAndErrors: {
      summary: 'Cost by model as lines, errors by code as a table',
      value: {
        range: day,
        intervalMs: 120_000,
        maxDataPoints: 800,
        targets: [
          {
            refId: 'A',
            target: 'modelMetrics',
            payload: { aggregations: ['sum costInUSD'], groupBy: ['modelName'] },
          },
          {
            refId: 'B',
            target: 'modelMetrics',
            payload: { type: 'distribution', groupBy: ['errorCode'], field: 'isFailure', value: 'true' },
          },
        ],
        adhocFilters: [{ key: 'team', operator: '=', value: 'search' }],
      },
    },
  },
  variable: {
    teams: { summary: 'Teams, the busiest first', value: { payload: { target: 'team' }, range: day } },
    models: {
      summary: 'Models of one team',
      value: {
        payload: {
          datasource: 'modelMetrics',
          field: 'modelName',
          filters: [{ fieldName: 'team', operator: 'ARRAY_HAS_ANY', value: '{search,support}' }],
        },
        range: day,
      },
    },
  },
  tagValues: { models: { summary: 'Models of the last 24 hours', value: { key: 'modelName' } } },
  options: {
    columns: {
      summary: 'What can be shown',
      value: { metric: 'modelMetrics', name: 'aggregations', payload: {} },
    },
  },
} as const
