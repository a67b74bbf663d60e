/**
 * A decoded answer. Field names are ours (camelCase, see the endpoint table); units are the upstream's: cents, milliseconds,
 * tokens, percent where the upstream says percent. A field the upstream did not send is absent, never zero.
 */
export type Answer = SeriesAnswer | ListingAnswer | SummaryAnswer

/** A graph that is a series over time. */
export type SeriesAnswer = {
  readonly kind: 'series'
  /** Bucket starts, epoch ms, ascending, evenly spaced by `step`. */
  readonly starts: readonly number[]
  /** One array a field, as long as `starts`; `null` where the upstream sent null. */
  readonly fields: Readonly<Record<string, readonly (number | null)[]>>
  /** The whole window's figures; empty when the summary is missing. */
  readonly summary: Readonly<Record<string, number | null>>
  /** Distance of the points in ms, read off the answer; `null` with fewer than two points. */
  readonly step: number | null
}

/** Rows by a dimension's value: a group listing with all its pages, or a graph that is not a series. `''` = requests without one. */
export type ListingAnswer = {
  readonly kind: 'listing'
  readonly values: readonly string[]
  /** One array a field, as long as `values`; `null` where the upstream sent null. */
  readonly fields: Readonly<Record<string, readonly (number | null)[]>>
}

/** One row of figures for the whole window. */
export type SummaryAnswer = {
  readonly kind: 'summary'
  readonly summary: Readonly<Record<string, number | null>>
}

/** An answer and what it cost. */
export type Fetched = {
  readonly answer: Answer
  /** HTTP requests sent, retries and pages included. */
  readonly requests: number
  /** Epoch ms at which the first of the requests that brought it was sent. */
  readonly fetchedAt: number
}
