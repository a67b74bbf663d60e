import { AGGREGATIONS } from './malformed/aggregations.js'
import { BUCKETS } from './malformed/buckets.js'
import type { Malformed } from './malformed/cases.js'
import { FILTERS } from './malformed/filters.js'
import { GROUPS } from './malformed/groups.js'
import { OPERATORS } from './malformed/operators.js'
import { SHAPE } from './malformed/shape.js'
import { TIMES } from './malformed/times.js'

export type { Malformed } from './malformed/cases.js'

/** More than 150 bodies, each wrong in one way. Shared with the tests of the HTTP edge. */
export const MALFORMED: readonly Malformed[] = [
  ...SHAPE,
  ...TIMES,
  ...BUCKETS,
  ...GROUPS,
  ...AGGREGATIONS,
  ...FILTERS,
  ...OPERATORS,
]
