import type { Dashboard, VariableModel } from '@grafana/schema'
import { CATALOG } from '../catalog/catalog.js'
import { aggregationKey } from '../query/aggregations.js'
import { resolveName, responseKeyOf } from '../query/fields.js'
import { dashboardOf } from './board.js'
import type { Question } from './drawings.js'

const datasource = { type: 'yesoreyeram-infinity-datasource', uid: 'portkey-infinity' }

/** How Grafana writes a variable in a text. */
const variable = (name: string, format: string): string => `\${${name}:${format}}`

const WINDOW = { startTs: variable('__from', 'date:iso'), endTs: variable('__to', 'date:iso') }
const MODELS = variable('modelName', 'json')
const TEAMS = variable('team', 'json')

/**
 * A variable of a field's live values. What stands for all follows `"value":` in a filter and turns it into one that keeps every request, those
 * without a value included: of two equal names in a JSON object the last one counts.
 */
const values = (field: string, label: string): VariableModel => ({
  type: 'query',
  name: field,
  label,
  datasource,
  query: {
    queryType: 'infinity',
    query: '',
    infinityQuery: {
      refId: 'variable',
      type: 'json',
      source: 'url',
      format: 'table',
      parser: 'backend',
      url: '/v1/metrics/values',
      url_options: {
        method: 'GET',
        data: '',
        params: Object.entries({ datasource: 'modelMetrics', field, limit: '1000', ...WINDOW }).map(([key, value]) => ({
          key,
          value,
        })),
      },
      root_selector: 'data',
      columns: [{ selector: 'value', text: '', type: 'string' }],
      filters: [],
    },
  },
  refresh: 2,
  // Of several values Grafana makes JSON, whatever they hold; a single one it would put in as it is.
  multi: true,
  includeAll: true,
  allValue: 'true, "operator": "IS_NULL", "fieldName": "virtualModelName"',
  current: { text: ['All'], value: ['$__all'] },
})

/** Those that every panel can be drawn with over a day. */
const INTERVALS = ['30 minutes', '1 hour', '6 hours', '1 day', '1 week']

const interval: VariableModel = {
  type: 'custom',
  name: 'interval',
  label: 'Interval',
  query: INTERVALS.join(','),
  current: { text: '1 hour', value: '1 hour' },
  options: INTERVALS.map((text) => ({ text, value: text, selected: text === '1 hour' })),
}

/** The question as the plain endpoint takes it, with variables where Grafana fills them in. */
const body = ({ datasource: name, shows, groupBy, limit, filters = [] }: Question, isSeries: boolean): string => {
  const aggregations = shows.flatMap((shown) => {
    const [type, column] = shown.split(' ')
    return column === undefined ? [] : [{ type, column }]
  })
  const fields = {
    ...WINDOW,
    datasource: name,
    type: isSeries ? 'timeseries' : 'distribution',
    ...(isSeries && { interval: '$interval', timeZone: '$__timezone' }),
    aggregations,
    ...(groupBy !== undefined && { groupBy }),
    ...(limit !== undefined && { limit }),
    filters: [
      ...filters,
      { fieldName: 'modelName', operator: 'IN', value: MODELS },
      { fieldName: 'team', operator: 'IN', value: TEAMS },
    ],
  }
  // They bring quotes and brackets of their own.
  return [MODELS, TEAMS].reduce((text, name) => text.replace(`"${name}"`, () => name), JSON.stringify(fields, null, 2))
}

/** Which keys of a row are read, and as what. */
const columns = ({ datasource: name, shows, groupBy = [] }: Question, isSeries: boolean) => [
  ...(isSeries ? [{ selector: 'startTimestamp', text: 'Time', type: 'timestamp' }] : []),
  ...groupBy.map((field) => ({ selector: keyOfGroup(name, field), text: field, type: 'string' })),
  ...shows.map((shown) => {
    const [type = '', column = ''] = shown.split(' ')
    const key = aggregationKey(type, column)
    return { selector: key, text: key, type: 'number' }
  }),
]

const keyOfGroup = (datasource: Question['datasource'], field: string): string => {
  const named = resolveName({ datasource, catalog: CATALOG }, field)
  return named.kind === 'unknown' ? field : responseKeyOf(named)
}

/** The dashboard of the Infinity data source (yesoreyeram-infinity-datasource), over the plain endpoint. */
export const infinityDashboard: Dashboard = dashboardOf({
  uid: 'portkey-infinity',
  title: 'Portkey (Infinity)',
  description: 'Cost, tokens, latency, errors, cache and guardrails of the AI gateway. Infinity data source.',
  datasource,
  variables: [values('modelName', 'Model'), values('team', 'Team'), interval],
  // On the hour, so that a refresh asks for the live edge alone: the plugin sends the range as it is.
  from: 'now-24h/h',
  target: (question, draws) => ({
    type: 'json',
    source: 'url',
    parser: 'backend',
    format: draws === 'timeseries' ? 'timeseries' : 'table',
    url: '/v1/metrics/query',
    url_options: {
      method: 'POST',
      data: body(question, draws === 'timeseries'),
      body_type: 'raw',
      body_content_type: 'application/json',
    },
    root_selector: 'data.dataPoints',
    columns: columns(question, draws === 'timeseries'),
    filters: [],
  }),
})
