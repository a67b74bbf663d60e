import { COMPARE, FULL_STRING, NARROW_STRING } from '../operators.js'
import { guardrailAction, guardrailResult, httpStatusCode } from '../outcomes.js'
import { asExtension, column, field, unknown } from '../rows.js'
import { conversationID, createdBySubjectType, latencyFilter, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'
import { modelMetrics } from './model-metrics.js'

const BY_ACTION =
  'Group by guardrailAction (deny or flag), by virtualModelName (the config that names the guardrails) or by metadata.<key>.'
const ASKED_BESIDE = ['modelName', 'providerAccountType', 'virtualModelName', 'promptSlug', 'workspace', 'providerSlug']
const EVALUATION_LATENCY = 'Portkey does not report how long a guardrail took.'
const WHOLE_REQUESTS =
  'Ask modelMetrics for latencyMs (of the whole request), filtered by httpStatusCode: 446 was denied, 246 was let through.'

/** What else is known of a judged request: whatever a status filter combines with. */
const REQUEST_FIELDS = modelMetrics.fields.filter(({ name }) => ASKED_BESIDE.includes(name)).map(asExtension)

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
      source: unknown('Portkey does not report which guardrail judged a request.', BY_ACTION),
    }),
    guardrailResult,
    field({
      name: 'appliedOnEntityScope',
      type: 'string',
      operators: NARROW_STRING,
      groupable: 'language',
      source: unknown('Portkey does not report whether a guardrail judged the input or the output.', BY_ACTION),
    }),
    userEmail,
    virtualAccount,
    team,
    conversationID,
    { ...createdBySubjectType, operators: COMPARE },
    { ...latencyFilter, source: unknown(EVALUATION_LATENCY, WHOLE_REQUESTS) },
    guardrailAction,
    asExtension(httpStatusCode),
    ...REQUEST_FIELDS,
  ],
  columns: [column({ name: 'latencyMs', unit: 'ms', why: EVALUATION_LATENCY, instead: WHOLE_REQUESTS })],
}
