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

type Telling = { readonly type: AggregationType; readonly column: string }

/**
 * Questions of every shape on a datasource: its columns in all, by a field and by the hour, and the failures. What is known to be
 * answered here comes before what Portkey can answer at best, and where anything is answered nothing else is shown. Where nothing
 * can be: the least question, with its refusal. Figures that hang on the values that happen to be there (percentiles over several
 * values of metadata) are left out.
 */
export function examplesOf(entry: DatasourceEntry, least: Body, general: Judge, here: Judge): readonly Example[] {
  const good = (body: Body) => general(body) === null
  const known = (body: Body) => good(body) && here(body) === null
  /** The first of these that is answered here, or else by some deployment. */
  const first = <One>(all: readonly One[], bodyOf: (one: One) => Body): One | undefined =>
    all.find((one) => known(bodyOf(one))) ?? all.find((one) => good(bodyOf(one)))
  const shape = (summary: string, parts: Body, sure: boolean): readonly Example[] => {
    const bare = { ...least, ...parts }
    if (!good(bare)) return []
    const withOne = (one: Telling) => ({ ...bare, aggregations: [one] })
    const found = entry.columns.flatMap((column) => first(aggregationsOf(column, sure), withOne) ?? [])
    const answered = found.filter((one) => known(withOne(one)))
    const full = { ...bare, aggregations: (answered.length > 0 ? answered : found).slice(0, MOST_COLUMNS) }
    // Each figure may be had alone, and not beside the others.
    const body =
      first([...(found.length > 0 ? [full] : []), ...answered.slice(0, 1).map(withOne), bare], (one) => one) ?? bare
    return [{ summary, body, refused: here(body) }]
  }
  const groups = entry.fields.filter(({ groupable }) => groupable !== 'no')
  const group = first(groups, ({ name }) => ({ ...least, groupBy: [name] }))
  const failing = { fieldName: 'isFailure', operator: 'EQUAL', value: true }
  const all = entry.rows.kind === 'all'
  const examples = [
    ...shape('Everything, in one row', {}, all),
    ...(group === undefined ? [] : [group]).flatMap(({ name, source }) => {
      const top = { groupBy: [name], limit: 10 }
      return shape(`By ${name}, the ten with most rows`, top, all && source.kind === 'dimension')
    }),
    ...shape('By the hour', { type: 'timeseries', interval: '1 hour' }, all),
    ...(entry.fields.some(({ name }) => name === 'isFailure')
      ? shape('The failures', { filters: [failing] }, all)
      : []),
  ]
  const works = ({ refused }: Example) => refused === null
  if (examples.some(works)) return examples.filter(works)
  // The rows may be out of reach until one of them is named.
  const ofOne = entry.rows.kind === 'having' ? onlyOf(entry.rows.field) : null
  const one = ofOne === null ? [] : shape(ofOne.summary, ofOne.parts, true).filter(works)
  if (one.length > 0) return one
  return examples.length > 0 ? examples : [{ summary: 'The number of rows', body: least, refused: general(least) }]
}

/** A question about one value of the field by which rows are told. */
function onlyOf(field: string): { readonly summary: string; readonly parts: Body } {
  const value = `my-${field}`
  return {
    summary: `Of one ${field}: put yours in the place of ${value}`,
    parts: { filters: [{ fieldName: field, operator: 'IN', value: [value] }] },
  }
}

/** What a column can be asked for, the most telling first. `sure`: each row of the answer comes from one call. */
function aggregationsOf({ name, unit, formulas }: ColumnEntry, sure: boolean): readonly Telling[] {
  return TELLING.filter((type) => {
    const formula = formulas[type]
    if (formula === undefined || (unit === 'ms' && type === 'sum')) return false
    return sure || MEASURES[formula.measure].kind === 'additive'
  }).map((type) => ({ type, column: name }))
}
