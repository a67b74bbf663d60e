import type { BalanceNode } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { Found, together } from './findings.js'
import { cellAt, type Table } from './table.js'

/**
 * The listing, if what it multiplies back adds up to the whole: then no row was rounded, and none is hidden. Throws `Found` where it
 * does not.
 */
export async function runBalance(node: BalanceNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const [table, total] = await together([runPart(node.of, slots, run), runPart(node.total, slots, run)])
  const listed = (table.measures.get(node.measure) ?? []).reduce((sum: number, cell) => sum + (cell ?? 0), 0)
  if (listed === (cellAt(total, node.measure, 0) ?? 0)) return table
  throw new Found([{ kind: 'imprecise', endpoint: node.of.endpoint, proof: 'hits' }])
}
