import { inField, type Malformed } from './cases.js'

/** Malformed: aggregations. */
export const AGGREGATIONS: readonly Malformed[] = [
  ...inField('aggregations', 'VALIDATION_FAILED', [
    null,
    'count',
    {},
    [null],
    ['count'],
    [[]],
    [{ type: 'count' }],
    [{}],
  ]),
  ...inField('aggregations', 'VALIDATION_FAILED', [[{ column: 'modelName' }], [{ type: 1, column: 'modelName' }]]),
  ...inField('aggregations', 'VALIDATION_FAILED', [[{ type: 'sum', column: 'inputTokens', alias: 'x' }]]),
  ...inField('aggregations', 'VALIDATION_FAILED', [
    Array.from({ length: 51 }, () => ({ type: 'count', column: 'modelName' })),
  ]),
  ...inField('aggregations', 'UNSUPPORTED_AGGREGATION', [[{ type: 'median', column: 'latencyMs' }]]),
  ...inField('aggregations', 'UNSUPPORTED_AGGREGATION', [[{ type: 'SUM', column: 'inputTokens' }]]),
  ...['sum', 'avg', 'min', 'max', 'p50', 'p99'].flatMap((type) =>
    inField('aggregations', 'UNSUPPORTED_AGGREGATION', [[{ type, column: 'modelName' }]]),
  ),
  ...['', '*', 'total', 'tokens', 'traceid', 'spanId', 'metadata.env', '__proto__', 'toolName'].flatMap((column) =>
    inField('aggregations', 'UNSUPPORTED_AGGREGATION', [[{ type: 'count', column }]]),
  ),
]
