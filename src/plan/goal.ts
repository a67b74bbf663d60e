import type { Window } from '../query/query.js'
import type { Group, MeasureKey, Where } from './plan.js'
import { passes, type Test } from './predicate.js'

/** What a plan has to yield, once every filter can travel. */
export type Goal = {
  /** What counts the datasource's rows comes first: it decides which cells there are. */
  readonly measures: readonly MeasureKey[]
  readonly groups: readonly Group[]
  /** Bucket starts and the last end, epoch ms; `null` without a time axis. */
  readonly edges: readonly number[] | null
  readonly window: Window
  readonly where: Where
  /** What the rows of a group are tested for at the end, so that rows that fail need not be asked for. */
  readonly testsOf: (group: Group) => readonly Test[]
}

/** Whether the unattributed cells of a group are wanted. */
export function wantsNull(goal: Goal, group: Group): boolean {
  return passes('', goal.testsOf(group))
}
