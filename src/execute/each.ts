import { dimensionId } from '../catalog/dimensions.js'
import type { EachItem, EachNode } from '../plan/plan.js'
import { readValue } from '../plan/predicate.js'
import { leastOfRuns } from '../plan/price.js'
import type { Refusal } from '../plan/refusal.js'
import { travelsInList } from '../plan/travel.js'
import { canHold } from '../portkey/encode.js'
import { add, withGroup } from './combine.js'
import type { Run, RunPart, Slots } from './context.js'
import { Found, together } from './findings.js'
import { isHidden } from './hidden.js'
import { cellAt, emptyOf, type Table } from './table.js'

/** Runs the body over the values of a dimension. Values that cannot be pushed down have no row in the result. */
export async function runEach(node: EachNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const items = await itemsOf(node, slots, run, runPart)
  if (node.how.kind === 'unless') {
    if (items.length > 0) throw several(node, items)
    return runPart(node.body, slots, run)
  }
  if (node.most !== null && items.length > node.most) throw several(node, items)
  const [first, ...others] = node.how.kind === 'together' ? inOne(items) : items
  if (!first) return emptyOf(node)
  run.afford(leastOfRuns(node, others.length + 1))
  const runItem = async (item: EachItem): Promise<Table> => {
    const table = await runPart(node.body, new Map([...slots, [node.slot, item.push]]), run)
    return node.how.kind === 'group' ? withGroup(table, node.how.group.id, item.value) : table
  }
  // What the deployment was not yet seen to have may be missing: then the first value learns it for all.
  const ahead = run.isKnown(node.body) ? [] : [await runItem(first)]
  const rest = await together((ahead.length === 0 ? [first, ...others] : others).map(runItem))
  return add([...ahead, ...rest])
}

/** The values to run over: those with requests, under the value that each is called in the reply. */
async function itemsOf(node: EachNode, slots: Slots, run: Run, runPart: RunPart): Promise<readonly EachItem[]> {
  const { source, how } = node
  if (source.kind === 'literal') return source.items
  const listed = await runPart(source.of, slots, run)
  const items = new Map<EachItem['value'], EachItem>()
  for (const [index, key] of (listed.keys[0] ?? []).entries()) {
    const requests = cellAt(listed, 'requests', index) ?? 0
    if (requests === 0) continue
    if (typeof key !== 'string') {
      // The unattributed group of a listing is found by subtraction; as a filter it cannot be said at all.
      if (how.kind === 'group') continue
      throw unnamed(node)
    }
    const value = how.kind === 'group' ? readValue(key, how.group.reading) : key
    const seen = items.get(value)
    items.set(value, { value, push: [...(seen?.push ?? []), key] })
  }
  // Requests without a value pass the filter too, so the listing must account for all.
  const whole = source.of.op === 'keep' ? source.of.of : source.of
  const list = (listing: Run) => runPart(whole, slots, listing)
  if (node.check && (await isHidden(node.check, await list(run), list, slots, run, runPart))) throw unnamed(node)
  const all = [...items.values()]
  const stuck = travelsInList(node) ? all.flatMap((item) => item.push).find((value) => !canHold(value)) : undefined
  if (stuck !== undefined) throw comma(node, stuck)
  if (node.expected !== null && all.length > node.expected)
    throw new Found([{ kind: 'values', dimension: dimensionId(node.dimension), count: all.length }])
  return all
}

/** All the values in one run. */
function inOne(items: readonly EachItem[]): readonly EachItem[] {
  if (items.length === 0) return []
  return [{ value: null, push: items.flatMap((item) => item.push) }]
}

function several(node: EachNode, items: readonly EachItem[]): Found {
  const { field } = node
  const which = node.how.kind === 'unless' ? 'are left out by the filters' : 'pass the filters'
  const named = items.slice(0, 3).map(({ value }) => JSON.stringify(value))
  const why = (seen: string) =>
    `${seen}, and percentiles, averages and distinct counts do not add up over separate calls.`
  const instead = `Ask for sums and counts, or name one value of ${field} with EQUAL.`
  return barred(
    node,
    why(`${items.length} values of ${field} ${which} (${named.join(', ')}${items.length > 3 ? ', …' : ''})`),
    instead,
    { why: why(`Several values of ${field} ${which}`), instead },
  )
}

function unnamed(node: EachNode): Found {
  const { field } = node
  return barred(
    node,
    `Some requests have no ${field}, and Portkey has no filter that finds them, though the filters let them pass.`,
    `Name the values of ${field} to keep with EQUAL or IN, or group by ${field}.`,
  )
}

function comma(node: EachNode, value: string): Found {
  const { field } = node
  const why = (which: string) => `${which} of ${field} holds a comma, and Portkey's lists are comma separated.`
  const instead = 'Leave out the aggregations that need a call for each value, or filter that value away.'
  return barred(node, why(`The value ${JSON.stringify(value.slice(0, 100))}`), instead, {
    why: why('A value'),
    instead,
  })
}

function barred(node: EachNode, why: string, instead: string, discreet?: Refusal['discreet']): Found {
  const refusal = { path: '', why, instead, ...(discreet && { discreet }) }
  return new Found([{ kind: 'barred', at: node.at, refusal }])
}
