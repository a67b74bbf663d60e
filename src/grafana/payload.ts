import type { Catalog } from '../catalog/catalog.js'
import type { Datasource } from '../catalog/vocabulary.js'
import { at, type Faults } from '../query/faults.js'
import { QUESTION_TYPES, type QuestionType } from '../query/query.js'
import { didYouMean, oneOf, quote } from '../query/wording.js'
import { TOTAL } from './fields.js'
import { type Fields, fieldsOf, itemsOf } from './record.js'

/** What a target's payload may hold: the language's own words, and three more for one filter by hand. */
export const PAYLOAD_FIELDS = [
  'type',
  'format',
  'aggregations',
  'groupBy',
  'field',
  'operator',
  'value',
  'filters',
  'interval',
  'limit',
  'timeZone',
] as const

/** `series`: a line for each group and aggregation. `table`: a row for each bucket and group. */
export const FORMATS = ['series', 'table'] as const

/** The payload as an object: the builder's own, or the text of the code editor. `undefined`, with a fault, for anything else. */
export function readPayload(value: unknown, path: string, faults: Faults): Fields | undefined {
  const content = typeof value === 'string' ? parsed(value) : (value ?? {})
  const fields = fieldsOf(content)
  if (fields === null) {
    faults.report(path, 'VALIDATION_FAILED', `A payload is a JSON object; found ${quote(value)}.`)
    return undefined
  }
  for (const name of fields.keys()) {
    if (PAYLOAD_FIELDS.some((known) => known === name)) continue
    const near = didYouMean(name, PAYLOAD_FIELDS)
    const message = `A payload has no field ${quote(name)}.${near} It takes ${oneOf(PAYLOAD_FIELDS)}.`
    faults.report(at(path, name), 'VALIDATION_FAILED', message)
  }
  // The builder leaves an emptied box behind as an empty text.
  return new Map([...fields].filter(([, content]) => content !== ''))
}

/** Which kind of question it is; a timeseries unless told. `old`: the word of plugins before 0.3. */
export function readType(payload: Fields, old: unknown, path: string, faults: Faults): QuestionType {
  const given = payload.get('type') ?? (old === 'table' ? 'distribution' : 'timeseries')
  const type = QUESTION_TYPES.find((word) => word === given)
  if (type === undefined) {
    const message = `Expected ${oneOf(QUESTION_TYPES)}. Found ${quote(given)}.`
    faults.report(at(path, 'type'), 'VALIDATION_FAILED', message)
  }
  return type ?? 'timeseries'
}

/** What the answer is to look like; a distribution is always a table. */
export function readFormat(payload: Fields, path: string, faults: Faults): (typeof FORMATS)[number] {
  const given = payload.get('format') ?? 'series'
  const format = FORMATS.find((word) => word === given)
  if (format === undefined) {
    faults.report(at(path, 'format'), 'VALIDATION_FAILED', `Expected ${oneOf(FORMATS)}. Found ${quote(given)}.`)
  }
  return format ?? 'series'
}

/** A list as the builder sends it (an array of texts) or as somebody types it (`a,b`). Items that are no texts stay as they are. */
function readList(value: unknown): readonly unknown[] | null {
  if (typeof value !== 'string') return itemsOf(value)
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** A list without repetitions, and the position of each item in the list that was given. */
export type Positioned = { readonly items: readonly unknown[]; readonly positions: readonly number[] }

/** Aggregations in the language's form: `sum costInUSD`, `sum(costInUSD)` or `{ type, column }`; and whether `total` is wanted. */
export function readAggregations(value: unknown): (Positioned & { readonly total: boolean }) | null {
  const listed = readList(value)
  if (listed === null) return null
  const asked = once(listed.map((item) => (item === TOTAL ? null : inWords(item))))
  return { ...asked, total: asked.items.length === 0 || listed.includes(TOTAL) }
}

/** The fields to group by. */
export function readGroups(value: unknown): Positioned | null {
  const listed = readList(value)
  return listed === null ? null : once(listed)
}

/** What is asked for twice is asked once; `null` is nothing. */
function once(listed: readonly unknown[]): Positioned {
  const found = new Map<string, readonly [unknown, number]>()
  for (const [position, item] of listed.entries()) {
    const key = JSON.stringify(item)
    if (item !== null && !found.has(key)) found.set(key, [item, position])
  }
  const kept = [...found.values()]
  return { items: kept.map(([item]) => item), positions: kept.map(([, position]) => position) }
}

/** A whole number that may come as text, as all that a builder sends does. */
export function readNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value
}

/** The name of the datasource that a target or a request is about; `undefined` when it is none. */
export function readDatasource(value: unknown, catalog: Catalog): Datasource | undefined {
  return Object.values(catalog).find(({ name }) => name === value)?.name
}

function inWords(item: unknown): unknown {
  const [, type, column] = /^(\w+)(?: +| *\( *)([^\s()]+) *\)?$/.exec(typeof item === 'string' ? item : '') ?? []
  return type === undefined ? item : { type, column }
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
