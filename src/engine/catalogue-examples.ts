import { MEASURES } from '../catalog/measures.js'
import type { ColumnEntry, DatasourceEntry } from '../catalog/types.js'
import type { AggregationType } from '../catalog/vocabulary.js'
import type { Body, Judge, Refused } from './catalogue-judge.js'

/** A question ready to send; `refused`: what it would be answered with, by what is known now. */
export type Example = {
  readonly summary: string
  readonly body: Body
  readonly refused: Omit<Refused, 'uses'> | null
}

/** In the order in which a column's aggregations make a good example; nobody wants a sum of times. */
const TELLING: readonly AggregationType[] = ['sum', 'avg', 'p50', 'p99', 'count']
const MOST_COLUMNS = 4

/**
 * Questions of every shape on a datasource, of what Portkey can answer at best: its columns in all, by its first field and by the
 * hour, and the failures. Where nothing can be answered: the least question, with its refusal. Figures that hang on the values that
 * happen to be there (percentiles over several values of metadata) are left out.
 */
export function examplesOf(entry: DatasourceEntry, least: Body, general: Judge, here: Judge): readonly Example[] {
  const good = (body: Body) => general(body) === null
  const shape = (summary: string, parts: Body, sure: boolean): readonly Example[] => {
    const bare = { ...least, ...parts }
    if (!good(bare)) return []
    const telling = entry.columns.flatMap((column) => {
      const found = aggregationsOf(column, sure).find((one) => good({ ...bare, aggregations: [one] }))
      return found === undefined ? [] : [found]
    })
    const full = { ...bare, aggregations: telling.slice(0, MOST_COLUMNS) }
    // Each figure may be had alone, and not beside the others.
    const body = telling.length > 0 && good(full) ? full : bare
    return [{ summary, body, refused: here(body) }]
  }
  const groups = entry.fields.filter(({ groupable, name }) => groupable !== 'no' && good({ ...least, groupBy: [name] }))
  const failing = { fieldName: 'isFailure', operator: 'EQUAL', value: true }
  const all = entry.rows.kind === 'all'
  const examples = [
    ...shape('Everything, in one row', {}, all),
    ...groups.slice(0, 1).flatMap(({ name, source }) => {
      const top = { groupBy: [name], limit: 10 }
      return shape(`By ${name}, the ten with most rows`, top, all && source.kind === 'dimension')
    }),
    ...shape('By the hour', { type: 'timeseries', interval: '1 hour' }, all),
    ...(entry.fields.some(({ name }) => name === 'isFailure')
      ? shape('The failures', { filters: [failing] }, all)
      : []),
  ]
  return examples.length > 0 ? examples : [{ summary: 'The number of rows', body: least, refused: general(least) }]
}

/** What a column can be asked for, the most telling first. `sure`: each row of the answer comes from one call. */
function aggregationsOf({ name, unit, formulas }: ColumnEntry, sure: boolean) {
  return TELLING.filter((type) => {
    const formula = formulas[type]
    if (formula === undefined || (unit === 'ms' && type === 'sum')) return false
    return sure || MEASURES[formula.measure].kind === 'additive'
  }).map((type) => ({ type, column: name }))
}
