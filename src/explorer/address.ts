import { list, parseJson, text } from './json.js'
import { type Draft, FIRST_DRAFT, type Filter, filterValue, QUESTION_TYPES } from './question.js'
import { isPreset, type Span } from './span.js'

/** A question as the part of an address behind `#`: it never reaches a server. */
export const addressOf = (draft: Draft): string => {
  const { datasource, type, span, aggregations, groupBy, filters, interval, limit, timeZone } = draft
  const window: readonly (readonly [string, string])[] =
    span.kind === 'preset'
      ? [['last', span.name]]
      : [
          ['start', span.startTs],
          ['end', span.endTs],
        ]
  const entries: readonly (readonly [string, string])[] = [
    ['datasource', datasource],
    ['type', type],
    ...window,
    ...(type === 'timeseries' ? [['interval', interval] as const] : []),
    ...aggregations.map(({ type, column }) => ['show', `${type} ${column}`] as const),
    ...groupBy.map((field) => ['by', field] as const),
    ...filters.map(({ field, operator, value }) => ['filter', JSON.stringify([field, operator, value])] as const),
    ...(limit === '' ? [] : [['limit', limit] as const]),
    ...(timeZone === '' ? [] : [['zone', timeZone] as const]),
  ]
  const parameters = new URLSearchParams()
  for (const [name, value] of entries) parameters.append(name, value)
  return parameters.toString()
}

/** The question that an address holds, with or without its `#`; `null` where it holds none. What it lacks is as on a fresh page. */
export const draftOf = (address: string): Draft | null => {
  const given = new URLSearchParams(address.replace(/^#/, ''))
  const datasource = given.get('datasource')
  if (datasource === null) return null
  return {
    datasource,
    type: QUESTION_TYPES.find((type) => type === given.get('type')) ?? FIRST_DRAFT.type,
    span: spanOf(given),
    interval: given.get('interval') ?? FIRST_DRAFT.interval,
    aggregations: given.getAll('show').flatMap((show) => {
      const blank = show.indexOf(' ')
      return blank > 0 ? [{ type: show.slice(0, blank), column: show.slice(blank + 1) }] : []
    }),
    groupBy: given.getAll('by'),
    filters: given.getAll('filter').flatMap(filterOf),
    limit: given.get('limit') ?? '',
    timeZone: given.get('zone') ?? '',
  }
}

const spanOf = (given: URLSearchParams): Span => {
  const [last, startTs, endTs] = [given.get('last') ?? '', given.get('start'), given.get('end')]
  if (startTs !== null && endTs !== null) return { kind: 'exact', startTs, endTs }
  return isPreset(last) ? { kind: 'preset', name: last } : FIRST_DRAFT.span
}

const filterOf = (source: string): readonly Filter[] => {
  const [field, operator, value] = list(parseJson(source))
  if (typeof field !== 'string') return []
  return [{ field, operator: text(operator), value: filterValue(value) }]
}
