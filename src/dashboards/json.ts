import type { Dashboard, VariableModel } from '@grafana/schema'
import { dashboardOf } from './board.js'
import type { Question } from './drawings.js'

const datasource = { type: 'simpod-json-datasource', uid: 'portkey' }

/** A variable of a field's live values. What stands for all is no filter in a payload, so rows without a value count. */
const values = (field: string, label: string): VariableModel => ({
  type: 'query',
  name: field,
  label,
  datasource,
  query: { query: JSON.stringify({ datasource: 'modelMetrics', field }), format: 'json' },
  refresh: 2,
  multi: true,
  includeAll: true,
  allValue: '[]',
  current: { text: ['All'], value: ['$__all'] },
})

/** Those that every panel can be drawn with over a day; `auto` finds finer ones where a panel can afford them. */
const INTERVALS = ['auto', '30 minutes', '1 hour', '6 hours', '1 day', '1 week']

const interval: VariableModel = {
  type: 'custom',
  name: 'interval',
  label: 'Interval',
  query: INTERVALS.join(','),
  current: { text: 'auto', value: 'auto' },
  options: INTERVALS.map((text) => ({ text, value: text, selected: text === 'auto' })),
}

const adHoc: VariableModel = { type: 'adhoc', name: 'filters', label: 'Filters', datasource }

/**
 * The payload as the plugin's code editor holds it: JSON text, with variables that the plugin fills in as JSON. Those that hold values stand
 * without quotes and hold several, so that they come as arrays: between quotes a value is put in as it is, and one with a quote or a
 * backslash would make the payload unreadable. (Portkey gives percentiles of one team at a time.)
 */
const payload = ({ shows, groupBy, limit, filters = [] }: Question, isSeries: boolean): string => {
  const fields = {
    type: isSeries ? 'timeseries' : 'distribution',
    ...(isSeries && { interval: '$interval', timeZone: '$__timezone' }),
    aggregations: shows,
    ...(groupBy !== undefined && { groupBy }),
    ...(limit !== undefined && { limit }),
    filters: [
      ...filters,
      { fieldName: 'modelName', operator: 'IN', value: '$modelName' },
      { fieldName: 'team', operator: 'IN', value: '$team' },
    ],
  }
  return JSON.stringify(fields, null, 2).replace(/"(\$modelName|\$team)"/g, '$1')
}

/** The dashboard of the JSON data source (simpod-json-datasource). */
export const jsonDashboard: Dashboard = dashboardOf({
  uid: 'portkey-json',
  title: 'Portkey',
  description: 'Cost, tokens, latency, errors, cache and guardrails of the AI gateway. JSON data source.',
  datasource,
  variables: [values('modelName', 'Model'), values('team', 'Team'), interval, adHoc],
  // The service aligns it.
  from: 'now-24h',
  target: (question, draws) => ({
    editorMode: 'code',
    target: question.datasource,
    payload: payload(question, draws === 'timeseries'),
  }),
})
