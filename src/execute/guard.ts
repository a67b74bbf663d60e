import type { GuardNode } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { Found, together } from './findings.js'
import { lacksValue } from './hidden.js'
import type { Table } from './table.js'

/**
 * The table of `of`, with the count of a nullable column equal to its rows. Throws `Found` where a request turns out to have no value:
 * then they are not equal.
 */
export async function runGuard(node: GuardNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const [listing, table] = await together([runPart(node.listing, slots, run), runPart(node.of, slots, run)])
  if (await lacksValue(node, listing, slots, run, runPart)) throw new Found([{ kind: 'nulls', measure: node.measure }])
  return { ...table, measures: new Map([...table.measures, [node.measure, table.measures.get(node.rowMeasure) ?? []]]) }
}
