import { dimensionId, STATUS_CODES } from '../catalog/dimensions.js'
import type { Solve } from './each.js'
import type { Goal } from './goal.js'
import type { EachItem, Group, GroupValue } from './plan.js'
import { readValue } from './predicate.js'
import type { Costed } from './way.js'
import { constrained, constraintOn } from './where.js'

/** Values of a field that are sets of status codes: the rest of the goal once for each, no listing. */
export function byParts(goal: Goal, group: Group, values: readonly GroupValue[], solve: Solve): Costed {
  const bound = constraintOn(goal.where, group.dimension)?.values
  if (bound?.kind === 'slot') return { kind: 'impossible', measures: goal.measures }
  const codes = bound === undefined ? STATUS_CODES : bound.values
  const items = values.flatMap((value): EachItem[] => {
    const push = codes.filter((code) => readValue(code, group.reading) === value)
    return push.length === 0 ? [] : [{ value, push }]
  })
  const slot = dimensionId(group.dimension)
  const where = constrained(goal.where, group.dimension, { kind: 'slot', slot })
  const groups = goal.groups.filter((other) => other.id !== group.id)
  const body = solve({ ...goal, groups, where })
  if (body.kind === 'impossible') return body
  return {
    ...body,
    calls: items.length * body.calls,
    least: items.length * body.least,
    build: () => ({
      op: 'each',
      at: slot,
      slot,
      dimension: group.dimension,
      field: group.label,
      source: { kind: 'literal', items },
      how: { kind: 'group', group },
      most: null,
      expected: items.length,
      check: null,
      body: body.build(),
    }),
  }
}
