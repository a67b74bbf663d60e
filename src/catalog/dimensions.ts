import { USER_KEY } from './subjects.js'
import type { Dimension, ListParameter, MeasureName, PartName } from './types.js'

/** A dimension of the upstream: with a listing of its own, a key of the request metadata, a part of a graph, or a filter alone. */
export type DimensionRef =
  | { readonly kind: 'dimension'; readonly name: Dimension }
  | { readonly kind: 'metadata'; readonly key: string }
  | { readonly kind: 'part'; readonly name: PartName }
  | { readonly kind: 'parameter'; readonly name: ListParameter }

/** How a value of the dimension travels as a filter: a list parameter, half of a `provider__model` pair, or not at all. */
export type FilterPath =
  | 'statusCodes'
  | 'apiKeyIds'
  | 'configs'
  | 'promptSlugs'
  | 'traceIds'
  | 'spanIds'
  | 'pair'
  | 'metadata'
  | 'none'

/** What plans rest on about a dimension: how it filters, who lacks a value of it, how many values there are. */
export type DimensionEntry = {
  readonly filter: FilterPath
  /** Every request has a value, so a listing without a `''` row is complete. */
  readonly attributed: boolean
  /** The language counts some requests as having no value, even if the upstream shows one for each it knows. */
  readonly nullable: boolean
  /** At most one row is expected: a key's own workspace. */
  readonly single?: true
  /** How many values it usually has: prices rest on it until it was listed. */
  readonly usual: number
  /** All the texts there are, where they are a closed set: a filter is the list of those that pass, and no listing is needed. */
  readonly closed?: readonly string[]
  /** The measure under which the upstream reports how many requests have a value. */
  readonly countedAs?: MeasureName
  /** The measure under which a graph reports how many values there are. */
  readonly distinctAs?: MeasureName
  /** Why its rows are no requests, so that requests with a value of it cannot be counted, and what to ask instead. */
  readonly uncountable?: { readonly why: string; readonly instead: string }
  /** What to ask where it stands beside what its listing does not carry, if there is more to say than to leave it out. */
  readonly instead?: string
}

/** The status codes there are. */
export const STATUS_CODES: readonly string[] = Array.from({ length: 500 }, (_, index) => String(100 + index))

const DIMENSIONS: Readonly<Record<Dimension, DimensionEntry>> = {
  model: { filter: 'pair', attributed: true, nullable: true, usual: 15 },
  ai_service: { filter: 'pair', attributed: true, nullable: true, usual: 4 },
  status_code: { filter: 'statusCodes', attributed: true, nullable: false, usual: 8, closed: STATUS_CODES },
  api_key: { filter: 'apiKeyIds', attributed: true, nullable: false, usual: 10 },
  workspace: { filter: 'none', attributed: true, nullable: false, single: true, usual: 1 },
  config: { filter: 'configs', attributed: false, nullable: true, usual: 6 },
  prompt: { filter: 'promptSlugs', attributed: false, nullable: true, usual: 8 },
  provider: { filter: 'none', attributed: false, nullable: true, usual: 6 },
}

const PARTS: Readonly<Record<PartName, DimensionEntry>> = {
  cacheType: { filter: 'none', attributed: true, nullable: false, usual: 2 },
  rescue: {
    filter: 'none',
    attributed: true,
    nullable: false,
    usual: 4,
    uncountable: {
      why: 'Portkey counts rescues by their kind, not the requests that were rescued: one can be rescued by a retry and by a fallback.',
      instead: 'Ask for the sum of rescuedByRetry and of rescuedByFallback, or group by rescue.',
    },
  },
  feedbackScore: {
    filter: 'none',
    attributed: false,
    nullable: true,
    usual: 8,
    countedAs: 'feedbackCount',
    instead: 'Ask for total alone by feedbackScore, or filter by weightedFeedback (score × weight).',
  },
}

/** Metadata keys are all alike: equality on one value, and never on every request. */
const METADATA: DimensionEntry = { filter: 'metadata', attributed: false, nullable: true, usual: 12 }

/** Users are a metadata key, and a graph counts them. */
const USERS: DimensionEntry = { ...METADATA, distinctAs: 'users' }

/** Facts about a dimension. */
export function dimensionEntry(ref: DimensionRef): DimensionEntry {
  switch (ref.kind) {
    case 'dimension':
      return DIMENSIONS[ref.name]
    case 'part':
      return PARTS[ref.name]
    case 'metadata':
      return ref.key === USER_KEY ? USERS : METADATA
    case 'parameter':
      return { filter: ref.name, attributed: false, nullable: true, usual: 1 }
  }
}

/** Stable text of a dimension, for keys and for plans. */
export function dimensionId(ref: DimensionRef): string {
  return ref.kind === 'metadata' ? `metadata.${ref.key}` : ref.name
}
