import { ServiceError } from '../errors.js'
import { isSigned } from '../plan/measures.js'
import type { MeasureKey } from '../plan/plan.js'
import type { Cell } from './table.js'

/** Operands within this share of the larger are equal: sums of floats in another order. */
const EQUAL_WITHIN = 1e-9

/**
 * Whole minus parts of an additive measure; 0 where the operands are equal but for rounding, and below that where late arrivals
 * can have come between the calls. What can be negative tells nothing of that: the counts beside it do. Throws `Inconsistent` where the parts of a settled window are more than their whole, and where
 * operands of an unsettled one differ that are of different moments.
 */
export function difference(whole: Cell, parts: number, measure: MeasureKey, when: When): number {
  const left = (whole ?? 0) - parts
  if (Math.abs(left) <= EQUAL_WITHIN * Math.max(Math.abs(whole ?? 0), Math.abs(parts))) return 0
  if (!when.settled && when.torn()) throw new Inconsistent(measure)
  if (left > 0 || isSigned(measure)) return left
  if (when.settled) throw new Inconsistent(measure)
  return 0
}

/** What is known of the moments that operands are of. */
export type When = {
  /** Nothing can still arrive in the window. */
  readonly settled: boolean
  /** Some of what was used so far was held from a moment well before. */
  readonly torn: () => boolean
}

/** The parts of a settled window are more than its whole: both are fetched afresh once, then this is the answer. */
export class Inconsistent extends ServiceError {
  constructor(measure: MeasureKey) {
    super(
      'UPSTREAM_INCONSISTENT',
      `Portkey's own figures contradict each other: parts of a window have more ${measure} than the whole. Try again later.`,
    )
  }
}
