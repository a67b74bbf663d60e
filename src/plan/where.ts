import { type DimensionRef, dimensionId } from '../catalog/dimensions.js'
import type { Constraint, Values, Where } from './plan.js'

/** The filters with one more; a filter on the same dimension is replaced. */
export function constrained(where: Where, dimension: DimensionRef, values: Values): Where {
  return withConstraints(where, [...without(where, [dimension]), { dimension, values }])
}

/** The filters but for those on some dimensions. */
export function unconstrained(where: Where, dimensions: readonly DimensionRef[]): Where {
  return withConstraints(where, without(where, dimensions))
}

/** The constraint on a dimension, if there is one. */
export function constraintOn(where: Where, dimension: DimensionRef): Constraint | undefined {
  return where.constraints.find((other) => dimensionId(other.dimension) === dimensionId(dimension))
}

/** The same filters with other constraints, in the one order, so that equal questions make equal calls. */
export function withConstraints(where: Where, constraints: readonly Constraint[]): Where {
  return {
    ...where,
    constraints: constraints.toSorted((one, other) =>
      dimensionId(one.dimension) < dimensionId(other.dimension) ? -1 : 1,
    ),
  }
}

/** The slots that the filters leave open, by the dimension that each is bound to while running. */
export function slotsIn({
  constraints,
}: Where): readonly { readonly dimension: DimensionRef; readonly slot: string }[] {
  return constraints.flatMap(({ dimension, values }) =>
    values.kind === 'slot' ? [{ dimension, slot: values.slot }] : [],
  )
}

/** Names a part of a plan: what it goes through, and the dimensions whose values are bound around it. */
export function partName(what: string, where: Where): string {
  const bound = slotsIn(where).map(({ dimension }) => dimensionId(dimension))
  return `${what} within ${bound.join(', ') || 'all'}`
}

function without(where: Where, dimensions: readonly DimensionRef[]): readonly Constraint[] {
  const ids = dimensions.map(dimensionId)
  return where.constraints.filter((other) => !ids.includes(dimensionId(other.dimension)))
}
