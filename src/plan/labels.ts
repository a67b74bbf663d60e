import { MEASURES } from '../catalog/measures.js'
import { isNamed } from './context.js'
import type { MeasureKey } from './plan.js'

/** A measure in the words of a question. */
export function labelOf(measure: MeasureKey): string {
  if (isNamed(measure)) return MEASURES[measure].label
  const [kind, field] = [measure.slice(0, measure.indexOf(':')), measure.slice(measure.indexOf(':') + 1)]
  return `${kind === 'distinct' ? 'countDistinct' : 'count'} of ${field}`
}
