import { errorRate, rescuedByFallback, rescuedByRetry } from '../columns.js'
import { COMPARE, FULL_STRING, LIST, RANGE } from '../operators.js'
import { httpStatusCode, isFailure } from '../outcomes.js'
import { asExtension, column, field, unknown } from '../rows.js'
import { conversationID, team, userEmail, virtualAccount } from '../subjects.js'
import type { DatasourceEntry } from '../types.js'
import { modelMetrics } from './model-metrics.js'

const BY_CONFIG =
  'Group by loadbalanceRuleId (the config), targetModel (the model that served the request) or providerAccountType.'
const ASKED_BESIDE = ['providerAccountType', 'promptSlug', 'workspace', 'providerSlug']
const ONE_KIND = 'Portkey has configs alone: it reports no rate-limit or budget rules on a request.'

/** What else is known of a routed request. */
const REQUEST_FIELDS = modelMetrics.fields.filter(({ name }) => ASKED_BESIDE.includes(name)).map(asExtension)

/** Requests that a config routed. Asked by `rescue`, the rows are rescues: one saved by a retry and a fallback is one of each. */
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
        'Group by httpStatusCode or isFailure, or by rescue to see what retries and fallbacks saved.',
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
      source: { kind: 'part', part: 'rescue', reading: 'rescue' },
    }),
    field({
      name: 'rescueAttempt',
      type: 'number',
      extensionOperators: [...COMPARE, ...RANGE],
      groupable: 'extension',
      extension: true,
      source: { kind: 'part', part: 'rescue', reading: 'attempts' },
    }),
    // The language refuses filters on the status here, in words of its own.
    { ...asExtension(httpStatusCode), extensionOperators: [] },
    asExtension(isFailure),
    ...REQUEST_FIELDS,
  ],
  columns: [
    column({
      name: 'loadbalanceTargetAttemptCount',
      unit: 'count',
      why: 'Portkey does not report how many targets a request tried.',
      instead:
        'Ask for total grouped by rescue and rescueAttempt: which retry succeeded, and how often a fallback did.',
    }),
    rescuedByRetry,
    rescuedByFallback,
    errorRate,
  ],
}
