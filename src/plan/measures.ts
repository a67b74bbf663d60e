import { MEASURES } from '../catalog/measures.js'
import type { MeasureName } from '../catalog/types.js'
import type { MeasureKey, Take } from './plan.js'

/** Whether cells of the measure add up over disjoint slices. */
export function isAdditive(measure: MeasureKey): boolean {
  return isNamed(measure) ? MEASURES[measure].kind === 'additive' : measure.startsWith('nonNull:')
}

/** Whether the measure can be less than nothing, so that a part may have more of it than its whole. */
export function isSigned(measure: MeasureKey): boolean {
  return isNamed(measure) && MEASURES[measure].signed === true
}

/** Whether the key is a measure of the catalogue, not a count over a dimension. */
export function isNamed(measure: MeasureKey): measure is MeasureName {
  return Object.hasOwn(MEASURES, measure)
}

/** Whether takes of all rows of a listing can only be of its one row: something read off a row does not add up. */
export function needsOneRow(takes: readonly Take[]): boolean {
  return takes.some((take) => take.from === 'field' && !isAdditive(take.measure))
}

/** What the measure comes to where there are no rows. */
export function ofNone(measure: MeasureKey): 0 | null {
  return isAdditive(measure) || !isNamed(measure) ? 0 : null
}

/** A measure in the words of a question. */
export function labelOf(measure: MeasureKey): string {
  if (isNamed(measure)) return MEASURES[measure].label
  const [kind, field] = [measure.slice(0, measure.indexOf(':')), measure.slice(measure.indexOf(':') + 1)]
  return `${kind === 'distinct' ? 'countDistinct' : 'count'} of ${field}`
}
