import { dimensionId } from '../catalog/dimensions.js'
import type { Context } from './context.js'
import { solveFiltered, type Todo } from './filters.js'
import type { Counted } from './formulas.js'
import type { Goal } from './goal.js'
import type { Group, MeasureKey } from './plan.js'
import { type Costed, cheapest, joined, merged, wrapped } from './way.js'

/**
 * A goal with counts over values of fields. Either something gives the count with the rest, or the field is grouped by too and
 * its values are counted: `countDistinct X` = the values of X with requests, in any plan whose requests add up.
 */
export function solveCounts(goal: Goal, todo: Todo, context: Context): Costed {
  const direct = solveFiltered(goal, todo, context)
  const counted = context.counted.filter(({ measure }) => goal.measures.includes(measure))
  const expandable = counted.filter(({ group }) => !isUsed(group, goal, todo))
  if (counted.length === 0 || expandable.length < counted.length) return direct
  const others = goal.measures.filter((measure) => !counted.some((count) => count.measure === measure))
  const base = solveFiltered({ ...goal, measures: others }, todo, context)
  return cheapest([
    direct,
    joined([base, ...perDimension(counted).map((of) => overValues(goal, of, todo, context))], merged),
  ])
}

/** Counts of one dimension share their values. */
function perDimension(counted: readonly Counted[]): readonly (readonly [Counted, ...Counted[]])[] {
  const groups = new Map<string, [Counted, ...Counted[]]>()
  for (const count of counted) {
    const id = dimensionId(count.group.dimension)
    const seen = groups.get(id)
    if (seen) seen.push(count)
    else groups.set(id, [count])
  }
  return [...groups.values()]
}

function overValues(goal: Goal, counted: readonly [Counted, ...Counted[]], todo: Todo, context: Context): Costed {
  const group: Group = { ...counted[0].group, id: `count ${counted[0].group.id}`, reading: 'text' }
  const requests: readonly MeasureKey[] = ['requests']
  const wantsNull = (other: Group) => other.id !== group.id && goal.wantsNull(other)
  const way = solveFiltered({ ...goal, measures: requests, groups: [...goal.groups, group], wantsNull }, todo, context)
  const counts = counted.map(({ measure, distinct, group: { reading } }) => ({ measure, distinct, reading }))
  return wrapped(way, (of) => ({ op: 'fold', of, group, counts }))
}

function isUsed(group: Group, goal: Goal, todo: Todo): boolean {
  const id = dimensionId(group.dimension)
  return (
    goal.groups.some((other) => dimensionId(other.dimension) === id) ||
    todo.filters.some((filter) => dimensionId(filter.dimension) === id)
  )
}
