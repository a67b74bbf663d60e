import { at, newFaults } from '../query/faults.js'
import { groupAs, moved } from '../query/places.js'
import { didYouMean, oneOf, quote } from '../query/wording.js'
import { readFilters } from './filters.js'
import { readDatasource, readNumber } from './payload.js'
import type { Desk } from './query.js'
import { lastDay, readRange } from './range.js'
import { type Fields, fieldsOf } from './record.js'
import { liveValues, MOST_VALUES } from './values.js'
import { readVariables } from './variables.js'

/** A value of a dashboard's variable, as the plugin wants it. */
export type VariableValue = { readonly __text: string; readonly __value: string }

/** What the JSON of a variable may hold. */
const FIELDS = ['datasource', 'field', 'filters', 'limit', 'target'] as const
/** The datasource whose fields a variable may name alone. */
const USUAL = 'modelMetrics'

/**
 * Answers `/variable`: the live values of a field over the dashboard's range. The variable's query is a field (`team`), a datasource and a
 * field (`mcpMetrics toolName`), or JSON: `{ "datasource", "field", "filters", "limit" }`. Throws a 400 where it cannot be read.
 */
export async function answerVariable(body: unknown, desk: Desk): Promise<readonly VariableValue[]> {
  const request = fieldsOf(body) ?? new Map<string, unknown>()
  const faults = newFaults()
  const given = request.get('range')
  const range = given === undefined ? lastDay(desk.now) : readRange(given, '/range', desk.now, faults)
  const wish = readWish(request.get('payload') ?? request.get('target'))
  for (const name of wish.keys()) {
    if (FIELDS.some((known) => known === name) || name === 'type' || name === 'refId') continue
    const message = `A variable has no field ${quote(name)}.${didYouMean(name, FIELDS)} It takes ${oneOf(FIELDS)}.`
    faults.report(at('/payload', name), 'VALIDATION_FAILED', message)
  }
  const datasource = readDatasource(wish.get('datasource') ?? USUAL, desk.catalog)
  const field = wish.get('field')
  const limit = readNumber(wish.get('limit') ?? MOST_VALUES)
  if (typeof field !== 'string' || field === '') {
    const forms = 'a field (team), a datasource and a field (mcpMetrics toolName), or JSON with "field"'
    faults.report('/payload', 'VALIDATION_FAILED', `The query of a variable is ${forms}; found ${quote(field ?? '')}.`)
  }
  if (datasource === undefined) {
    const names = oneOf(Object.keys(desk.catalog))
    const found = quote(wish.get('datasource'))
    faults.report('/payload/datasource', 'VALIDATION_FAILED', `A datasource is ${names}; found ${found}.`)
  }
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST_VALUES) {
    faults.report(
      '/payload/limit',
      'VALIDATION_FAILED',
      `limit is a whole number from 1 to ${MOST_VALUES}; found ${quote(limit)}.`,
    )
  }
  if (datasource === undefined || range === undefined || typeof field !== 'string' || typeof limit !== 'number') {
    throw faults.toError()
  }
  const variables = readVariables(request.get('scopedVars'))
  const reading = { catalog: desk.catalog, datasource, variables, editor: 'code' }
  const own: Fields = new Map([['filters', wish.get('filters') ?? []]])
  const filters = readFilters(own, '/payload', reading, faults).map(({ filter }) => filter)
  if (faults.count() > 0) throw faults.toError()
  const values = await liveValues({ datasource, field: field.trim(), range, filters, limit }, desk).catch(inPayload)
  return values.map((value) => ({ __text: value, __value: value }))
}

/** The wish as fields, whichever way it was written. */
function readWish(payload: unknown): Fields {
  const fields = fieldsOf(payload)
  const text = typeof payload === 'string' ? payload : fields?.has('field') ? undefined : fields?.get('target')
  if (typeof text !== 'string') return fields ?? new Map<string, unknown>()
  const [first = '', second] = text.trim().split(/\s+/)
  return new Map(Object.entries(second === undefined ? { field: first } : { datasource: first, field: second }))
}

/** The faults of the question, at their place in the request. */
function inPayload(error: unknown): never {
  throw moved(error, (path) => `/payload${groupAs(path, 'field')}`)
}
