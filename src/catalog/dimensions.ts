import type { Endpoint } from '../portkey/call.js'
import { USER_KEY } from './subjects.js'
import type { Dimension, ListingName, ListParameter, PartName } from './types.js'

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

/** A listing of the dimension's values, the preferred first. */
export type ListingEntry = {
  readonly endpoint: Endpoint
  readonly optIn: boolean
  readonly name: ListingName
  /** Shows status codes of 400 and more alone. */
  readonly failuresOnly?: true
  /** Never shows requests without a value, however many there are. */
  readonly valuedOnly?: true
}

/** What plans rest on about a dimension: how it filters, who lacks a value of it, how many values there are. */
export type DimensionEntry = {
  readonly filter: FilterPath
  /** Every request has a value, so a listing without a `''` row is complete. */
  readonly attributed: boolean
  /** The language counts some requests as having no value, even if the upstream shows one for each it knows. */
  readonly nullable: boolean
  /** At most one row is expected: a key's own workspace. */
  readonly single: boolean
  /** How many values it usually has: prices rest on it until it was listed. */
  readonly usual: number
}

const DIMENSIONS: Readonly<Record<Dimension, DimensionEntry>> = {
  model: { filter: 'pair', attributed: true, nullable: true, single: false, usual: 15 },
  ai_service: {
    filter: 'pair',
    attributed: true,
    nullable: true,
    single: false,
    usual: 4,
  },
  status_code: {
    filter: 'statusCodes',
    attributed: true,
    nullable: false,
    single: false,
    usual: 8,
  },
  api_key: {
    filter: 'apiKeyIds',
    attributed: true,
    nullable: false,
    single: false,
    usual: 10,
  },
  workspace: { filter: 'none', attributed: true, nullable: false, single: true, usual: 1 },
  config: { filter: 'configs', attributed: false, nullable: true, single: false, usual: 6 },
  prompt: { filter: 'promptSlugs', attributed: false, nullable: true, single: false, usual: 8 },
  provider: { filter: 'none', attributed: false, nullable: true, single: false, usual: 6 },
}

const PARTS: Readonly<Record<PartName, DimensionEntry>> = {
  cacheType: { filter: 'none', attributed: true, nullable: false, single: false, usual: 2 },
  rescue: { filter: 'none', attributed: true, nullable: false, single: false, usual: 4 },
  feedbackScore: { filter: 'none', attributed: false, nullable: true, single: false, usual: 8 },
}

/** Facts about a dimension. Metadata keys are all alike: equality on one value, and never on every request. */
export function dimensionEntry(ref: DimensionRef): DimensionEntry {
  switch (ref.kind) {
    case 'dimension':
      return DIMENSIONS[ref.name]
    case 'part':
      return PARTS[ref.name]
    case 'metadata':
      return {
        filter: 'metadata',
        attributed: false,
        nullable: true,
        single: false,
        usual: 12,
      }
    case 'parameter':
      return {
        filter: ref.name,
        attributed: false,
        nullable: true,
        single: false,
        usual: 1,
      }
  }
}

/** The listings that show a dimension's values: the richer first, the older ones as what older deployments have. */
export function listingsOf(ref: DimensionRef): readonly ListingEntry[] {
  if (ref.kind === 'parameter') return []
  if (ref.kind === 'part') return ref.name === 'feedbackScore' ? [SCORES] : []
  if (ref.kind === 'metadata') {
    const own: ListingEntry = { endpoint: { kind: 'metadataGroup', key: ref.key }, optIn: false, name: 'metadata' }
    return ref.key === USER_KEY
      ? [own, { endpoint: { kind: 'group', name: 'users' }, optIn: false, name: 'users' }]
      : [own]
  }
  const newer: ListingEntry = { endpoint: { kind: 'group', name: ref.name }, optIn: true, name: ref.name }
  if (ref.name === 'status_code') {
    const endpoint: Endpoint = { kind: 'graph', name: 'errors/status-codes' }
    return [newer, { endpoint, optIn: false, name: 'errors/status-codes', failuresOnly: true }]
  }
  if (ref.name !== 'model') return [newer]
  return [newer, { endpoint: { kind: 'group', name: 'ai-models' }, optIn: false, name: 'ai-models' }]
}

const SCORES: ListingEntry = {
  endpoint: { kind: 'graph', name: 'feedbacks/scores' },
  optIn: false,
  name: 'feedbacks/scores',
  valuedOnly: true,
}

/** A listing of some of a dimension's values, with figures that are nothing for all others. */
export function partialListingOf(ref: DimensionRef): ListingEntry | undefined {
  return ref.kind === 'dimension' && ref.name === 'model' ? JUDGED_MODELS : undefined
}

const JUDGED_MODELS: ListingEntry = {
  endpoint: { kind: 'graph', name: 'feedbacks/ai-models' },
  optIn: false,
  name: 'feedbacks/ai-models',
}

/** Stable text of a dimension, for keys and for plans. */
export function dimensionId(ref: DimensionRef): string {
  return ref.kind === 'metadata' ? `metadata.${ref.key}` : ref.name
}

/**
 * Providers known to Portkey by the name that stands before `__` in a model pair (its public list of supported
 * providers). Used only where a deployment cannot list its own, and then every use is checked against the model's requests.
 */
export const KNOWN_PROVIDERS: readonly string[] = [
  'ai21',
  'anthropic',
  'anyscale',
  'azure-ai',
  'azure-openai',
  'bedrock',
  'cerebras',
  'cohere',
  'dashscope',
  'databricks',
  'deepinfra',
  'deepseek',
  'fireworks-ai',
  'github',
  'google',
  'groq',
  'huggingface',
  'inference-net',
  'jina',
  'lambda',
  'mistral-ai',
  'moonshot',
  'nebius',
  'nomic',
  'novita-ai',
  'ollama',
  'open-ai',
  'openai',
  'openrouter',
  'palm',
  'perplexity-ai',
  'predibase',
  'recraft-ai',
  'reka',
  'replicate',
  'sagemaker',
  'sambanova',
  'siliconflow',
  'snowflake',
  'stability-ai',
  'together-ai',
  'triton',
  'upstage',
  'vertex-ai',
  'voyage',
  'workers-ai',
  'x-ai',
  'zhipu',
]
