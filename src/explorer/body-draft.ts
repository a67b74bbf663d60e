import { isObject, list, member, text, texts } from './json.js'
import { type Draft, FIRST_DRAFT, filterValue } from './question.js'

/** The draft that asks a body of the catalogue's examples; its window is the last day. `null` where it is no body. */
export const draftOfBody = (body: unknown): Draft | null => {
  if (!isObject(body)) return null
  const limit = member(body, 'limit')
  return {
    ...FIRST_DRAFT,
    datasource: text(member(body, 'datasource')),
    type: member(body, 'type') === 'timeseries' ? 'timeseries' : 'distribution',
    aggregations: list(member(body, 'aggregations')).map((one) => ({
      type: text(member(one, 'type')),
      column: text(member(one, 'column')),
    })),
    groupBy: texts(member(body, 'groupBy')),
    filters: list(member(body, 'filters')).map((one) => ({
      field: text(member(one, 'fieldName'), `metadata.${text(member(one, 'metadataKey'))}`),
      operator: text(member(one, 'operator')),
      value: filterValue(member(one, 'value')),
    })),
    interval: text(member(body, 'interval'), FIRST_DRAFT.interval),
    limit: typeof limit === 'number' ? String(limit) : '',
    timeZone: text(member(body, 'timeZone')),
  }
}
