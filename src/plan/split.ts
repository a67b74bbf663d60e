import { type SplitEntry, splitOf } from '../catalog/parts.js'
import { type Context, hasField, isThere } from './context.js'
import type { Goal } from './goal.js'
import { isNamed } from './measures.js'
import type { Group, Plan, Take } from './plan.js'
import { fineSeries } from './points.js'
import type { Costed } from './way.js'

/** The measures of a goal that a graph split by the group gives for every value at once. */
export function splitTakes(goal: Goal, group: Group, context: Context): readonly Take[] {
  const entry = splitOf(group.dimension)
  if (!entry || !isThere(endpointOf(entry), context)) return []
  return goal.measures.flatMap((measure): readonly Take[] => {
    const fields = isNamed(measure) ? entry.measures[measure] : undefined
    const there = fields?.every(({ field, rest }) => rest || hasField(endpointOf(entry), field, context))
    return fields && there ? [{ measure, from: 'split', fields }] : []
  })
}

/**
 * One cell a value of one group, and a bucket where the goal has buckets, off the points of one graph. Everything that is split
 * adds up, so points may be finer than the buckets. Impossible where the graph does not split all that is asked.
 */
export function planSplit(goal: Goal, group: Group, context: Context): Costed {
  const entry = splitOf(group.dimension)
  const takes = splitTakes(goal, group, context)
  const lacking = goal.measures.filter((measure) => !takes.some((take) => take.measure === measure))
  if (!entry || takes.length === 0 || lacking.length > 0) return { kind: 'impossible', measures: lacking }
  const asked = { endpoint: endpointOf(entry), window: goal.window, where: goal.where }
  if (goal.edges === null) {
    const build = (): Plan => ({
      op: 'call',
      ...asked,
      columns: [],
      read: { kind: 'split', group, takes, step: null, keep: goal.window },
    })
    return { kind: 'way', calls: 1, least: 1, rounds: 1, build }
  }
  const fine = fineSeries({ ...asked, edges: goal.edges, split: group }, context)
  if (fine === null) return { kind: 'impossible', measures: goal.measures }
  return { kind: 'way', calls: fine.calls, least: fine.calls, rounds: 1, build: () => fine.build(takes) }
}

function endpointOf({ graph }: SplitEntry) {
  return { kind: 'graph', name: graph } as const
}
