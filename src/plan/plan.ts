import type { DimensionRef } from '../catalog/dimensions.js'
import type { MeasureName, Reading } from '../catalog/types.js'
import type { Endpoint, GroupColumn, WireRange } from '../portkey/call.js'
import type { Predicate, Window } from '../query/query.js'

/** A quantity of a cell: a measure of the upstream, or a count over a dimension's values. */
export type MeasureKey = MeasureName | `nonNull:${string}` | `distinct:${string}`

/** A group value in a table and in a reply. */
export type GroupValue = string | number | boolean | null

/** One thing to group by: the upstream's dimension and how its text becomes the field's value. */
export type Group = {
  /** Stable name of the field, unique in a question. */
  readonly id: string
  readonly dimension: DimensionRef
  readonly reading: Reading
}

/** Values of a filter: known while planning, or bound by an `each` while running. */
export type Values =
  | { readonly kind: 'literal'; readonly values: readonly string[] }
  | { readonly kind: 'slot'; readonly slot: string }

/** "This dimension has one of these values." */
export type Constraint = { readonly dimension: DimensionRef; readonly values: Values }

/** What a call filters by. */
export type Where = {
  readonly constraints: readonly Constraint[]
  readonly ranges: Readonly<Partial<Record<RangeParameter, WireRange>>>
}
export type RangeParameter = 'promptTokens' | 'completionTokens' | 'totalUnits' | 'cost' | 'weightedFeedback'

/** How one measure is read off an answer. */
export type Take =
  | { readonly measure: MeasureKey; readonly from: 'field'; readonly field: string }
  /** Average × requests of the same row. */
  | {
      readonly measure: MeasureKey
      readonly from: 'average'
      readonly field: string
      readonly proof: 'tokens' | 'precision'
    }
  /** Requests of the rows whose value, read as `reading`, is not null. */
  | { readonly measure: MeasureKey; readonly from: 'nonNull'; readonly reading: Reading }
  /** How many different values, null excluded. */
  | { readonly measure: MeasureKey; readonly from: 'distinct'; readonly reading: Reading }

/** What of an answer becomes cells. */
export type Read =
  /** A graph's whole window: one cell. */
  | { readonly kind: 'window'; readonly takes: readonly Take[] }
  /** A graph's points inside `keep`: one cell a point. `step` is what the plan assumes, in ms. */
  | { readonly kind: 'points'; readonly takes: readonly Take[]; readonly step: number; readonly keep: Window }
  /** A listing's rows: one cell a value; values that read alike are added up. */
  | { readonly kind: 'rows'; readonly group: Group; readonly takes: readonly Take[] }
  /** A listing's rows added up: one cell. `single`: sound only if there is no more than one row. */
  | { readonly kind: 'sum'; readonly takes: readonly Take[]; readonly single: boolean }

/**
 * A plan: a small tree of values, printable as it is. Every node yields a table of cells × measures.
 */
export type Plan =
  | CallNode
  | MergeNode
  | AddNode
  | SubtractNode
  | EachNode
  | RebucketNode
  | KeepNode
  | GuardNode
  | EmptyNode

/** One upstream request (a listing: as many as it has pages). */
export type CallNode = {
  readonly op: 'call'
  readonly endpoint: Endpoint
  readonly window: Window
  readonly where: Where
  readonly columns: readonly GroupColumn[]
  readonly read: Read
}

/** Measures of the same cells from several plans. The first part decides which cells there are. */
export type MergeNode = { readonly op: 'merge'; readonly parts: readonly Plan[] }

/** Disjoint slices: cells that coincide add up (additive measures only), others stand beside each other. */
export type AddNode = { readonly op: 'add'; readonly parts: readonly Plan[] }

/**
 * `part`, with the unattributed group of `group` made whole: measures of that group that `part` does not give are the whole
 * minus the other rows. Asked only when needed: `check` counts the requests of the whole where `part` may not show the group
 * (`null` where it would), `whole` carries every measure that can be subtracted.
 */
export type SubtractNode = {
  readonly op: 'subtract'
  readonly group: Group
  readonly part: Plan
  readonly check: Plan | null
  readonly whole: Plan | null
  /** The listing behind `part` is known to show the group if there is one. */
  readonly shown: boolean
}

/** One value a sub-plan gets: what it is called in the reply and what is pushed down for it. */
export type EachItem = { readonly value: GroupValue; readonly push: readonly string[] }

/** Where an `each` gets its values from. */
export type Source =
  | { readonly kind: 'literal'; readonly items: readonly EachItem[] }
  /** A table with one group, read as `text`. */
  | { readonly kind: 'listing'; readonly of: Plan }

/**
 * A sub-plan over the values of a dimension, bound to `slot`. `group`: one run a value, which becomes a group.
 * `together`: one run with all the values pushed at once. `sum`: one run a value, added up (additive measures only).
 */
export type EachNode = {
  readonly op: 'each'
  readonly slot: string
  readonly source: Source
  readonly how: How
  /** The values travel in a comma-separated list. */
  readonly inList: boolean
  readonly body: Plan
}
export type How =
  | {
      readonly kind: 'group'
      readonly group: Group
      /** The body's requests must equal the listing's row: what is pushed beside the value was guessed. */
      readonly verify: boolean
    }
  | { readonly kind: 'together' }
  | { readonly kind: 'sum' }

/** Fine points into buckets. `exact`: a bucket must be one point, for measures that do not add up. */
export type RebucketNode = {
  readonly op: 'rebucket'
  readonly of: Plan
  /** Bucket starts and the last end, epoch ms. */
  readonly edges: readonly number[]
  readonly exact: boolean
}

/** The rows whose value in `group`'s column passes every predicate. */
export type KeepNode = {
  readonly op: 'keep'
  readonly of: Plan
  readonly group: Group
  readonly predicates: readonly Predicate[]
}

/**
 * `of`, on the condition that no request is without a value: `check` counts the requests (`requests`) and those with a value
 * (`measure`) of the whole window. `trusted`: the listing behind `check` is known to show what is unattributed; if not,
 * `measure` is held against the requests of `of`.
 */
export type GuardNode = {
  readonly op: 'guard'
  readonly measure: MeasureKey
  readonly check: Plan
  readonly trusted: boolean
  readonly of: Plan
}

/** No row can match: no call. */
export type EmptyNode = { readonly op: 'empty'; readonly measures: readonly MeasureKey[] }
