import { type Catalog, findColumn } from '../catalog/catalog.js'
import { nameOfRef, resolveName, responseKeyOfRef } from '../query/fields.js'
import { describeInterval } from '../query/interval.js'
import type { Query } from '../query/query.js'
import { TOTAL, unitOf } from './fields.js'
import type { ColumnHead, Meta } from './frames.js'
import type { Target } from './target.js'

/** What the rows of an answer are made of. */
export type Layout = {
  readonly groups: readonly ColumnHead[]
  /** Numbers, `total` first where it is wanted. `ofNone`: what they are in a bucket without rows. */
  readonly numbers: readonly (ColumnHead & { readonly unit: string; readonly ofNone: 0 | null })[]
}

/** The columns of a target's answer, by their keys in its rows. */
export function layoutOf({ query, total }: Pick<Target, 'query' | 'total'>, catalog: Catalog): Layout {
  const { datasource, groupBy, aggregations } = query
  const groups = groupBy.map((ref): ColumnHead => {
    const named = resolveName({ datasource, catalog }, nameOfRef(ref))
    const type = named.kind === 'field' ? named.entry.type : 'string'
    return { text: responseKeyOfRef({ datasource, catalog }, ref), type: type === 'array' ? 'string' : type }
  })
  const numbers = aggregations.map(({ type, column, key }) => ({
    text: key,
    type: 'number' as const,
    unit: unitOf(findColumn(datasource, column, catalog), type),
    // Sums and counts of nothing are 0; of averages and percentiles there are none.
    ofNone: ADDS_UP.has(type) ? (0 as const) : null,
  }))
  const count = { text: TOTAL, type: 'number', unit: 'short', ofNone: 0 } as const
  return { groups, numbers: total ? [count, ...numbers] : numbers }
}

/** What Grafana's inspector shows of a question: the window that was really asked about, and the size of the buckets. */
export function metaOf({ window, interval }: Query): Meta {
  return {
    custom: {
      startTs: new Date(window.start).toISOString(),
      endTs: new Date(window.end).toISOString(),
      ...(interval !== null && { interval: describeInterval(interval) }),
    },
  }
}

const ADDS_UP: ReadonlySet<string> = new Set(['sum', 'count', 'countDistinct'])
