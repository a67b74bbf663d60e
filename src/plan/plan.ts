import type { DimensionRef } from '../catalog/dimensions.js'
import type { SplitField } from '../catalog/parts.js'
import type { MeasureName, Product, RangeParameter, Reading } from '../catalog/types.js'
import type { GroupValue } from '../catalog/vocabulary.js'
import type { Endpoint, GroupColumn, WireRange } from '../portkey/call.js'
import type { Window } from '../query/query.js'
import type { Test } from './predicate.js'

/** A quantity of a cell: a measure of the upstream, or a count over a dimension's values. */
export type MeasureKey = MeasureName | `nonNull:${string}` | `distinct:${string}`

/** A group value in a table and in a reply. */
export type { GroupValue } from '../catalog/vocabulary.js'

/** One thing to group by: the upstream's dimension and how its text becomes the field's value. */
export type Group = {
  /** Unique in a plan. */
  readonly id: string
  /** What a question calls it. */
  readonly label: string
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

/** How one measure is read off an answer. */
export type Take =
  /** `points`: the fields of a point that add up to it, where a point has others than the summary. */
  | {
      readonly measure: MeasureKey
      readonly from: 'field'
      readonly field: string
      readonly points?: readonly string[]
    }
  /** Average × requests, or another count, of the same row. */
  | ({ readonly measure: MeasureKey; readonly from: 'average' } & Product)
  /** Fields of a point, each a value of a dimension. */
  | { readonly measure: MeasureKey; readonly from: 'split'; readonly fields: readonly SplitField[] }
  /** Requests of the rows whose value, read as `reading`, is not null. */
  | { readonly measure: MeasureKey; readonly from: 'nonNull'; readonly reading: Reading }
  /** How many different values, null excluded. */
  | { readonly measure: MeasureKey; readonly from: 'distinct'; readonly reading: Reading }

/** What of an answer becomes cells. */
export type Read =
  /** A graph's or a summary's whole window: one cell. */
  | { readonly kind: 'window'; readonly takes: readonly Take[] }
  /** A graph's points inside `keep`: one cell a point. `step` is what the plan assumes, in ms. */
  | { readonly kind: 'points'; readonly takes: readonly Take[]; readonly step: number; readonly keep: Window }
  /** A graph's points, one cell a point and value; `step` null: added up over the window, one cell a value. */
  | {
      readonly kind: 'split'
      readonly group: Group
      readonly takes: readonly Take[]
      readonly step: number | null
      readonly keep: Window
    }
  /** A listing's rows: one cell a value; values that read alike are added up. */
  | { readonly kind: 'rows'; readonly group: Group; readonly takes: readonly Take[] }
  /** A listing's rows added up: one cell. What does not add up (`needsOneRow`) is sound only if there is no more than one row. */
  | { readonly kind: 'sum'; readonly takes: readonly Take[] }

/**
 * A plan: a small tree of values, printable as it is. Every node yields a table of cells × measures.
 */
export type Plan =
  | CallNode
  | MergeNode
  | AddNode
  | MinusNode
  | SubtractNode
  | EachNode
  | PairNode
  | RebucketNode
  | KeepNode
  | FoldNode
  | SpreadNode
  | GuardNode
  | BalanceNode
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

/** Whole minus part, cell by cell (additive measures only): what a filter that the upstream lacks would leave. */
export type MinusNode = { readonly op: 'minus'; readonly whole: Plan; readonly part: Plan }

/**
 * `part`, with the unattributed cells of `group` made whole: what `part` does not give of them is `whole` minus the cells that
 * have a value. Asked only when needed.
 */
export type SubtractNode = {
  readonly op: 'subtract'
  /** Names this part of the plan, so that another plan can go without it. */
  readonly at: string
  readonly group: Group
  readonly part: Plan
  /** The part is the group's own listing: a `''` row that `listing` shows is in it. */
  readonly own: boolean
  /** The group's values with their requests, read as text; its `''` row shows whether anything is unattributed. */
  readonly listing: Plan
  readonly check: Check
  /**
   * The same cells without the group; `null` when some measure does not add up, so that such a group must be refused. With such
   * measures it has the rows alone, and the group must turn out to have none.
   */
  readonly whole: Plan | null
  /**
   * The same cells without the group, all measures: the unattributed cells themselves, where nothing has a value. Asked only then;
   * `null` where `whole` gives all of them.
   */
  readonly alone: Plan | null
  /** What counts the rows of a cell. */
  readonly rowMeasure: MeasureKey
  /** Measures that do not add up and that `part` does not give for the unattributed group. */
  readonly indivisible: readonly MeasureKey[]
}

/**
 * The requests of the whole, to hold a listing against that shows no `''` row. `trusted`: listings of its kind are known to show
 * one if there is one, so only an empty listing has to be checked (one of an unknown metadata key is empty whatever there is).
 */
export type Check = { readonly plan: Plan; readonly trusted: boolean }

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
  /** Names this part of the plan, so that another plan can go without it. */
  readonly at: string
  readonly slot: string
  /** Whose values these are, and what a question calls it. */
  readonly dimension: DimensionRef
  readonly field: string
  readonly source: Source
  readonly how: How
  /** More values than this cannot be put together; `null`: any number can. */
  readonly most: number | null
  /** How many values were expected; more of them and the question is planned again. `null`: however many. */
  readonly expected: number | null
  /** Where requests without a value pass too, the listing must account for all requests; `null` where they don't. */
  readonly check: Check | null
  readonly body: Plan
}
/** What an `each` makes of its values; see `EachNode`. */
export type How =
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'together' }
  | { readonly kind: 'sum' }
  /** One run, with nothing bound, if there is no value at all. */
  | { readonly kind: 'unless' }

/**
 * The body with the other half of a `provider__model` pair bound to `slot`. Where that half was guessed, or some of its values
 * cannot travel, the pairs must account for every request of the half that is given.
 */
export type PairNode = {
  readonly op: 'pair'
  readonly at: string
  readonly slot: string
  /** What a question calls the half that is paired with. */
  readonly field: string
  readonly source:
    | { readonly kind: 'listing'; readonly of: Plan }
    | { readonly kind: 'known'; readonly values: readonly string[] }
  readonly proof: {
    /** The given half's own listing, and which of its rows the filter means. */
    readonly own: Plan
    readonly values: Values
    /** Requests of the pairs. */
    readonly asked: Plan
  }
  readonly body: Plan
}

/** Fine points into buckets; what does not add up is only ever planned with one point a bucket. */
export type RebucketNode = {
  readonly op: 'rebucket'
  readonly of: Plan
  /** Bucket starts and the last end, epoch ms. */
  readonly edges: readonly number[]
}

/** The rows whose value in `group`'s column, a text of its dimension, passes every test; with `negated`, the others. */
export type KeepNode = {
  readonly op: 'keep'
  readonly of: Plan
  readonly group: Group
  readonly tests: readonly Test[]
  readonly negated: boolean
}

/** A group left out: additive measures add up over its values, counts are taken over them. */
export type FoldNode = {
  readonly op: 'fold'
  readonly of: Plan
  readonly group: Group
  /** `distinct` counts the values with requests, otherwise the requests with a value; null excluded. */
  readonly counts: readonly { readonly measure: MeasureKey; readonly distinct: boolean }[]
  /** What counts the rows of a cell. */
  readonly rowMeasure: MeasureKey
}

/** One group column read as several fields of the same dimension. */
export type SpreadNode = {
  readonly op: 'spread'
  readonly of: Plan
  readonly from: Group
  readonly to: readonly Group[]
}

/**
 * `of` with counts that equal its requests, on the condition that the whole window has no request without a value: `listing` shows
 * no `''` row, nor hides one.
 */
export type GuardNode = {
  readonly op: 'guard'
  readonly measure: MeasureKey
  /** What counts the rows of a cell. */
  readonly rowMeasure: MeasureKey
  readonly listing: Plan
  readonly check: Check
  readonly of: Plan
}

/** A listing whose `measure`, multiplied back from averages, must add up over its rows to what `total` has of it. */
export type BalanceNode = {
  readonly op: 'balance'
  readonly measure: MeasureKey
  readonly of: CallNode
  readonly total: Plan
}

/** No row can match: no call. */
export type EmptyNode = { readonly op: 'empty'; readonly measures: readonly MeasureKey[] }
