import { type DimensionRef, dimensionEntry, dimensionId } from '../catalog/dimensions.js'
import { listingsOf } from '../catalog/listings.js'
import { MEASURES } from '../catalog/measures.js'
import type { ServiceError } from '../errors.js'
import { nameOfRef } from '../query/fields.js'
import type { Query } from '../query/query.js'
import { placeOf } from './capabilities.js'
import type { Context } from './context.js'
import { isNamed, labelOf } from './measures.js'
import type { MeasureKey } from './plan.js'
import { refuse } from './refusal.js'
import { listingFor } from './values.js'

/** Why nothing gives some measures exactly, in the words of the question, and what would work. */
export function impossible(measures: readonly MeasureKey[], query: Query, context: Context): ServiceError {
  const lacks = lackingFor(measures, context)
  const why = `Portkey cannot give ${measures.map(labelOf).join(', ')}${grouping(query)}${timing(query)} exactly${filtering(query)}.`
  const unsaid = unfilterable(context)
  const instead = new Set(
    unsaid.length === 0 ? measures.map((measure) => alternative(measure, query, context)) : unsaid.map(around),
  )
  const noFilter = unsaid.length === 0 ? '' : ` It has no filter by ${unsaid.map(context.nameOf).join(', ')}.`
  return refuse({
    path: '',
    why: `${why}${noFilter}${lacks.length === 0 ? '' : ` This deployment lacks ${lacks.join(', ')}.`}`,
    instead: [...instead].join(' '),
  })

  function around(dimension: DimensionRef): string {
    const { instead } = dimensionEntry(dimension)
    if (instead !== undefined) return instead
    const name = context.nameOf(dimension)
    if (listingsOf(dimension).length === 0) return `Ask by ${name} for total alone, or without ${name}.`
    if (!listingFor(dimension, context)) return `Ask without ${name}.`
    return `Ask by ${name} for what its listing carries alone, or without ${name}.`
  }
}

/** Dimensions of a question that no filter of the upstream can say: by them it gives what one answer carries, and nothing else. */
function unfilterable({ dimensions }: Context): readonly DimensionRef[] {
  const named = new Map(
    dimensions
      .filter((dimension) => dimensionEntry(dimension).filter === 'none')
      .map((dimension) => [dimensionId(dimension), dimension] as const),
  )
  return [...named.values()]
}

function alternative(measure: MeasureKey, { filters, groupBy }: Query, context: Context): string {
  if (!isNamed(measure)) return 'Leave that count out.'
  // What is in the way where nobody filters or groups is what makes a request a row of the datasource.
  const [rows] = filters.length + groupBy.length === 0 && measure === context.rowMeasure ? context.dimensions : []
  if (rows) return `Filter ${context.nameOf(rows)} with IN and one value.`
  const { instead } = MEASURES[measure]
  switch (instead.kind) {
    case 'always':
      return instead.text
    case 'fewer': {
      const both = groupBy.length > 0 ? 'filters or groups' : 'filters'
      return `${instead.ask} with fewer ${filters.length > 0 ? both : 'groups'}.`
    }
    case 'underFilters':
      if (filters.length > 0) return instead.text
      return groupBy.length > 0 ? 'Leave it out, or group by fewer fields.' : 'Leave it out.'
  }
}

function grouping({ groupBy }: Query): string {
  const names = groupBy.map(nameOfRef)
  return names.length === 0 ? '' : ` by ${names.join(', ')}`
}

function timing({ type }: Query): string {
  return type === 'timeseries' ? ' for each bucket' : ''
}

function filtering({ filters }: Query): string {
  if (filters.length === 0) return ''
  const names = new Set(filters.map(({ field }) => nameOfRef(field)))
  return ` under the filter on ${[...names].join(', ')}`
}

/** What of the sources of these measures, and of the listings of the fields in the question, the deployment was seen to lack. */
function lackingFor(measures: readonly MeasureKey[], context: Context): readonly string[] {
  const missing = new Set([...context.capabilities.missing, ...context.doubts.missing])
  const { lacking } = context.capabilities
  const graphs = measures
    .filter(isNamed)
    .flatMap((measure) =>
      MEASURES[measure].sources.flatMap((source) => (source.kind === 'graph' ? [`graphs/${source.graph}`] : [])),
    )
  const listings = context.dimensions.flatMap(listingsOf).map(({ endpoint }) => placeOf(endpoint))
  const relevant = new Set([...graphs, ...listings])
  return [...missing, ...lacking].filter((id) => relevant.has(id.split(':')[0] ?? id)).toSorted()
}
