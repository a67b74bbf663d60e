import { COMPARE, FULL_STRING, LIST } from '../operators.js'
import { column, field, unknown } from '../rows.js'
import { conversationID, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'

const BY_CONFIG = 'Group by loadbalanceRuleId (the config) or targetModel (the model that served the request).'
const ONE_KIND = 'Portkey has configs alone: it reports no rate-limit or budget rules on a request.'

/** Requests that a config routed. */
export const configMetrics: DatasourceEntry = {
  name: 'configMetrics',
  rows: { kind: 'having', field: 'loadbalanceRuleId' },
  metadata: { operators: FULL_STRING, extensionOperators: [] },
  fields: [
    field({
      name: 'loadbalanceRuleId',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: { kind: 'dimension', dimension: 'config', reading: 'text' },
    }),
    field({
      name: 'targetModel',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: { kind: 'dimension', dimension: 'model', reading: 'text' },
    }),
    field({
      name: 'requestedModel',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: unknown('Portkey keeps the model that served a request, not the one asked for.', BY_CONFIG),
    }),
    field({
      name: 'ratelimitRuleId',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: unknown(ONE_KIND, BY_CONFIG),
    }),
    field({
      name: 'budgetRuleId',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: unknown(ONE_KIND, BY_CONFIG),
    }),
    field({
      name: 'configType',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: unknown(ONE_KIND, BY_CONFIG),
    }),
    field({
      name: 'status',
      type: 'string',
      operators: LIST,
      groupable: 'language',
      source: unknown(
        'Portkey does not report the outcome of a rule.',
        'Ask modelMetrics grouped by virtualModelName and httpStatusCode.',
      ),
    }),
    userEmail,
    virtualAccount,
    team,
    conversationID,
    field({
      name: 'rescue',
      type: 'string',
      extensionOperators: COMPARE,
      groupable: 'extension',
      extension: true,
      values: ['fallback', 'retry'],
      source: unknown(
        'Portkey counts rescued requests in a graph of its own, not read by this service yet.',
        BY_CONFIG,
      ),
    }),
  ],
  columns: [
    column({
      name: 'loadbalanceTargetAttemptCount',
      unit: 'count',
      why: 'Portkey does not report how many targets a request tried.',
      instead: 'Ask without it: total counts the requests that a config routed.',
    }),
  ],
}
