import type { Datasource } from '../catalog/vocabulary.js'
import { ServiceError } from '../errors.js'
import { at, newFaults } from '../query/faults.js'
import { QUESTION_TYPES } from '../query/parse.js'
import { oneOf, quote } from '../query/wording.js'
import { aggregationChoices, filterableFields, groupableFields } from './fields.js'
import { filterableOf } from './filter.js'
import { type Choice, choice, INTERVALS } from './metrics.js'
import { FORMATS, PAYLOAD_FIELDS, readDatasource, readPayload } from './payload.js'
import type { Desk } from './query.js'
import { lastDay } from './range.js'
import { fieldsOf } from './record.js'
import { liveValues } from './values.js'

/**
 * Answers `/metric-payload-options`: what may stand in the box `name` of a builder whose metric and payload are so far as given. Values of
 * a field are those of the last 24 hours. Throws a 400 where the request cannot be read.
 */
export async function answerOptions(body: unknown, desk: Desk): Promise<readonly Choice[]> {
  const request = fieldsOf(body) ?? new Map<string, unknown>()
  const faults = newFaults()
  const datasource = readDatasource(request.get('metric'), desk.catalog)
  const payload = readPayload(request.get('payload'), '/payload', faults)
  const name = PAYLOAD_FIELDS.find((known) => known === request.get('name'))
  if (name === undefined) {
    const found = quote(request.get('name'))
    faults.report(at('', 'name'), 'VALIDATION_FAILED', `name is one of ${oneOf(PAYLOAD_FIELDS)}; found ${found}.`)
  }
  if (datasource === undefined) {
    const found = quote(request.get('metric'))
    const names = oneOf(Object.keys(desk.catalog))
    faults.report(at('', 'metric'), 'VALIDATION_FAILED', `metric is a datasource: ${names}; found ${found}.`)
  }
  if (faults.count() > 0 || payload === undefined || datasource === undefined || name === undefined) {
    throw faults.toError()
  }
  const field = payload.get('field')
  const { catalog } = desk
  switch (name) {
    case 'type':
      return QUESTION_TYPES.map(choice)
    case 'format':
      return FORMATS.map(choice)
    case 'aggregations':
      return aggregationChoices(catalog, datasource).map(choice)
    case 'groupBy':
      return groupableFields(catalog, datasource).map((entry) => choice(entry.name))
    case 'field':
      return filterableFields(catalog, datasource).map((entry) => choice(entry.name))
    case 'operator':
      return typeof field === 'string' ? filterableOf(catalog, datasource, field).operators.map(choice) : []
    case 'interval':
      return INTERVALS
    case 'value':
      return typeof field === 'string' ? await valuesOf(datasource, field) : []
    case 'limit':
      return ['5', '10', '20', '50'].map(choice)
    case 'filters':
    case 'timeZone':
      return []
  }

  async function valuesOf(datasource: Datasource, field: string): Promise<readonly Choice[]> {
    try {
      return (await liveValues({ datasource, field, range: lastDay(desk.now), filters: [] }, desk)).map(choice)
    } catch (error) {
      // A field whose values nobody can list has none to offer: they can still be typed.
      if (error instanceof ServiceError && error.statusCode < 500 && error.statusCode !== 401) return []
      throw error
    }
  }
}
