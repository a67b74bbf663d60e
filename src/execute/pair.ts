import type { GroupValue, PairNode } from '../plan/plan.js'
import { canHold } from '../portkey/encode.js'
import type { Run, RunPart, Slots } from './context.js'
import { Inconsistent } from './difference.js'
import { Found, together } from './findings.js'
import { cellAt, emptyOf, type Table } from './table.js'

/** Runs the body with every value of a pair's other half; values that cannot travel must turn out not to matter. */
export async function runPair(node: PairNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const { push, left } = await valuesOf(node, slots, run, runPart)
  const bound = new Map([...slots, [node.slot, push]])
  const result = push.length === 0 ? emptyOf(node.body) : await runPart(node.body, bound, run)
  const sure = left === undefined && node.source.kind === 'listing'
  if (!sure && !(await accounts(node, bound, push.length > 0, run, runPart))) throw unaccounted(node, left ?? null)
  return result
}

/** `left`: a value that no list can carry; null stands for requests without one. `undefined` = nothing is left out. */
type Pushed = { readonly push: readonly string[]; readonly left: GroupValue | undefined }

async function valuesOf(node: PairNode, slots: Slots, run: Run, runPart: RunPart): Promise<Pushed> {
  if (node.source.kind === 'known') return { push: node.source.values, left: undefined }
  const listed = await runPart(node.source.of, slots, run)
  const values = (listed.keys[0] ?? []).filter((_, index) => cellAt(listed, 'requests', index) !== 0)
  const travels = (value: GroupValue): value is string => typeof value === 'string' && canHold(value)
  return { push: values.filter(travels), left: values.find((value) => !travels(value)) }
}

/** Whether the pairs have all the requests that the given half's own listing shows for its values. */
async function accounts(node: PairNode, slots: Slots, any: boolean, run: Run, runPart: RunPart): Promise<boolean> {
  const { own, values, asked } = node.proof
  const [listing, total] = await together([runPart(own, slots, run), ...(any ? [runPart(asked, slots, run)] : [])])
  const wanted = values.kind === 'literal' ? values.values : (slots.get(values.slot) ?? [])
  const rows = listing?.keys[0] ?? []
  const requests = rows.reduce((sum: number, value, index) => {
    const meant = typeof value === 'string' && wanted.includes(value)
    return meant && listing ? sum + (cellAt(listing, 'requests', index) ?? 0) : sum
  }, 0)
  const paired = total ? (cellAt(total, 'requests', 0) ?? 0) : 0
  if (requests !== paired && !run.settled && run.torn()) throw new Inconsistent('requests')
  return requests === paired
}

function unaccounted(node: PairNode, left: GroupValue): Found {
  const because = (which: string) =>
    node.source.kind === 'known'
      ? 'Portkey filters by pairs of provider and model alone, this deployment lists no providers, and those known to exist do not account for all requests.'
      : typeof left === 'string'
        ? `${which} of ${node.field} holds a comma, and Portkey filters by comma separated pairs of provider and model alone.`
        : `Some requests have no ${node.field}, and Portkey has no filter that finds them: it filters by pairs of provider and model alone.`
  const instead = 'Group by modelName or providerAccountType without a filter on the other.'
  const why = because(`The value ${JSON.stringify(String(left).slice(0, 100))}`)
  const discreet = { why: because('A value'), instead }
  return new Found([{ kind: 'barred', at: node.at, refusal: { path: '', why, instead, discreet } }])
}
