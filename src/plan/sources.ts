import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import type { ListingEntry } from '../catalog/listings.js'
import { MEASURES } from '../catalog/measures.js'
import { READINGS } from '../catalog/readings.js'
import type { MeasureName, MeasureSource } from '../catalog/types.js'
import type { Endpoint, GraphName, GroupColumn } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Context, hasField, isThere } from './context.js'
import { isNamed } from './measures.js'
import type { MeasureKey, Take, Where } from './plan.js'
import { readValue } from './predicate.js'
import { constraintOn } from './where.js'

/** Which graphs give something of these measures, with what is taken from each. Only what the deployment has. */
export function graphTakes(
  measures: readonly MeasureKey[],
  where: Where,
  context: Context,
): readonly { readonly graph: GraphName; readonly takes: readonly Take[] }[] {
  const found = new Map<GraphName, Take[]>()
  for (const measure of measures) {
    const name = distinctAs(measure, context) ?? reportedAs(measure, where, context)
    for (const source of name === null ? [] : MEASURES[name].sources) {
      if (source.kind !== 'graph') continue
      const { graph, field, points } = source
      const endpoint = { kind: 'graph', name: graph } as const
      if (!isThere(endpoint, context) || !(points ?? [field]).every((one) => hasField(endpoint, one, context))) continue
      found.set(graph, [...(found.get(graph) ?? []), { measure, from: 'field', field, ...(points && { points }) }])
    }
  }
  return [...found].map(([graph, takes]) => ({ graph, takes }))
}

/** What the summary of the cache gives of these measures; empty when the deployment lacks it. */
export function summaryTakes(measures: readonly MeasureKey[], where: Where, context: Context): readonly Take[] {
  if (!isThere(CACHE_SUMMARY, context)) return []
  return measures.flatMap((measure): readonly Take[] => {
    const name = reportedAs(measure, where, context)
    return (name === null ? [] : MEASURES[name].sources).flatMap((source) =>
      source.kind === 'summary' && hasField(CACHE_SUMMARY, source.field, context)
        ? [{ measure, from: 'field', field: source.field } as const]
        : [],
    )
  })
}

/** The one summary endpoint there is. */
export const CACHE_SUMMARY: Endpoint = { kind: 'summary', name: 'cache' }

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
      // Its rows are requests: how many of them are rows of the datasource it does not say.
      if (!counted || context.rowMeasure !== 'requests') return []
      if (dimensionId(counted.group.dimension) !== dimensionId(dimension)) return []
      return [{ measure, from: counted.distinct ? 'distinct' : 'nonNull', reading: counted.group.reading }]
    }
    const takes = MEASURES[name].sources.flatMap((source) => listingTake(measure, source, listing, context) ?? [])
    return takes.slice(0, 1)
  })
}

/**
 * The measure under which the upstream reports a quantity. Some counts have one of their own (of error codes it is the errors); a
 * count of a field that a filter already asks a value of is the rows; `null` = a count that only the field's own listing gives.
 */
function reportedAs(measure: MeasureKey, where: Where, context: Context): MeasureName | null {
  if (isNamed(measure)) return measure
  const counted = context.counted.find((other) => other.measure === measure)
  if (!counted || counted.distinct) return null
  const { dimension, reading } = counted.group
  const own = READINGS[reading].countedAs ?? dimensionEntry(dimension).countedAs
  if (own !== undefined && context.rowMeasure === 'requests') return own
  const values = constraintOn(where, dimension)?.values
  if (!values) return null
  const present =
    values.kind === 'literal' ? values.values.every((text) => readValue(text, reading) !== null) : reading === 'text'
  return present ? context.rowMeasure : null
}

/** The measure under which a graph reports how many values a field has; `undefined` = none does. */
function distinctAs(measure: MeasureKey, { counted, rowMeasure }: Context): MeasureName | undefined {
  const count = counted.find((other) => other.measure === measure)
  if (rowMeasure !== 'requests' || count?.distinct !== true) return undefined
  return dimensionEntry(count.group.dimension).distinctAs
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
/** Those columns as a row names them. */
export const TOKEN_FIELDS: readonly string[] = ['totalTokens', 'avgInputTokens', 'avgOutputTokens']

const COLUMN_OF_FIELD: ReadonlyMap<string, GroupColumn> = new Map(
  Object.values(MEASURES).flatMap((measure) =>
    measure.sources.flatMap((source) =>
      source.kind === 'column'
        ? [[source.field, source.column] as const]
        : source.kind === 'average' && typeof source.from === 'string'
          ? [[source.field, source.from] as const]
          : [],
    ),
  ),
)

function listingTake(measure: MeasureKey, source: MeasureSource, listing: ListingEntry, context: Context): Take | null {
  switch (source.kind) {
    case 'graph':
    case 'summary':
      return null
    case 'row': {
      const carried = source.listings === 'counting' ? !listing.uncounted : source.listings.includes(listing.name)
      return carried && hasField(listing.endpoint, source.field, context) ? field(measure, source.field) : null
    }
    case 'column':
      return listing.optIn && hasField(listing.endpoint, source.field, context) ? field(measure, source.field) : null
    case 'average': {
      const { kind: _, from, ...product } = source
      if (typeof from === 'string' ? !listing.optIn : !from.includes(listing.name)) return null
      if (context.doubts.imprecise.has(`${endpointId(listing.endpoint)}:${source.proof}`)) return null
      const proven = source.proof === 'tokens' ? TOKEN_FIELDS : [source.field, source.times ?? 'requests']
      if (!proven.every((name) => hasField(listing.endpoint, name, context))) return null
      return { measure, from: 'average', ...product }
    }
  }
}

function field(measure: MeasureKey, name: string): Take {
  return { measure, from: 'field', field: name }
}
