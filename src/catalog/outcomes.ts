import { FULL_STRING, STATUS } from './operators.js'
import { field } from './rows.js'
import type { FieldEntry } from './types.js'

/** How a request ended: three readings of the one status code that the upstream keeps. Tables change what differs. */
export const httpStatusCode: FieldEntry = field({
  name: 'httpStatusCode',
  type: 'number',
  operators: STATUS,
  extensionOperators: ['BETWEEN'],
  groupable: 'extension',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'number' },
})

export const errorCode: FieldEntry = field({
  name: 'errorCode',
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'errorText' },
})

export const isFailure: FieldEntry = field({
  name: 'isFailure',
  type: 'boolean',
  operators: ['EQUAL'],
  groupable: 'extension',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'isFailure' },
})
