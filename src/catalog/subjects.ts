import { ARRAY, EQUALITY, FULL_STRING, RANGE } from './operators.js'
import { field, unknown } from './rows.js'
import type { FieldEntry } from './types.js'

/** The upstream's users are the values of this metadata key, so it and `userEmail` are one dimension (unless bound elsewhere). */
export const USER_KEY = '_user'

/** Who made a request: the fields that every datasource shares. Tables spread them and change what differs there. */
export const userEmail: FieldEntry = field({
  name: 'userEmail',
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  responseKey: 'createdBySubjectSlug',
  source: { kind: 'metadata', key: USER_KEY },
})

/** The API key that was used, by its id. */
export const virtualAccount: FieldEntry = field({
  name: 'virtualAccount',
  aliases: ['virtualaccount'],
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  responseKey: 'createdBySubjectSlug',
  source: { kind: 'dimension', dimension: 'api_key', reading: 'text' },
})

/** An array in the language; here the one value of the metadata key `team`, so it can be compared as a text too. */
export const team: FieldEntry = field({
  name: 'team',
  type: 'array',
  operators: ARRAY,
  extensionOperators: FULL_STRING,
  groupable: 'language',
  source: { kind: 'metadata', key: 'team' },
})

/** Known to the language, unknown to Portkey: a 422. */
export const conversationID: FieldEntry = field({
  name: 'conversationID',
  type: 'string',
  operators: FULL_STRING,
  groupable: 'language',
  source: unknown(
    'Portkey keeps no conversation id.',
    'If your requests carry one as metadata, ask for that key: metadata.<key>.',
  ),
})

/** Known to the language, unknown to Portkey: a 422. */
export const createdBySubjectType: FieldEntry = field({
  name: 'createdBySubjectType',
  type: 'string',
  groupable: 'language',
  source: unknown(
    'Portkey does not tell users and virtual accounts apart on a request.',
    'Group or filter by userEmail, or by virtualAccount (the API key).',
  ),
})

/** Latency as a filter: the language has it, the upstream has no such parameter. */
export const latencyFilter: FieldEntry = field({
  name: 'latencyMs',
  type: 'number',
  operators: RANGE,
  extensionOperators: EQUALITY,
  source: unknown(
    'Portkey has no filter on latency.',
    'Ask for p50, p90 or p99 of latencyMs, or filter by httpStatusCode.',
  ),
})
