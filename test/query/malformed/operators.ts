import { filters, long, type Malformed, on } from './cases.js'

/** Malformed: filters whose field or operator is wrong. */
export const OPERATORS: readonly Malformed[] = [
  ...['equal', 'EQUALS', '=', 'LIKE', 'PRESENT', '', '__proto__', 'ARRAY_HAS_ANY', 'GREATER_THAN', 'BETWEEN'].flatMap(
    (operator) => filters('UNSUPPORTED_OPERATOR', [on('modelName', operator, 'x')]),
  ),
  ...filters('UNSUPPORTED_OPERATOR', [
    on('traceId', 'IN', ['x']),
    on('isFailure', 'NOT_EQUAL', true),
    on('latencyMs', 'IN', [1]),
  ]),
  ...filters('UNSUPPORTED_OPERATOR', [
    on('providerAccountType', 'STRING_CONTAINS', 'x'),
    { metadataKey: 'env', operator: 'BETWEEN', value: ['a', 'b'] },
  ]),
  ...filters('UNSUPPORTED_OPERATOR', [on('guardrailName', 'EQUAL', 'pii-detector')], 'guardrailMetrics'),
  ...filters('UNSUPPORTED_OPERATOR', [on('cacheType', 'STRING_CONTAINS', 'sem')], 'cacheMetrics'),
  ...filters('UNSUPPORTED_OPERATOR', [on('loadbalanceRuleId', 'STRING_CONTAINS', 'rule')], 'configMetrics'),
  ...['agentName', 'agentFramework', 'agentServerType', 'userEmail', 'virtualAccount'].flatMap((field) =>
    filters('UNSUPPORTED_OPERATOR', [on(field, 'IS_NULL', true)], 'agentMetrics'),
  ),
  ...filters('UNSUPPORTED_OPERATOR', [{ metadataKey: 'env', operator: 'IS_NULL', value: true }], 'mcpMetrics'),
  ...['', 'modelname', 'model', 'metadata', 'toolName', '__proto__', 'hasOwnProperty', long(9_000), '\ud800'].flatMap(
    (field) => filters('UNSUPPORTED_FIELD', [on(field, 'EQUAL', 'x')]),
  ),
  ...['httpStatusCode', 'errorType', 'latencyMs'].flatMap((field) =>
    filters('UNSUPPORTED_FIELD', [on(field, 'EQUAL', 1)], 'configMetrics'),
  ),
]
