import type { Dimension, FieldSource, ListParameter, PartName, RangeParameter, Reading, Rows } from './types.js'

/** Where a field's values come from upstream, in a word or two; `null` where Portkey does not know it. */
export function originOf(source: FieldSource): string | null {
  switch (source.kind) {
    case 'dimension':
      return `${NAMES[source.dimension] ?? source.dimension}${READINGS[source.reading] ?? ''}`
    case 'metadata':
      return `metadata ${source.key}`
    case 'part':
      return `${PARTS[source.part]}${READINGS[source.reading] ?? ''}`
    case 'parameter':
      return `filter ${PARAMETERS[source.parameter]}`
    case 'range':
      return `filter ${PARAMETERS[source.parameter]}`
    case 'unknown':
      return null
  }
}

/** Which requests are a datasource's rows, in words. */
export function rowsText(rows: Rows): string {
  switch (rows.kind) {
    case 'all':
      return 'every request'
    case 'having':
      return `requests that have ${rows.field}`
    case 'status':
      return `requests that ended in status ${rows.codes.join(' or ')}`
    case 'counted':
      return 'requests that the gateway’s cache answered'
  }
}

/** Listings whose name is not the upstream's name for the values. */
const NAMES: Readonly<Partial<Record<Dimension, string>>> = {
  model: 'ai_model',
  api_key: 'api_key (id)',
  config: 'config (slug)',
  prompt: 'prompt (slug)',
  provider: 'provider (slug)',
  workspace: 'workspace (slug)',
}

const PARTS: Readonly<Record<PartName, string>> = {
  cacheType: 'simple_hits and semantic_hits',
  rescue: 'rescued requests',
  feedbackScore: 'feedback scores',
}

const READINGS: Readonly<Partial<Record<Reading, string>>> = {
  errorText: ', as text where it is 400 or more',
  isFailure: ', whether it is 400 or more',
  guardrailAction: ', 446 and 246',
  guardrailResult: ', 446 and 246',
  attempts: ', by attempt',
}

const PARAMETERS: Readonly<Record<ListParameter | RangeParameter, string>> = {
  traceIds: 'trace_id',
  spanIds: 'span_id',
  promptTokens: 'prompt_token_min and _max',
  completionTokens: 'completion_token_min and _max',
  totalUnits: 'total_units_min and _max',
  cost: 'cost_min and _max, in cents',
  weightedFeedback: 'weighted_feedback_min and _max',
}
