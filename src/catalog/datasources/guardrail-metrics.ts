import { COMPARE, FULL_STRING, NARROW_STRING } from '../operators.js'
import { column, field, unknown } from '../rows.js'
import { conversationID, createdBySubjectType, latencyFilter, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'

const BY_STATUS =
  'Ask modelMetrics grouped by httpStatusCode: 446 is a request that a guardrail denied, 246 one that failed a check and was let through.'
const NOT_DERIVED =
  'Portkey marks a judged request by its status code alone, and this service does not turn the code into this field yet.'
const EVALUATION_LATENCY = 'Portkey does not report how long a guardrail took.'

/** Requests that a guardrail judged against. Portkey shows them by two status codes of its own. */
export const guardrailMetrics: DatasourceEntry = {
  name: 'guardrailMetrics',
  rows: { kind: 'status', codes: [246, 446] },
  metadata: { operators: FULL_STRING, extensionOperators: [] },
  fields: [
    field({
      name: 'guardrailName',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: unknown('Portkey does not report which guardrail judged a request.', BY_STATUS),
    }),
    field({
      name: 'guardrailResult',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      values: ['fail'],
      source: unknown(NOT_DERIVED, BY_STATUS),
    }),
    field({
      name: 'appliedOnEntityScope',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: unknown('Portkey does not report whether a guardrail judged the input or the output.', BY_STATUS),
    }),
    userEmail,
    virtualAccount,
    team,
    conversationID,
    { ...createdBySubjectType, operators: COMPARE },
    { ...latencyFilter, source: unknown(EVALUATION_LATENCY, BY_STATUS) },
    field({
      name: 'guardrailAction',
      type: 'string',
      extensionOperators: COMPARE,
      groupable: 'extension',
      extension: true,
      values: ['deny', 'flag'],
      source: unknown(NOT_DERIVED, BY_STATUS),
    }),
  ],
  columns: [column({ name: 'latencyMs', unit: 'ms', why: EVALUATION_LATENCY, instead: BY_STATUS })],
}
