import type { Window } from '../query/query.js'
import type { Group, MeasureKey, Where } from './plan.js'

/** What a plan has to yield, once every filter can travel. */
export type Goal = {
  /** `requests` first: it decides which cells there are. */
  readonly measures: readonly MeasureKey[]
  readonly groups: readonly Group[]
  /** Bucket starts and the last end, epoch ms; `null` without a time axis. */
  readonly edges: readonly number[] | null
  readonly window: Window
  readonly where: Where
  /** Whether the unattributed cells of a group are wanted; a filter or a count may leave them out. */
  readonly wantsNull: (group: Group) => boolean
}
