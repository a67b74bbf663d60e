import { metadataValue, type TrafficRow, weightedFeedback } from './row.js'
import type { RowTest } from './store.js'

/**
 * Reads every filter parameter of a call but the window and the workspace; parameters it does not know are ignored. Adds to
 * `problems` what is wrong.
 */
export function parseFilters(query: URLSearchParams, problems: string[]): RowTest {
  const tests: RowTest[] = []
  for (const list of LISTS) {
    const text = query.get(list.parameter)
    if (text !== null && text !== '') tests.push(listTest(list, text, problems))
  }
  for (const range of RANGES) {
    for (const side of ['min', 'max'] as const) {
      const text = query.get(`${range.parameter}_${side}`)
      if (text !== null) tests.push(rangeTest(range, side, text, problems))
    }
  }
  const metadata = query.get('metadata')
  if (metadata !== null && metadata !== '') tests.push(metadataTest(metadata, problems))
  if (tests.length === 0) return () => true
  return (row) => tests.every((test) => test(row))
}

type ListFilter = {
  readonly parameter: string
  /** The row's value; null matches nothing. */
  readonly read: (row: TrafficRow) => string | null
  readonly valid: RegExp
  readonly form: string
}

const ANYTHING = { valid: /^/, form: 'text' } as const
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const LISTS: readonly ListFilter[] = [
  { parameter: 'status_code', read: (row) => String(row.status), valid: /^\d{3}$/, form: 'an HTTP status' },
  { parameter: 'virtual_keys', read: (row) => row.virtualKey, ...ANYTHING },
  { parameter: 'configs', read: (row) => row.config, ...ANYTHING },
  { parameter: 'api_key_ids', read: (row) => row.apiKey, valid: UUID, form: 'a UUID' },
  {
    parameter: 'ai_org_model',
    // A request without a model is in no pair.
    read: (row) => (row.model === null ? null : `${row.service}__${row.model}`),
    valid: /^.+?__.+$/s,
    form: 'provider__model',
  },
  { parameter: 'trace_id', read: (row) => row.traceId, ...ANYTHING },
  { parameter: 'span_id', read: (row) => row.spanId, ...ANYTHING },
  { parameter: 'prompt_slug', read: (row) => row.prompt, ...ANYTHING },
]

function listTest(list: ListFilter, text: string, problems: string[]): RowTest {
  const wanted = text.split(',')
  if (wanted.some((value) => !list.valid.test(value))) problems.push(`${list.parameter} must hold ${list.form} only`)
  const values = new Set(wanted)
  return (row) => {
    const value = list.read(row)
    return value !== null && value !== '' && values.has(value)
  }
}

type RangeFilter = {
  readonly parameter: string
  readonly read: (row: TrafficRow) => number | null
  readonly integer: boolean
  readonly least: number
  readonly most: number
}

const COUNT = { integer: true, least: 0, most: Number.POSITIVE_INFINITY } as const

const RANGES: readonly RangeFilter[] = [
  { parameter: 'total_units', read: (row) => row.inputTokens + row.outputTokens, ...COUNT },
  { parameter: 'prompt_token', read: (row) => row.inputTokens, ...COUNT },
  { parameter: 'completion_token', read: (row) => row.outputTokens, ...COUNT },
  { parameter: 'cost', read: (row) => row.costCents, integer: false, least: 0, most: Number.POSITIVE_INFINITY },
  { parameter: 'weighted_feedback', read: weightedFeedback, integer: false, least: -10, most: 10 },
]

const INTEGER = /^-?\d+$/
const DECIMAL = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function rangeTest(range: RangeFilter, side: 'min' | 'max', text: string, problems: string[]): RowTest {
  const bound = Number(text)
  const formed = (range.integer ? INTEGER : DECIMAL).test(text)
  if (!formed || bound < range.least || bound > range.most) {
    const kind = range.integer ? 'an integer' : 'a number'
    problems.push(`${range.parameter}_${side} must be ${kind} from ${range.least} to ${range.most}`)
  }
  return (row) => {
    const value = range.read(row)
    return value !== null && (side === 'min' ? value >= bound : value <= bound)
  }
}

function metadataTest(text: string, problems: string[]): RowTest {
  const pairs = parsePairs(text)
  if (pairs === null) {
    problems.push('metadata must be a JSON object of strings')
    return () => false
  }
  return (row) => pairs.every(([key, value]) => metadataValue(row, key) === value)
}

function parsePairs(text: string): readonly (readonly [string, string])[] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const pairs: [string, string][] = []
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string') return null
    pairs.push([key, item])
  }
  return pairs
}
