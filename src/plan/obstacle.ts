import { MEASURES } from '../catalog/measures.js'
import type { ServiceError } from '../errors.js'
import type { Query } from '../query/query.js'
import { type Context, isNamed } from './context.js'
import { labelOf } from './labels.js'
import type { MeasureKey } from './plan.js'
import { refuse } from './refusal.js'

/** Why nothing gives some measures exactly, in the words of the question, and what would work. */
export function impossible(measures: readonly MeasureKey[], query: Query, context: Context): ServiceError {
  const lacks = lackingFor(measures, context)
  const why = `Portkey cannot give ${measures.map(labelOf).join(', ')}${grouping(query)}${timing(query)} exactly${filtering(query)}.`
  return refuse({
    path: '',
    why: lacks.length === 0 ? why : `${why} This deployment lacks ${lacks.join(', ')}.`,
    instead: [...new Set(measures.map(alternative))].join(' '),
  })
}

function alternative(measure: MeasureKey): string {
  if (isNamed(measure)) return MEASURES[measure].instead
  return 'Leave that count out, or group by its field.'
}

function grouping({ groupBy }: Query): string {
  const names = groupBy.map((ref) => (ref.kind === 'metadata' ? `metadata.${ref.key}` : ref.name))
  return names.length === 0 ? '' : ` by ${names.join(', ')}`
}

function timing({ type }: Query): string {
  return type === 'timeseries' ? ' for each bucket' : ''
}

function filtering({ filters }: Query): string {
  if (filters.length === 0) return ''
  const names = new Set(filters.map(({ field }) => (field.kind === 'metadata' ? `metadata.${field.key}` : field.name)))
  return ` under the filter on ${[...names].join(', ')}`
}

/** What of the sources of these measures, and of the listings around them, the deployment was seen to lack. */
function lackingFor(measures: readonly MeasureKey[], { capabilities }: Context): readonly string[] {
  const graphs = new Set<string>(
    measures
      .filter(isNamed)
      .flatMap((measure) =>
        MEASURES[measure].sources.flatMap((source) => (source.kind === 'graph' ? [`graphs/${source.graph}`] : [])),
      ),
  )
  const relevant = (id: string) => id.startsWith('groups/') || graphs.has(id.split(':')[0] ?? id)
  return [...capabilities.missing, ...capabilities.lacking].filter(relevant).toSorted()
}
