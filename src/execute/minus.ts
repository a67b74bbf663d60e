import type { MinusNode } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { difference, type When } from './difference.js'
import { together } from './findings.js'
import { aligned, cellName, type Row, rowsOf, type Table, tableOf } from './table.js'

/** Whole minus part, cell by cell. A cell that the part lacks stays as it is. */
export async function runMinus(node: MinusNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const [whole, part] = await together([runPart(node.whole, slots, run), runPart(node.part, slots, run)])
  return minus(whole, part, run)
}

/** The cells of `whole` less those of `part` that are the same; what only `part` has counts as more than its whole. */
export function minus(whole: Table, part: Table, when: When): Table {
  const taken = new Map(rowsOf(aligned(part, whole.groups)).map((row) => [cellName(row), row]))
  const measures = [...whole.measures.keys()]
  const rows = rowsOf(whole).map((row): Row => {
    const name = cellName(row)
    const other = taken.get(name)
    taken.delete(name)
    const cells = measures.map((measure) => {
      const left = difference(row.cells.get(measure), other?.cells.get(measure) ?? 0, measure, when)
      return [measure, left] as const
    })
    return { ...row, cells: new Map(cells) }
  })
  for (const { cells } of taken.values()) difference(0, cells.get('requests') ?? 0, 'requests', when)
  return tableOf(whole.groups, measures, rows)
}
