import { MEASURES } from '../catalog/measures.js'
import type { ColumnEntry, DatasourceEntry } from '../catalog/types.js'
import { AGGREGATION_TYPES } from '../catalog/vocabulary.js'

/** Aggregations that are answered only where the data allows it, and where that is. */
export type Condition = { readonly uses: readonly string[]; readonly message: string }

/**
 * What the planner cannot know beforehand. Where a datasource's rows are told by a metadata field, Portkey picks them out value by
 * value, and figures that do not add up over separate calls can be had of a single value alone.
 */
export function conditionsOf(
  { rows, fields }: DatasourceEntry,
  { formulas }: ColumnEntry,
  answers: (use: string) => boolean,
): readonly Condition[] {
  if (rows.kind !== 'having') return []
  const field = rows.field
  if (fields.find(({ name }) => name === field)?.source.kind !== 'metadata') return []
  const single = `Portkey picks the rows out by one value of ${field} a call, and this does not add up over calls: it is answered where a single ${field} is left, as by a filter ${field} IN with one value`
  const usesOf = (kind: Adding) =>
    AGGREGATION_TYPES.filter((type) => answers(type) && addingOf(formulas[type]?.measure) === kind)
  return [
    { uses: usesOf('never'), message: `${single}, and by groupBy ${field}.` },
    { uses: usesOf('when precise'), message: `${single}, or where Portkey's averages are precise enough to add up.` },
  ].filter(({ uses }) => uses.length > 0)
}

type Adding = 'never' | 'when precise' | 'always'

/** Whether a measure adds up over disjoint rows. */
function addingOf(name: keyof typeof MEASURES | undefined): Adding {
  if (name === undefined) return 'always'
  const { kind, sources } = MEASURES[name]
  if (kind !== 'additive') return 'never'
  return sources.every((source) => source.kind === 'average' && source.proof === 'precision')
    ? 'when precise'
    : 'always'
}
