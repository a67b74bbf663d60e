import type { MeasureName } from '../catalog/types.js'
import type { Output } from './formulas.js'

/**
 * Other formulas for the same aggregations, the fewest changes first. Where cells have to be added up, an average is its sum over a
 * count; where the errors are not counted, their share may be reported.
 */
export function substitutes(outputs: readonly Output[]): readonly (readonly Output[])[] {
  const present = SUBSTITUTES.filter(({ measure }) => outputs.some((output) => isOf(output, measure)))
  const sets = Array.from({ length: 2 ** present.length - 1 }, (_, index) =>
    present.filter((_, bit) => ((index + 1) >> bit) & 1),
  )
  return sets
    .toSorted((one, other) => one.length - other.length)
    .map((chosen) =>
      outputs.map((output) => chosen.find(({ measure }) => isOf(output, measure))?.instead(output.key) ?? output),
    )
}

type Substitute = { readonly measure: MeasureName; readonly instead: (key: string) => Output }

const SUBSTITUTES: readonly Substitute[] = [
  { measure: 'latencyAvg', instead: (key) => ({ key, kind: 'perRequest', measure: 'latencySum', divideBy: 1 }) },
  { measure: 'feedbackAvg', instead: (key) => ({ key, kind: 'ratio', measure: 'feedbackSum', over: 'feedbackCount' }) },
  // Per cent, as the upstream has it.
  { measure: 'errors', instead: (key) => ({ key, kind: 'measure', measure: 'errorShare', divideBy: 100 }) },
]

/** The errors themselves are no share: a count of them has no substitute. */
function isOf(output: Output, measure: MeasureName): boolean {
  if (output.kind === 'grouped' || output.measure !== measure) return false
  return measure !== 'errors' || output.kind === 'perRequest'
}
