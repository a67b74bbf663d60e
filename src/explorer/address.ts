import type { Draft } from './question.js'

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
