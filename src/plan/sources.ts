import { type DimensionRef, dimensionId, type ListingEntry } from '../catalog/dimensions.js'
import { MEASURES } from '../catalog/measures.js'
import type { MeasureName, MeasureSource } from '../catalog/types.js'
import type { GraphName, GroupColumn } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Context, constraintOn, hasField, isNamed, isThere } from './context.js'
import type { MeasureKey, Take, Where } from './plan.js'
import { readValue } from './predicate.js'

/** Which graphs give something of these measures, with what is taken from each. Only what the deployment has. */
export function graphTakes(
  measures: readonly MeasureKey[],
  where: Where,
  context: Context,
): readonly { readonly graph: GraphName; readonly takes: readonly Take[] }[] {
  const found = new Map<GraphName, Take[]>()
  for (const measure of measures) {
    const name = reportedAs(measure, where, context)
    for (const source of name === null ? [] : MEASURES[name].sources) {
      if (source.kind !== 'graph') continue
      const endpoint = { kind: 'graph', name: source.graph } as const
      if (!isThere(endpoint, context) || !hasField(endpoint, source.field, context)) continue
      found.set(source.graph, [...(found.get(source.graph) ?? []), { measure, from: 'field', field: source.field }])
    }
  }
  return [...found].map(([graph, takes]) => ({ graph, takes }))
}

/** What a listing of `dimension` gives of these measures; empty when the deployment lacks it. */
export function listingTakes(
  measures: readonly MeasureKey[],
  dimension: DimensionRef,
  listing: ListingEntry,
  where: Where,
  context: Context,
): readonly Take[] {
  if (!isThere(listing.endpoint, context)) return []
  return measures.flatMap((measure): readonly Take[] => {
    const name = reportedAs(measure, where, context)
    if (name === null) {
      const counted = context.counted.find((other) => other.measure === measure)
      if (!counted || dimensionId(counted.group.dimension) !== dimensionId(dimension)) return []
      return [{ measure, from: counted.distinct ? 'distinct' : 'nonNull', reading: counted.group.reading }]
    }
    const takes = MEASURES[name].sources.flatMap((source) => listingTake(measure, source, listing, context) ?? [])
    return takes.slice(0, 1)
  })
}

/**
 * The measure under which the upstream reports a quantity. A count of error codes is the errors; a count of a field that a filter already asks a value of is the requests;
 * `null` = a count that only the field's own listing gives.
 */
function reportedAs(measure: MeasureKey, where: Where, context: Context): MeasureName | null {
  if (isNamed(measure)) return measure
  const counted = context.counted.find((other) => other.measure === measure)
  if (counted?.group.reading === 'errorText' && !counted.distinct) return 'errors'
  const values = counted && constraintOn(where, counted.group.dimension)?.values
  if (!counted || counted.distinct || !values) return null
  const present =
    values.kind === 'literal' ? values.values.every((text) => readValue(text, counted.group.reading) !== null) : true
  return present && (values.kind === 'literal' || counted.group.reading === 'text') ? 'requests' : null
}

/** The opt-in columns that takes need, sorted. */
export function columnsOf(takes: readonly Take[], optIn: boolean): readonly GroupColumn[] {
  if (!optIn) return []
  const columns = new Set<GroupColumn>()
  for (const take of takes) {
    if (take.from === 'average' && take.proof === 'tokens') for (const column of TOKEN_COLUMNS) columns.add(column)
    if (take.from !== 'field' && take.from !== 'average') continue
    const column = COLUMN_OF_FIELD.get(take.field)
    if (column) columns.add(column)
  }
  return [...columns].toSorted()
}

/** Asked for together, so that input + output = total can prove the averages (DESIGN, "Plan"). */
const TOKEN_COLUMNS: readonly GroupColumn[] = ['total_tokens', 'avg_input_tokens', 'avg_output_tokens']
export const TOKEN_FIELDS: readonly string[] = ['totalTokens', 'avgInputTokens', 'avgOutputTokens']

const COLUMN_OF_FIELD: ReadonlyMap<string, GroupColumn> = new Map(
  Object.values(MEASURES).flatMap((measure) =>
    measure.sources.flatMap((source) =>
      source.kind === 'column' || source.kind === 'average' ? [[source.field, source.column] as const] : [],
    ),
  ),
)

function listingTake(measure: MeasureKey, source: MeasureSource, listing: ListingEntry, context: Context): Take | null {
  if (source.kind === 'graph') return null
  if (source.kind === 'row') {
    const carried = source.listings === 'all' || source.listings.some((name) => name === listing.name)
    return carried && hasField(listing.endpoint, source.field, context) ? field(measure, source.field) : null
  }
  if (!listing.optIn || !hasField(listing.endpoint, source.field, context)) return null
  if (source.kind === 'column') return field(measure, source.field)
  if (context.doubts.imprecise.has(`${endpointId(listing.endpoint)}:${source.proof}`)) return null
  const proven = source.proof === 'tokens' ? TOKEN_FIELDS : [source.field]
  if (!proven.every((name) => hasField(listing.endpoint, name, context))) return null
  return { measure, from: 'average', field: source.field, proof: source.proof }
}

function field(measure: MeasureKey, name: string): Take {
  return { measure, from: 'field', field: name }
}
