import { ServiceError } from '../errors.js'
import type { EachItem, EachNode, MeasureKey, Plan } from '../plan/plan.js'
import { readValue } from '../plan/predicate.js'
import { priceOf } from '../plan/price.js'
import { canHold } from '../portkey/encode.js'
import { add, withGroup } from './combine.js'
import type { Run, RunPart, Slots } from './context.js'
import { Found, together } from './findings.js'
import { cellAt, type Table, tableOf } from './table.js'

/** Runs the body over the values of a dimension. Values that cannot be pushed down have no row in the result. */
export async function runEach(node: EachNode, slots: Slots, run: Run, runPart: RunPart): Promise<Table> {
  const items = await itemsOf(node, slots, run, runPart)
  const bind = (push: readonly string[]) => new Map([...slots, [node.slot, push]])
  const { how } = node
  switch (how.kind) {
    case 'together': {
      const push = items.flatMap((item) => item.push)
      return push.length === 0 ? nothing(node.body) : runPart(node.body, bind(push), run)
    }
    case 'sum': {
      afford(items, node, run)
      const parts = await together(items.map((item) => runPart(node.body, bind(item.push), run)))
      return parts.length === 0 ? nothing(node.body) : add(parts)
    }
    case 'group': {
      afford(items, node, run)
      const parts = await together(
        items.map(async (item) => {
          const table = await runPart(node.body, bind(item.push), run)
          if (how.verify && cellAt(table, 'requests', 0) !== item.requests) throw new Found([{ kind: 'unverified' }])
          return withGroup(table, how.group.id, item.value)
        }),
      )
      const empty = nothing(node.body)
      return add([{ ...empty, groups: [how.group.id], keys: [[]] }, ...parts])
    }
  }
}

type Item = EachItem & { readonly requests: number | null }

/** The values to run over: those with requests, under the value that each is called in the reply. */
async function itemsOf(node: EachNode, slots: Slots, run: Run, runPart: RunPart): Promise<readonly Item[]> {
  const { source, how } = node
  if (source.kind === 'literal') return source.items.map((item) => ({ ...item, requests: null }))
  const listed = await runPart(source.of, slots, run)
  const items = new Map<Item['value'], Item>()
  for (const [index, key] of (listed.keys[0] ?? []).entries()) {
    const requests = cellAt(listed, 'requests', index) ?? 0
    if (requests === 0) continue
    if (typeof key !== 'string') {
      // The unattributed group of a listing is found by subtraction; as a filter it cannot be said at all.
      if (how.kind === 'group') continue
      throw unnamed(node.slot)
    }
    const value = how.kind === 'group' ? readValue(key, how.group.reading) : key
    const seen = items.get(value)
    items.set(value, { value, push: [...(seen?.push ?? []), key], requests: requests + (seen?.requests ?? 0) })
  }
  const all = [...items.values()]
  const stuck = node.inList ? all.flatMap((item) => item.push).find((value) => !canHold(value)) : undefined
  if (stuck !== undefined) throw comma(node.slot, stuck)
  return all
}

function afford(items: readonly Item[], node: EachNode, run: Run): void {
  run.afford(items.length * priceOf(node.body).calls)
}

function nothing(body: Plan): Table {
  return tableOf([], measuresIn(body), [])
}

/** The measures a plan yields, so that a table without rows still has its columns. */
function measuresIn(plan: Plan): readonly MeasureKey[] {
  switch (plan.op) {
    case 'call':
      return plan.read.takes.map((take) => take.measure)
    case 'merge':
    case 'add':
      return plan.parts.flatMap(measuresIn)
    case 'subtract':
      return measuresIn(plan.part)
    case 'each':
      return measuresIn(plan.body)
    case 'rebucket':
    case 'keep':
      return measuresIn(plan.of)
    case 'guard':
      return [...measuresIn(plan.of), plan.measure]
    case 'empty':
      return plan.measures
  }
}

function unnamed(slot: string): ServiceError {
  return new ServiceError(
    'UNSUPPORTED_BY_UPSTREAM',
    `Requests without a value of ${slot.replace('filter ', '')} pass this filter, and Portkey has no filter that finds them. ` +
      'Name the values to keep with EQUAL or IN.',
  )
}

function comma(slot: string, value: string): ServiceError {
  return new ServiceError(
    'UNSUPPORTED_BY_UPSTREAM',
    `The value ${JSON.stringify(value.slice(0, 100))} of ${slot.replace('filter ', '')} holds a comma, and Portkey's lists are comma ` +
      'separated. Leave out the aggregations that need a call a value, or filter that value away.',
  )
}
