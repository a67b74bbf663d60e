import { type Catalog, findColumn, findField } from '../catalog/catalog.js'
import { dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { READINGS } from '../catalog/readings.js'
import type { Formula, MeasureName } from '../catalog/types.js'
import type { Aggregation, Query } from '../query/query.js'
import { groupOf, listableFields } from './fields.js'
import type { Group, MeasureKey } from './plan.js'
import type { Refusal } from './refusal.js'

/** How one aggregation of the reply is computed from a cell's measures. */
export type Output =
  | {
      readonly key: string
      readonly kind: 'measure'
      readonly measure: MeasureKey
      readonly divideBy: number
      readonly zeroIsNull?: true
    }
  | { readonly key: string; readonly kind: 'perRequest'; readonly measure: MeasureKey; readonly divideBy: number }
  | { readonly key: string; readonly kind: 'ratio'; readonly measure: MeasureKey; readonly over: MeasureKey }
  | { readonly key: string; readonly kind: 'where'; readonly measure: MeasureKey; readonly over: MeasureKey }
  /** A count over a field that is itself grouped by: `total` (or 1, if distinct) unless the group's value is null. */
  | { readonly key: string; readonly kind: 'grouped'; readonly group: string; readonly distinct: boolean }

/** A count over a dimension's values, to be planned like a measure. */
export type Counted = { readonly measure: MeasureKey; readonly group: Group; readonly distinct: boolean }

/** How the whole reply is computed, and the counts that have to be planned for it. */
export type Formulas = { readonly outputs: readonly Output[]; readonly counted: readonly Counted[] }

/** The aggregations of a question as formulas, and what cannot be computed. Pure. */
export function formulasOf(
  query: Query,
  groups: readonly Group[],
  catalog: Catalog,
): Formulas & { readonly refusals: readonly Refusal[] } {
  const outputs: Output[] = []
  const counted = new Map<MeasureKey, Counted>()
  const refusals: Refusal[] = []
  query.aggregations.forEach((aggregation, index) => {
    const resolved = resolve(query, aggregation, groups, catalog)
    if (resolved.kind === 'refused') refusals.push({ ...resolved.refusal, path: `/aggregations/${index}` })
    else outputs.push(resolved.output)
    if (resolved.kind === 'counted') counted.set(resolved.counted.measure, resolved.counted)
  })
  return { outputs, counted: [...counted.values()], refusals }
}

type Resolved =
  | { readonly kind: 'plain'; readonly output: Output }
  | { readonly kind: 'counted'; readonly output: Output; readonly counted: Counted }
  | { readonly kind: 'refused'; readonly refusal: Omit<Refusal, 'path'> }

function resolve(query: Query, aggregation: Aggregation, groups: readonly Group[], catalog: Catalog): Resolved {
  const { type, column: name, key } = aggregation
  const column = findColumn(query.datasource, name, catalog)
  if (column) {
    const formula = column.formulas[type]
    return formula
      ? { kind: 'plain', output: fromFormula(key, formula) }
      : {
          kind: 'refused',
          refusal: { why: `${type} of ${name} is not to be had: ${column.why}`, instead: column.instead },
        }
  }
  const field = findField(query.datasource, name, catalog)
  const group = field && groupOf(field)
  if (!field || !group) {
    const source = field?.source
    const why = source?.kind === 'unknown' ? source.why : `Portkey has no listing of ${name}.`
    const listed = `Count one of ${listableFields(catalog, query.datasource).join(', ')}.`
    return { kind: 'refused', refusal: { why, instead: source?.kind === 'unknown' ? source.instead : listed } }
  }
  const distinct = type === 'countDistinct'
  const grouped = groups.find((other) => isSameField(other, group))
  if (grouped) return { kind: 'plain', output: { key, kind: 'grouped', group: grouped.id, distinct } }
  const { uncountable } = dimensionEntry(group.dimension)
  if (uncountable) return { kind: 'refused', refusal: uncountable }
  if (!distinct && !isNullable(group)) {
    return { kind: 'plain', output: { key, kind: 'measure', measure: rowMeasureOf(query, catalog), divideBy: 1 } }
  }
  const measure: MeasureKey = distinct ? `distinct:${group.id}` : `nonNull:${group.id}`
  return {
    kind: 'counted',
    output: { key, kind: 'measure', measure, divideBy: 1 },
    counted: { measure, group, distinct },
  }
}

/** What counts the rows of a datasource: the requests, unless only some measure of them does. */
export function rowMeasureOf({ datasource }: Pick<Query, 'datasource'>, catalog: Catalog): MeasureName {
  const { rows } = catalog[datasource]
  return rows.kind === 'counted' ? rows.measure : 'requests'
}

/** Two names of one field: `team` and the metadata key behind it. */
function isSameField(one: Group, other: Group): boolean {
  return one.reading === other.reading && dimensionId(one.dimension) === dimensionId(other.dimension)
}

function fromFormula(key: string, formula: Formula): Output {
  return { key, ...formula }
}

/** Whether some request may be without a value of the field. */
function isNullable(group: Group): boolean {
  const { nullable } = READINGS[group.reading]
  return nullable === 'asDimension' ? dimensionEntry(group.dimension).nullable : nullable === 'always'
}
