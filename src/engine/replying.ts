import { columnsOf, type DataPoint, type Layout, shape } from '../answer/shape.js'
import type { Catalog } from '../catalog/catalog.js'
import { ServiceError } from '../errors.js'
import type { Answered, Asking } from '../execute/question.js'
import { responseKeyOfRef } from '../query/fields.js'
import type { Query } from '../query/query.js'
import type { Explanation, Reply } from './contract.js'

const DAY = 86_400_000

/**
 * Epoch ms until which an equal question has the same reply: as long as every part is good, no further bucket begins, and the window
 * has not left what Portkey keeps.
 */
export function expiryOf(query: Query, { parts, planned }: Answered, { knowledge }: Asking): number {
  const { now, retentionDays } = knowledge
  const ahead = [...(planned.edges ?? []), query.window.start, query.window.end].filter((edge) => edge > now)
  const kept = retentionDays === null ? Number.POSITIVE_INFINITY : query.window.start + retentionDays * DAY
  return Math.min(parts.freshUntil, kept, now + DAY, ...ahead)
}

/** The rows of an answer and the keys that each has. Throws `TOO_MANY_ROWS` where they are more than a reply may hold. */
export function rowsOf(
  query: Query,
  { planned, table }: Answered,
  catalog: Catalog,
  maxRows: number,
): { readonly dataPoints: readonly DataPoint[]; readonly columns: readonly string[] } {
  const layout: Layout = {
    groups: planned.groups.map((group) => group.id),
    groupKeys: query.groupBy.map((ref) => responseKeyOfRef({ datasource: query.datasource, catalog }, ref)),
    outputs: planned.outputs,
    rowMeasure: planned.rowMeasure,
    edges: planned.edges,
    limit: query.limit,
  }
  const rows = shape(table, layout)
  if (rows.length <= maxRows) return { dataPoints: rows, columns: columnsOf(layout) }
  throw new ServiceError(
    'TOO_MANY_ROWS',
    `The reply would hold ${rows.length} rows, and MAX_ROWS is ${maxRows}. Set limit, add filters, or ask for a longer interval.`,
  )
}

/** Whether Portkey was asked for it and answered. */
export function wasAsked({ upstreamCalls, cache }: Reply): boolean {
  return upstreamCalls > 0 && cache !== 'stale'
}

/** A reply, marked: the key it is given for could not be asked about. */
export function asStale(reply: Reply): Reply {
  return { ...reply, cache: 'stale' }
}

/** The same of an explanation, where it holds a reply. */
export function explainedAsStale(explanation: Explanation): Explanation {
  const { analyzed } = explanation
  return { ...explanation, analyzed: analyzed && { ...analyzed, reply: asStale(analyzed.reply) } }
}
