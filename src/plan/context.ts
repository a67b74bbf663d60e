import { type DimensionRef, dimensionId } from '../catalog/dimensions.js'
import { MEASURES } from '../catalog/measures.js'
import type { MeasureName } from '../catalog/types.js'
import type { Endpoint } from '../portkey/call.js'
import { type Capabilities, type Doubts, endpointId } from './capabilities.js'
import type { Counted } from './formulas.js'
import type { Constraint, MeasureKey, Plan, Values, Where } from './plan.js'

/** What every step of planning looks at. */
export type Context = {
  readonly capabilities: Capabilities
  readonly doubts: Doubts
  readonly counted: readonly Counted[]
}

/** A plan with its price, or the measure that nothing gives. */
export type Costed = { readonly kind: 'plan'; readonly plan: Plan; readonly calls: number } | Impossible
export type Impossible = { readonly kind: 'impossible'; readonly measures: readonly MeasureKey[] }

/** Whether the deployment is not known to lack the endpoint. */
export function isThere(endpoint: Endpoint, context: Context): boolean {
  return !context.capabilities.missing.has(endpointId(endpoint))
}

/** Whether the deployment is not known to lack the field of an endpoint. */
export function hasField(endpoint: Endpoint, field: string, context: Context): boolean {
  return !context.capabilities.lacking.has(`${endpointId(endpoint)}:${field}`)
}

/** Whether cells of the measure add up over disjoint slices. */
export function isAdditive(measure: MeasureKey): boolean {
  return isNamed(measure) ? MEASURES[measure].kind === 'additive' : measure.startsWith('nonNull:')
}

/** Whether the key is a measure of the catalogue, not a count over a dimension. */
export function isNamed(measure: MeasureKey): measure is MeasureName {
  return Object.hasOwn(MEASURES, measure)
}

/** The filters with one more; a filter on the same dimension is replaced. */
export function constrained(where: Where, dimension: DimensionRef, values: Values): Where {
  const others = where.constraints.filter((other) => dimensionId(other.dimension) !== dimensionId(dimension))
  const constraints: Constraint[] = [...others, { dimension, values }]
  return {
    ...where,
    constraints: constraints.toSorted((one, other) =>
      dimensionId(one.dimension) < dimensionId(other.dimension) ? -1 : 1,
    ),
  }
}

/** The constraint on a dimension, if there is one. */
export function constraintOn(where: Where, dimension: DimensionRef): Constraint | undefined {
  return where.constraints.find((other) => dimensionId(other.dimension) === dimensionId(dimension))
}
