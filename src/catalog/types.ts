import type { GraphName, GroupColumn, GroupName } from '../portkey/call.js'
import type { AggregationType, Datasource, Operator, Scalar } from './vocabulary.js'

/** What one datasource understands and where each part of it comes from. */
export type DatasourceEntry = {
  readonly name: Datasource
  readonly rows: Rows
  readonly fields: readonly FieldEntry[]
  readonly columns: readonly ColumnEntry[]
  /** Operators on any metadata key; extensions apart. */
  readonly metadata: { readonly operators: readonly Operator[]; readonly extensionOperators: readonly Operator[] }
}

/** Which of the upstream's requests are rows of a datasource. */
export type Rows =
  | { readonly kind: 'all' }
  /** Those where this field (its catalogue name) is not null. */
  | { readonly kind: 'having'; readonly field: string }
  /** Those that ended in one of these status codes. */
  | { readonly kind: 'status'; readonly codes: readonly number[] }
  /** No filter of the upstream picks them out, but this measure counts them: `total` is the measure. */
  | { readonly kind: 'counted'; readonly measure: 'hits' }

/** Something to group or filter by. */
export type FieldEntry = {
  /** The one name used inside; also how the language spells it first. */
  readonly name: string
  /** Other spellings, understood in every place. */
  readonly aliases: readonly string[]
  readonly type: 'string' | 'number' | 'boolean' | 'array'
  /** Operators of the language on this field; empty = not filterable there. */
  readonly operators: readonly Operator[]
  /** Operators this service adds. */
  readonly extensionOperators: readonly Operator[]
  readonly groupable: 'language' | 'extension' | 'no'
  /** Key of the group value in a reply. */
  readonly responseKey: string
  /** The whole field is this service's own. */
  readonly extension: boolean
  /** A closed set: any other filter value is a 400 that lists it. */
  readonly values?: readonly Scalar[]
  /**
   * `IS_NULL true` is no constraint: in the language it picks the model-side rows of mixed traffic, and every request that
   * Portkey logs is one.
   */
  readonly nullMeansAll?: true
  readonly source: FieldSource
}

/** Dimensions that have a listing of their own, by the name of that listing. */
export type Dimension = Exclude<GroupName, 'users' | 'ai-models'>

/** Where a field's values come from upstream. */
export type FieldSource =
  /** A dimension; `reading` turns its text into the field's value. */
  | { readonly kind: 'dimension'; readonly dimension: Dimension; readonly reading: Reading }
  /** A key of the request metadata (a default: `METADATA_BINDINGS` can move it). */
  | { readonly kind: 'metadata'; readonly key: string }
  /** Parts of one graph's answer: no filter of the upstream names them. */
  | { readonly kind: 'part'; readonly part: PartName; readonly reading: Reading }
  /** A filter parameter without a listing. */
  | { readonly kind: 'parameter'; readonly parameter: ListParameter }
  /** A numeric range parameter; `usd` travels as cents. */
  | {
      readonly kind: 'range'
      readonly parameter: RangeParameter
      readonly unit: 'integer' | 'usd' | 'number'
    }
  /** Known to the language, unknown to Portkey: why, and what to ask instead. */
  | { readonly kind: 'unknown'; readonly why: string; readonly instead: string }

/** Filter parameters that take a list and have no listing. */
export type ListParameter = 'traceIds' | 'spanIds'

/** The numeric range filters of the upstream; `totalUnits` is all tokens, `cost` is in cents. */
export type RangeParameter = 'promptTokens' | 'completionTokens' | 'totalUnits' | 'cost' | 'weightedFeedback'

/**
 * `text`: as it is, `''` = null. `number`: a number. `errorText`: the status as text where ≥ 400, else null.
 * `isFailure`: status ≥ 400. `guardrailAction`: status 446 is `deny`, 246 `flag`, else null; `guardrailResult`: both are `fail`.
 * `rescue`: what came to the rescue, `retry` or `fallback`; `attempts`: which retry it was, null for a fallback.
 */
export type Reading =
  | 'text'
  | 'number'
  | 'errorText'
  | 'isFailure'
  | 'guardrailAction'
  | 'guardrailResult'
  | 'rescue'
  | 'attempts'

/** Dimensions that stand in the answer of one graph alone (`catalog/parts.ts`). */
export type PartName = 'cacheType' | 'rescue' | 'feedbackScore'

/** Something to aggregate. String fields take `count` and `countDistinct` without an entry here. */
export type ColumnEntry = {
  readonly name: string
  readonly aliases: readonly string[]
  readonly unit: 'USD' | 'tokens' | 'ms' | 'ratio' | 'percent' | 'count' | 'score'
  readonly extension: boolean
  /** Aggregations the language lets on it; all others are a 400. */
  readonly aggregations: readonly AggregationType[]
  /** Aggregations this service adds. */
  readonly extensionAggregations: readonly AggregationType[]
  /** How each is computed; one that is allowed but absent here is a 422 that says `why`. */
  readonly formulas: Readonly<Partial<Record<AggregationType, Formula>>>
  /** Why the rest is not to be had, and what to ask instead. */
  readonly why: string
  readonly instead: string
}

/** An aggregation over measures of one cell. `divideBy` turns cents into USD and per cent into ratios. */
export type Formula =
  /** `zeroIsNull`: the upstream writes 0 where there is nothing to measure, and 0 is no value that it can have. */
  | { readonly kind: 'measure'; readonly measure: MeasureName; readonly divideBy: number; readonly zeroIsNull?: true }
  /** Over the rows of the cell. */
  | { readonly kind: 'perRequest'; readonly measure: MeasureName; readonly divideBy: number }
  /** Over another measure, also in a cell without rows; null where that is 0. */
  | { readonly kind: 'ratio'; readonly measure: MeasureName; readonly over: MeasureName }
  /** The measure where another is more than 0, else null. */
  | { readonly kind: 'where'; readonly measure: MeasureName; readonly over: MeasureName }

/**
 * The quantities that formulas are made of. `…Cents` are US cents; `latency…` and `cacheLatencyAvg` ms; `cacheSpeedup` and `errorShare`
 * per cent.
 */
export type MeasureName =
  | 'requests'
  | 'inputTokens'
  | 'outputTokens'
  | 'totalTokens'
  | 'costCents'
  | 'errors'
  | 'latencyAvg'
  | 'latencySum'
  | 'latencyP50'
  | 'latencyP90'
  | 'latencyP95'
  | 'latencyP99'
  | 'hits'
  | 'savingsCents'
  | 'cacheLatencyAvg'
  | 'cacheSpeedup'
  | 'rescuedByRetry'
  | 'rescuedByFallback'
  | 'feedbackCount'
  | 'feedbackAvg'
  | 'feedbackSum'
  | 'errorShare'
  | 'users'
  | 'requestsPerUser'

/** A quantity the upstream reports. */
export type MeasureEntry = {
  readonly name: MeasureName
  /** In the words of a question, and what to ask when this is not to be had. */
  readonly label: string
  readonly instead: Instead
  /**
   * Additive measures add up over disjoint slices, and are 0 of no rows; whole ones come from one call that is exactly the cell, and
   * are null of no rows.
   */
  readonly kind: 'additive' | 'whole'
  /** Can be less than nothing, so that a part may have more of it than its whole. */
  readonly signed?: true
  readonly sources: readonly MeasureSource[]
}

/** What to ask in place of a measure that is not to be had. */
export type Instead =
  /** Begins a sentence that ends "with fewer filters", or groups, whichever the question has. */
  | { readonly kind: 'fewer'; readonly ask: string }
  | { readonly kind: 'always'; readonly text: string }
  /** Helps where a filter is in the way; else it is best left out. */
  | { readonly kind: 'underFilters'; readonly text: string }

/** A place where the upstream reports a measure; a plan takes whichever makes it cheapest. */
export type MeasureSource =
  /**
   * A field of a graph, for a whole window or a bucket of its series. `points`: the fields of a point that add up to it, where
   * they are others than the summary's.
   */
  | { readonly kind: 'graph'; readonly graph: GraphName; readonly field: string; readonly points?: readonly string[] }
  /** A figure of the summary endpoint: whole windows alone. */
  | { readonly kind: 'summary'; readonly summary: 'cache'; readonly field: string }
  /** A field that every row of these listings carries, without opting in; `counting`: of all that count requests. */
  | { readonly kind: 'row'; readonly listings: 'counting' | readonly ListingName[]; readonly field: string }
  /** An opt-in column of the newer listings. */
  | { readonly kind: 'column'; readonly column: GroupColumn; readonly field: string }
  /** An average that multiplies back to a sum, under the named proof. */
  | ({ readonly kind: 'average'; readonly from: GroupColumn | readonly ListingName[] } & Product)

/** A listing, by its short name. */
export type ListingName = GroupName | 'metadata' | 'errors/status-codes' | 'feedbacks/scores' | 'feedbacks/ai-models'

/** `field` of a row times its `times` (requests, unless told), over `per`. */
export type Product = {
  readonly field: string
  readonly times?: string
  /** 100 for per cent. */
  readonly per?: number
  readonly proof: ProofName
}

/**
 * What shows that an average multiplies back. `tokens`: products are whole and input + output = total. `hits`: products are whole,
 * the digits leave no other number, and the rows add up to the hits that are asked for beside. `precision`: more digits than any
 * rounding leaves.
 */
export type ProofName = 'tokens' | 'hits' | 'precision'
