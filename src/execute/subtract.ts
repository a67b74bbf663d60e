import { labelOf } from '../plan/measures.js'
import type { MeasureKey, Plan, SubtractNode } from '../plan/plan.js'
import { add, fold } from './combine.js'
import type { Run, RunPart, Slots } from './context.js'
import { Found, together } from './findings.js'
import { lacksValue } from './hidden.js'
import { minus } from './minus.js'
import { aligned, cellAt, type Row, rowsOf, type Table, tableOf } from './table.js'

/**
 * The part with the unattributed cells of the group added: the whole minus all that has a value. The listing is looked at first, so
 * nothing is asked for a group that is not there. Throws a 422 when it is there and some measure cannot be subtracted.
 */
export async function runSubtract(node: SubtractNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const listing = await runPart(node.listing, slots, run)
  const values = listing.keys[0] ?? []
  const missing = await lacksValue(node, listing, slots, run, runPart)
  if (!missing || (values.includes(null) && node.own)) return runPart(node.part, slots, run)
  if (node.alone !== null && values.every((value, index) => value === null || !cellAt(listing, 'requests', index)))
    return runAlone(node, node.alone, slots, run, runPart)
  if (node.whole === null) throw unnamed(node, values)
  const parting = runPart(node.part, slots, run)
  // What the deployment may lack is met by the part first; else neither waits for the other.
  if (!run.isKnown(node.whole)) await parting
  const [part, whole] = await together([parting, runPart(node.whole, slots, run)])
  const left = unattributed(whole, part, node, run)
  if (node.indivisible.length === 0) return add([part, left])
  if (left.size > 0) throw unnamed(node, values)
  return part
}

/** The cells of the whole less the part's, as cells of the unattributed group. */
function unattributed(whole: Table, part: Table, node: SubtractNode, run: Run): Table {
  const named = fold(part, { group: node.group, counts: [], rowMeasure: node.rowMeasure })
  return without(aligned(minus(whole, named, run), named.groups), part, node)
}

/** The whole as the cells of the unattributed group, for nothing has a value. */
async function runAlone(node: SubtractNode, alone: Plan, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const [part, whole] = await together([runPart(node.part, slots, run), runPart(alone, slots, run)])
  // What arrived since has a value.
  if (part.keys[part.groups.indexOf(node.group.id)]?.some((value) => value !== null)) throw unnamed(node, [])
  const groups = part.groups.filter((id) => id !== node.group.id)
  return without(aligned(whole, groups), part, node)
}

/** Cells of a table like `part`, but without the group, as cells of its unattributed value. */
function without(left: Table, part: Table, node: SubtractNode): Table {
  const column = part.groups.indexOf(node.group.id)
  // What has requests but no rows still counts in a difference around this one.
  const present = left.measures.has('requests') ? 'requests' : node.rowMeasure
  const rows = rowsOf(left)
    .filter((row) => (row.cells.get(present) ?? 1) !== 0)
    .map((row): Row => ({ ...row, keys: row.keys.toSpliced(column, 0, null) }))
  return tableOf(part.groups, [...part.measures.keys()], rows)
}

const REQUESTS: MeasureKey = 'requests'

function unnamed(node: SubtractNode, values: Table['keys'][number]): Found {
  const field = node.group.label
  const named = values.filter((value) => value !== null).slice(0, 5)
  const why = `Some requests have no ${field}, and Portkey has no filter that finds them, so ${(node.indivisible.length > 0 ? node.indivisible : [REQUESTS]).map(labelOf).join(', ')} of that group cannot be had.`
  const advice = named.length === 0 ? `Leave ${field} out of groupBy.` : `Leave them out with a filter on ${field}`
  const refusal = {
    path: '',
    why,
    instead: named.length === 0 ? advice : `${advice}, for instance IN ${JSON.stringify(named)}.`,
    discreet: { why, instead: named.length === 0 ? advice : `${advice}.` },
  }
  return new Found([{ kind: 'barred', at: node.at, refusal }])
}
