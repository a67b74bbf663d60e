import { COMPARE, FULL_STRING, NARROW_STRING, STATUS } from './operators.js'
import { field } from './rows.js'
import type { FieldEntry } from './types.js'

/** How a request ended: readings of the one status code that the upstream keeps. Tables change what differs. */
export const httpStatusCode: FieldEntry = field({
  name: 'httpStatusCode',
  type: 'number',
  operators: STATUS,
  extensionOperators: ['BETWEEN'],
  groupable: 'extension',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'number' },
})

/** The status as text where it is 400 or more, else null. */
export const errorCode: FieldEntry = field({
  name: 'errorCode',
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'errorText' },
})

/** Whether the status is 400 or more. */
export const isFailure: FieldEntry = field({
  name: 'isFailure',
  type: 'boolean',
  operators: ['EQUAL'],
  groupable: 'extension',
  source: { kind: 'dimension', dimension: 'status_code', reading: 'isFailure' },
})

/** Portkey marks what a guardrail judged against by two statuses of its own: 446 was denied, 246 let through. */
export const guardrailResult: FieldEntry = field({
  name: 'guardrailResult',
  type: 'string',
  operators: NARROW_STRING,
  groupable: 'language',
  values: ['fail'],
  source: { kind: 'dimension', dimension: 'status_code', reading: 'guardrailResult' },
})

/** What came of the judgement: `deny` is status 446, `flag` 246. */
export const guardrailAction: FieldEntry = field({
  name: 'guardrailAction',
  type: 'string',
  extensionOperators: COMPARE,
  groupable: 'extension',
  extension: true,
  values: ['deny', 'flag'],
  source: { kind: 'dimension', dimension: 'status_code', reading: 'guardrailAction' },
})
