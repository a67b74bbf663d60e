import type { Call, CallFilters, WireRange } from './call.js'
import { pathOf, shapeOf } from './endpoints.js'

/** Which page of a listing; pages count from 0. */
export type PageRequest = { readonly page: number; readonly size: number }

/**
 * Path and query of a call below the base URL, all ASCII. Equal calls are equal text: parameters come in one order, lists sorted
 * and unique, metadata by key. The window's end is exclusive and travels as `end − 1 ms`, for the upstream's bounds are inclusive.
 *
 * Throws a `TypeError` on a call that would mean something else once on the wire: an empty list, a list value that cannot travel
 * (`canHold`), an empty window, columns on an endpoint without columns. The planner never makes one.
 */
export function encode(call: Call, workspace: string | null, page: PageRequest | null = null): string {
  const known = texts.get(call)
  const text = known?.workspace === workspace ? known.text : written(call, workspace)
  if (text !== known?.text) texts.set(call, { workspace, text })
  return page === null ? text : `${text}&current_page=${page.page}&page_size=${page.size}`
}

/** Calls are values that are looked up by their text again and again on one way through the service. */
const texts = new WeakMap<Call, { readonly workspace: string | null; readonly text: string }>()

function written(call: Call, workspace: string | null): string {
  const { start, end } = call.window
  if (!(start < end)) throw new TypeError('the window of a call is empty')
  if (call.columns.length > 0 && shapeOf(call.endpoint).kind !== 'pages') {
    throw new TypeError(`${pathOf(call.endpoint)} takes no columns`)
  }
  const parameters: readonly (readonly [string, string | null])[] = [
    ['time_of_generation_min', new Date(start).toISOString()],
    ['time_of_generation_max', new Date(end - 1).toISOString()],
    ...filterParameters(call.filters),
    ['workspace_slug', workspace],
    ['columns', call.columns.length > 0 ? list('columns', call.columns) : null],
  ]
  const query = parameters.flatMap(([name, value]) => (value === null ? [] : `${name}=${encodeURIComponent(value)}`))
  return `/analytics/${pathOf(call.endpoint)}?${query.join('&')}`
}

/** Length in bytes of the whole URL that a call travels as, at its longest (a late page of a listing). */
export function urlLength(call: Call, base: string, workspace: string | null): number {
  const paged = shapeOf(call.endpoint).kind === 'pages'
  return base.replace(/\/+$/, '').length + encode(call, workspace, paged ? { page: 9999, size: 9999 } : null).length
}

/**
 * Whether a value can stand in a comma-separated list: a comma would split it, an empty value would lift the filter, and half a
 * surrogate pair has no UTF-8. Metadata travels as JSON and has no such limit.
 */
export function canHold(value: string): boolean {
  return value !== '' && !value.includes(',') && !/\p{Surrogate}/u.test(value)
}

function filterParameters(filters: CallFilters): readonly (readonly [string, string | null])[] {
  return [
    ...range('total_units', filters.totalUnits),
    ...range('prompt_token', filters.promptTokens),
    ...range('completion_token', filters.completionTokens),
    ...range('cost', filters.cost),
    ...range('weighted_feedback', filters.weightedFeedback),
    ['status_code', list('status_code', filters.statusCodes?.map(String))],
    ['virtual_keys', list('virtual_keys', filters.virtualKeys)],
    ['configs', list('configs', filters.configs)],
    ['api_key_ids', list('api_key_ids', filters.apiKeyIds)],
    ['ai_org_model', list('ai_org_model', filters.aiOrgModels)],
    ['trace_id', list('trace_id', filters.traceIds)],
    ['span_id', list('span_id', filters.spanIds)],
    ['prompt_slug', list('prompt_slug', filters.promptSlugs)],
    ['metadata', metadata(filters.metadata)],
  ]
}

function range(name: string, { min, max }: WireRange = {}): readonly (readonly [string, string | null])[] {
  return [
    [`${name}_min`, min ?? null],
    [`${name}_max`, max ?? null],
  ]
}

function list(name: string, values: readonly string[] | undefined): string | null {
  if (values === undefined) return null
  if (values.length === 0) throw new TypeError(`${name} is an empty list, which would mean no filter`)
  if (!values.every(canHold)) throw new TypeError(`${name} holds a value that a list cannot carry`)
  return [...new Set(values)].sort().join(',')
}

/** Written by hand: `JSON.stringify` of an object puts keys that look like numbers first. */
function metadata(pairs: CallFilters['metadata']): string | null {
  const keys = Object.keys(pairs ?? {}).sort()
  if (pairs === undefined || keys.length === 0) return null
  return `{${keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(pairs[key])}`).join(',')}}`
}
