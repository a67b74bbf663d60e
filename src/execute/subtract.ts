import { ServiceError } from '../errors.js'
import { isAdditive } from '../plan/context.js'
import type { MeasureKey, SubtractNode } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { type Cell, cellAt, type Row, rowsOf, type Table, tableOf } from './table.js'

/** Operands within this share of the larger are equal: sums of floats in another order. */
const EQUAL_WITHIN = 1e-9

/**
 * The part with its unattributed row made whole. Only what the part does not show is asked for. Throws a 422 when that group
 * has requests and a measure that cannot be subtracted.
 */
export async function runSubtract(node: SubtractNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const part = await runPart(node.part, slots, run)
  const column = part.groups.indexOf(node.group.id)
  const rows = rowsOf(part)
  const shown = rows.find((row) => row.keys[column] === null)
  const named = rows.filter((row) => row !== shown)
  const measures = [...part.measures.keys()]
  if (shown) {
    const open = measures.filter((measure) => shown.cells.get(measure) === undefined)
    if (open.length === 0) return part
    const cells = await remainder(node, open, named, slots, run, runPart)
    return tableOf(part.groups, measures, [...named, { ...shown, cells: new Map([...shown.cells, ...cells]) }])
  }
  if (node.check === null) return part
  const whole = await runPart(node.check, slots, run)
  if (difference(cellAt(whole, 'requests', 0), named, 'requests', run) === 0) return part
  const cells = await remainder(node, measures, named, slots, run, runPart)
  return tableOf(part.groups, measures, [...named, { start: null, keys: [null], cells }])
}

/** The open measures of the unattributed group: the whole minus the named rows. */
async function remainder(
  node: SubtractNode,
  open: readonly MeasureKey[],
  named: readonly Row[],
  slots: Slots,
  run: Run,
  runPart: RunPart,
): Promise<ReadonlyMap<MeasureKey, Cell>> {
  const indivisible = open.filter((measure) => !isAdditive(measure))
  if (indivisible.length > 0 || node.whole === null) throw unnamed(node, indivisible, named)
  const whole = await runPart(node.whole, slots, run)
  return new Map(open.map((measure) => [measure, difference(cellAt(whole, measure, 0), named, measure, run)]))
}

/** Whole minus parts; 0 where the operands are equal but for rounding, or where late arrivals came between the calls. */
function difference(whole: Cell, named: readonly Row[], measure: MeasureKey, run: Run): number {
  const parts = named.reduce((sum, row) => sum + (row.cells.get(measure) ?? 0), 0)
  const left = (whole ?? 0) - parts
  if (Math.abs(left) <= EQUAL_WITHIN * Math.max(Math.abs(whole ?? 0), Math.abs(parts))) return 0
  if (left > 0) return left
  if (run.settled) throw new Inconsistent(measure)
  return 0
}

/** The parts of a settled window are more than its whole: both are fetched afresh once, then this is the answer. */
export class Inconsistent extends ServiceError {
  constructor(measure: MeasureKey) {
    super(
      'UPSTREAM_INCONSISTENT',
      `Portkey's own figures contradict each other: the groups have more ${measure} than the whole they are part of. Try again later.`,
    )
  }
}

function unnamed(node: SubtractNode, measures: readonly MeasureKey[], named: readonly Row[]): ServiceError {
  const values = named.flatMap((row) => row.keys).slice(0, 5)
  const field = node.group.id
  return new ServiceError(
    'UNSUPPORTED_BY_UPSTREAM',
    `Some requests have no ${field}, and Portkey has no filter that finds them, so ${measures.join(', ')} of that group cannot be ` +
      `had. Leave them out with a filter on ${field}, for instance IN ${JSON.stringify(values)}.`,
  )
}
