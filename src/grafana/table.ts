import type { Catalog } from '../catalog/catalog.js'
import type { DataPoint } from '../engine.js'
import type { ColumnHead, TableFrame } from './frames.js'
import { layoutOf, metaOf } from './layout.js'
import type { Target } from './target.js'

/** The rows of an answer as a table: the bucket's start where there are buckets, group values, numbers. */
export function tableOf(target: Target, rows: readonly DataPoint[], catalog: Catalog): TableFrame {
  const { groups, numbers } = layoutOf(target, catalog)
  const time: readonly ColumnHead[] = target.query.type === 'timeseries' ? [{ text: 'Time', type: 'time' }] : []
  const columns = [...time, ...groups, ...numbers.map(({ text, type, unit }) => ({ text, type, unit }))]
  const cellOf = (row: DataPoint, { text, type }: ColumnHead) =>
    type === 'time' ? Date.parse(String(row.startTimestamp)) : (row[text] ?? null)
  return {
    type: 'table',
    name: target.query.datasource,
    refId: target.refId,
    columns,
    rows: rows.map((row) => columns.map((column) => cellOf(row, column))),
    meta: metaOf(target.query),
  }
}
