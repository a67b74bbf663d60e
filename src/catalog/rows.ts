import { NUMERIC, NUMERIC_EXTENSIONS } from './operators.js'
import type { ColumnEntry, FieldEntry, FieldSource, Formula, MeasureName } from './types.js'

type FieldRow = Pick<FieldEntry, 'name' | 'type' | 'source'> & Partial<FieldEntry>
type ColumnRow = Pick<ColumnEntry, 'name' | 'unit' | 'why' | 'instead'> & Partial<ColumnEntry>

/** One row of a field table; what is left out: no aliases, no operators, not groupable, replied under its own name. */
export function field(row: FieldRow): FieldEntry {
  return {
    aliases: [],
    operators: [],
    extensionOperators: [],
    groupable: 'no',
    responseKey: row.name,
    extension: false,
    ...row,
  }
}

/** One row of a column table; what is left out: a numeric column of the language that has no formula. */
export function column(row: ColumnRow): ColumnEntry {
  return {
    aliases: [],
    extension: false,
    aggregations: NUMERIC,
    extensionAggregations: NUMERIC_EXTENSIONS,
    formulas: {},
    ...row,
  }
}

/** In the language, not upstream: `why` is a fact, `instead` something that can be asked. */
export function unknown(why: string, instead: string): FieldSource {
  return { kind: 'unknown', why, instead }
}

/** The measure of the cell, divided by `divideBy`. */
export function measure(name: MeasureName, divideBy = 1): Formula {
  return { kind: 'measure', measure: name, divideBy }
}

/** The measure over the rows of the cell: `null` where there are none. */
export function perRequest(name: MeasureName, divideBy = 1): Formula {
  return { kind: 'perRequest', measure: name, divideBy }
}

/** The number of requests for which something holds: `sum` counts them, `avg` is their share. */
export function flags(name: MeasureName): Pick<ColumnEntry, 'aggregations' | 'extensionAggregations' | 'formulas'> {
  return {
    aggregations: [],
    extensionAggregations: ['sum', 'avg'],
    formulas: { sum: measure(name), avg: perRequest(name) },
  }
}

/**
 * A field that the language knows elsewhere, as this service's own addition to a datasource. Null tests stay behind: the language
 * refuses them in most datasources.
 */
export function asExtension(row: FieldEntry): FieldEntry {
  const own = [...row.operators, ...row.extensionOperators].filter((operator) => operator !== 'IS_NULL')
  return {
    ...row,
    extension: true,
    operators: [],
    extensionOperators: own,
    groupable: row.groupable === 'no' ? 'no' : 'extension',
  }
}

/** The same table with rows of the same name replaced and the others added at the end. */
export function withRows<Row extends { readonly name: string }>(table: readonly Row[], rows: readonly Row[]): Row[] {
  const replacing = new Map(rows.map((row) => [row.name, row]))
  const kept = table.map((row) => replacing.get(row.name) ?? row)
  const names = new Set(table.map((row) => row.name))
  return [...kept, ...rows.filter((row) => !names.has(row.name))]
}
