import { type Catalog, columnAggregations, fieldAggregations, fieldOperators } from '../catalog/catalog.js'
import type { ColumnEntry, FieldEntry } from '../catalog/types.js'
import type { Datasource } from '../catalog/vocabulary.js'

/** Fields of a datasource that Portkey knows, to group by. */
export function groupableFields(catalog: Catalog, datasource: Datasource): readonly FieldEntry[] {
  return catalog[datasource].fields.filter(
    ({ groupable, source }) => groupable !== 'no' && source.kind !== 'unknown' && source.kind !== 'parameter',
  )
}

/** Fields of a datasource that Portkey knows, to filter by. */
export function filterableFields(catalog: Catalog, datasource: Datasource): readonly FieldEntry[] {
  return catalog[datasource].fields.filter(
    (field) => fieldOperators(field).length > 0 && field.source.kind !== 'unknown',
  )
}

/** All aggregations of a datasource that Portkey can answer, as a builder offers them: `total`, `sum costInUSD`, `count team`. */
export function aggregationChoices(catalog: Catalog, datasource: Datasource): readonly string[] {
  const ofColumns = catalog[datasource].columns.flatMap((column) =>
    answered(column).map((type) => `${type} ${column.name}`),
  )
  const ofFields = groupableFields(catalog, datasource).flatMap((field) =>
    fieldAggregations(field).map((type) => `${type} ${field.name}`),
  )
  return [TOTAL, ...ofColumns, ...ofFields]
}

/** The number of rows: in every answer of the language, and a choice here so that a panel can do without it. */
export const TOTAL = 'total'

/** Grafana's unit of an aggregation of the column. Counts of it are plain numbers, whatever it measures. */
export function unitOf(column: ColumnEntry | undefined, type: string): string {
  if (column === undefined || type === 'count' || type === 'countDistinct') return 'short'
  return UNITS[column.unit]
}

/** Ids of Grafana's value formats. */
const UNITS: Readonly<Record<ColumnEntry['unit'], string>> = {
  USD: 'currencyUSD',
  tokens: 'short',
  ms: 'ms',
  ratio: 'percentunit',
  percent: 'percent',
  count: 'short',
  score: 'none',
}

function answered(column: ColumnEntry) {
  return columnAggregations(column).filter((type) => column.formulas[type] !== undefined)
}
