/** How large a question may be. A body beyond one of these is refused with the limit named. */
export const LIMITS = {
  filters: 100,
  valuesPerFilter: 1_000,
  groupBy: 8,
  aggregations: 50,
  buckets: 11_000,
  /** Characters of a filter value. */
  valueLength: 1_024,
  /** Characters of a metadata key. */
  metadataKeyLength: 256,
  /** The largest `limit`. */
  rows: 10_000,
  /** Years of one bucket. */
  intervalYears: 100,
  /** Years that a timestamp may lie in, both included. */
  firstYear: 1970,
  lastYear: 9999,
} as const
