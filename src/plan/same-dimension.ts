import { dimensionId } from '../catalog/dimensions.js'
import type { Group, Plan } from './plan.js'

/** Groups that one listing can give, and how the plan's columns become the question's. */
export type Distinct = { readonly groups: readonly Group[]; readonly spread: (plan: Plan) => Plan }

/** From the reading that tells most values apart to the one that tells fewest: each can be read off those before it. */
const FINENESS = ['text', 'number', 'errorText', 'isFailure'] as const

/**
 * Fields of one dimension (`modelName` and `providerModelName`; a status, its error code and whether it is a failure) are one
 * group upstream: the finest is asked for, the others are read off it.
 */
export function distinctDimensions(groups: readonly Group[]): Distinct {
  const finest = new Map<string, Group>()
  for (const group of groups) {
    const id = dimensionId(group.dimension)
    const seen = finest.get(id)
    if (!seen || FINENESS.indexOf(group.reading) < FINENESS.indexOf(seen.reading)) finest.set(id, group)
  }
  if (finest.size === groups.length) return { groups, spread: (plan) => plan }
  const spread = (plan: Plan) =>
    [...finest].reduce((of: Plan, [id, from]): Plan => {
      const to = groups.filter((group) => dimensionId(group.dimension) === id)
      return to.length === 1 ? of : { op: 'spread', of, from, to }
    }, plan)
  return { groups: [...finest.values()], spread }
}
