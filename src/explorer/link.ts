import { list, parseJson } from './json.js'
import { type Draft, FIRST_DRAFT, type Filter, type FilterValue, isScalar, QUESTION_TYPES } from './question.js'
import { isPreset, type Span } from './span.js'

/** What an address asks, as far as it can be read. */
export type Link = {
  /** What could not be read of it is as on a fresh page. */
  readonly draft: Draft
  /** What could not be read, in words: with any of these it is another question than was meant, and not to be asked. */
  readonly faults: readonly string[]
}

/** Reads the part of an address behind `#`, with or without the sign; `null` where there is none. */
export const readLink = (address: string): Link | null => {
  const source = address.replace(/^#/, '')
  if (source === '') return null
  const given = new URLSearchParams(source)
  const faults: string[] = isEncoded(source) ? [] : ['Some of its characters: they are no escapes of UTF-8.']
  const once = (name: string): string | null => {
    const [first = null, ...more] = given.getAll(name)
    if (more.length > 0) faults.push(`${name} stands there ${more.length + 1} times: ${first} was taken.`)
    return first
  }
  /** Every link says this: where it is gone more may be. */
  const needed = <Value>(name: string, value: Value | null, otherwise: Value): Value => {
    if (value === null) faults.push(`${name} is missing.`)
    return value ?? otherwise
  }
  for (const name of new Set(given.keys())) {
    if (!NAMES.includes(name)) faults.push(`${quoted(name)} is no part of a question.`)
  }
  const datasource = needed('datasource', once('datasource'), FIRST_DRAFT.datasource)
  const wanted = needed('type', once('type'), FIRST_DRAFT.type)
  const type = QUESTION_TYPES.find((one) => one === wanted)
  if (type === undefined) faults.push(`type ${quoted(wanted)}: it is ${QUESTION_TYPES.join(' or ')}.`)
  const interval = once('interval')
  const draft: Draft = {
    datasource,
    type: type ?? FIRST_DRAFT.type,
    span: readSpan(once('last'), once('start'), once('end'), faults),
    interval: type === 'timeseries' ? needed('interval', interval, FIRST_DRAFT.interval) : FIRST_DRAFT.interval,
    aggregations: given.getAll('show').flatMap((show) => {
      const blank = show.indexOf(' ')
      if (blank > 0) return [{ type: show.slice(0, blank), column: show.slice(blank + 1) }]
      faults.push(`show ${quoted(show)}: it is what to compute, a blank, and of which column.`)
      return []
    }),
    groupBy: given.getAll('by'),
    filters: given.getAll('filter').flatMap((source) => {
      const filter = readFilter(source)
      if (filter !== null) return [filter]
      faults.push(`filter ${quoted(source)}: it is a JSON list of field, operator and value.`)
      return []
    }),
    limit: once('limit') ?? '',
    timeZone: once('zone') ?? '',
  }
  return { draft, faults }
}

const NAMES: readonly string[] = [
  'datasource',
  'type',
  'last',
  'start',
  'end',
  'interval',
  'show',
  'by',
  'filter',
  'limit',
  'zone',
]

const isEncoded = (source: string): boolean => {
  try {
    decodeURIComponent(source)
    return true
  } catch {
    return false
  }
}

const quoted = (source: string): string => `“${source.length > 60 ? `${source.slice(0, 60)}…` : source}”`

const readSpan = (last: string | null, startTs: string | null, endTs: string | null, faults: string[]): Span => {
  if (last !== null && (startTs !== null || endTs !== null)) {
    faults.push('Its window: last stands beside start or end.')
  }
  if (startTs !== null && endTs !== null) return { kind: 'exact', startTs, endTs }
  if (startTs !== null || endTs !== null) {
    faults.push(`Its window: ${startTs === null ? 'end without start' : 'start without end'}.`)
  } else if (last === null) faults.push('Its window is missing: last, or start and end.')
  else if (!isPreset(last)) faults.push(`last ${quoted(last)}: there is no such window.`)
  return last !== null && isPreset(last) ? { kind: 'preset', name: last } : FIRST_DRAFT.span
}

/** `null` where it is none; a filter without its value would ask for something else. */
const readFilter = (source: string): Filter | null => {
  const parts = list(parseJson(source))
  const [field, operator, value] = parts
  if (parts.length !== 3 || typeof field !== 'string' || typeof operator !== 'string' || !isValue(value)) return null
  return { field, operator, value }
}

const isValue = (value: unknown): value is FilterValue =>
  value === null || (Array.isArray(value) ? value : [value]).every((one) => isScalar(one) && isFinal(one))

/** JSON may spell numbers that are none here: 1e999 would be sent as null. */
const isFinal = (value: unknown): boolean => typeof value !== 'number' || Number.isFinite(value)
