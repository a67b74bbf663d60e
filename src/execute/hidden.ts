import type { Check, Plan } from '../plan/plan.js'
import type { Run, RunPart, Slots } from './context.js'
import { difference } from './difference.js'
import { cellAt, type Table } from './table.js'

/** A listing of a group's values, and what it is held against where it shows no row without one. */
export type Listed = { readonly listing: Plan; readonly check: Check }

/** Whether some requests have no value of a group: the listing, as it came, shows them, or else they are hidden from it. */
export async function lacksValue(
  { listing, check }: Listed,
  listed: Table,
  slots: Slots,
  run: Run,
  runPart: RunPart,
): Promise<boolean> {
  const shown = listed.keys[0]?.indexOf(null) ?? -1
  if (shown >= 0) return cellAt(listed, 'requests', shown) !== 0
  return isHidden(check, listed, (again) => runPart(listing, slots, again), slots, run, runPart)
}

/**
 * Whether requests of the whole are in no row of a listing without a `''` row. A listing whose kind is known to show one is only
 * doubted when it is empty: the upstream answers an unknown metadata key with no rows. Over unsettled time the listing is asked
 * once more, after the whole: what arrived between the two is then in its rows, and only what is left without one is hidden.
 */
export async function isHidden(
  check: Check,
  listing: Table,
  relist: (run: Run) => Promise<Table>,
  slots: Slots,
  run: Run,
  runPart: RunPart,
): Promise<boolean> {
  if (check.trusted && listing.size > 0) return false
  const whole = await runPart(check.plan, slots, run)
  const requests = cellAt(whole, 'requests', 0)
  if (difference(requests, listedIn(listing), 'requests', run) === 0) return false
  return run.settled || difference(requests, listedIn(await relist(run.afresh())), 'requests', run) > 0
}

function listedIn(listing: Table): number {
  return (listing.measures.get('requests') ?? []).reduce((sum: number, cell) => sum + (cell ?? 0), 0)
}
