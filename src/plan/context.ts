import type { DimensionRef } from '../catalog/dimensions.js'
import type { MeasureName } from '../catalog/types.js'
import type { Endpoint } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Capabilities, type Doubts, placeOf } from './capabilities.js'
import type { Counted } from './formulas.js'
import type { Observation } from './ladder.js'
import type { Memo } from './memo.js'

/** What every step of planning looks at. */
export type Context = {
  readonly capabilities: Capabilities
  readonly doubts: Doubts
  readonly counted: readonly Counted[]
  /** What counts the rows of a cell: the requests, or those of them that the datasource is about. */
  readonly rowMeasure: MeasureName
  /** The dimensions that a question groups, filters and counts by. */
  readonly dimensions: readonly DimensionRef[]
  /** What a question calls a dimension. */
  readonly nameOf: (dimension: DimensionRef) => string
  /** Steps that windows were answered with, for the scope and for this question. */
  readonly steps: readonly Observation[]
  readonly memo: Memo
}

/** Whether the deployment is not known to lack the endpoint. */
export function isThere(endpoint: Endpoint, context: Context): boolean {
  const place = placeOf(endpoint)
  return !context.capabilities.missing.has(place) && !context.doubts.missing.has(place)
}

/** Whether the deployment is not known to lack the field of an endpoint. */
export function hasField(endpoint: Endpoint, field: string, context: Context): boolean {
  return !context.capabilities.lacking.has(`${endpointId(endpoint)}:${field}`)
}
