import type { Check } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { difference } from './difference.js'
import { cellAt, type Table } from './table.js'

/**
 * Whether requests of the whole are in no row of a listing without a `''` row. A listing whose kind is known to show one is only
 * doubted when it is empty: the upstream answers an unknown metadata key with no rows.
 */
export async function isHidden(
  check: Check,
  listing: Table,
  slots: Slots,
  run: Run,
  runPart: RunPart,
): Promise<boolean> {
  if (check.trusted && listing.size > 0) return false
  const whole = await runPart(check.plan, slots, run)
  const listed = (listing.measures.get('requests') ?? []).reduce((sum: number, cell) => sum + (cell ?? 0), 0)
  return difference(cellAt(whole, 'requests', 0), listed, 'requests', run) > 0
}
