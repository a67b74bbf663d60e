import { dimensionId } from '../catalog/dimensions.js'
import { READINGS } from '../catalog/readings.js'
import type { Group, Plan } from './plan.js'
import { isFolding } from './predicate.js'

/** Groups that one listing can give, and how the plan's columns become the question's. */
export type Distinct = { readonly groups: readonly Group[]; readonly spread: (plan: Plan) => Plan }

/**
 * Fields of one dimension (`modelName` and `providerModelName`; a status, its error code and whether it is a failure) are one
 * group upstream: the finest is asked for, the others are read off it.
 */
export function distinctDimensions(groups: readonly Group[]): Distinct {
  const finest = new Map<string, Group>()
  for (const group of groups.map(wholly)) {
    const id = dimensionId(group.dimension)
    const seen = finest.get(id)
    if (!seen || isFiner(group, seen)) finest.set(id, group)
  }
  if (groups.every((group) => [...finest.values()].includes(group))) return { groups, spread: (plan) => plan }
  const spread = (plan: Plan) =>
    [...finest].reduce((of: Plan, [id, from]): Plan => {
      const to = groups.filter((group) => dimensionId(group.dimension) === id)
      return to.length === 1 && to[0] === from ? of : { op: 'spread', of, from, to }
    }, plan)
  return { groups: [...finest.values()], spread }
}

function isFiner(one: Group, other: Group): boolean {
  return READINGS[one.reading].coarseness < READINGS[other.reading].coarseness
}

/** Parts of a graph come as texts of their own: read as fields at the end, they can be tested until then. */
function wholly(group: Group): Group {
  const { dimension, reading } = group
  if (dimension.kind !== 'part' || !isFolding(reading)) return group
  return { id: `part ${dimension.name}`, label: dimension.name, dimension, reading: 'text' }
}
