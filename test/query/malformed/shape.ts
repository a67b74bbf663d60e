import { LEAST } from '../question.js'
import { deep, GOOD_FILTER, inField, label, long, type Malformed, withField, withFilterValue } from './cases.js'

/** Malformed: bodies that are no question, or not this one. */
export const SHAPE: readonly Malformed[] = [
  ...[null, true, 0, 'text', [], [LEAST], ''].map((body) => ({
    name: `a body that is ${label(body)}`,
    code: 'VALIDATION_FAILED' as const,
    body,
  })),
  { name: 'an empty object', code: 'VALIDATION_FAILED', body: {} },
  { name: 'a deep array', code: 'VALIDATION_FAILED', text: deep(5_000) },
  { name: 'a deep filter value', code: 'VALIDATION_FAILED', text: withFilterValue(deep(5_000)) },
  { name: 'a number beyond doubles', code: 'VALIDATION_FAILED', text: withFilterValue('1e999', 'inputTokens') },
  { name: 'an own __proto__', code: 'VALIDATION_FAILED', text: withField('"__proto__":{"type":"distribution"}') },
  { name: 'an own constructor', code: 'VALIDATION_FAILED', text: withField('"constructor":{"prototype":{}}') },
  { name: 'a duplicate key, the last one wrong', code: 'VALIDATION_FAILED', text: withField('"type":"table"') },
  ...inField('filter', 'VALIDATION_FAILED', [[], [GOOD_FILTER]]),
  ...inField('Filters', 'VALIDATION_FAILED', [[GOOD_FILTER]]),
  ...inField('orderBy', 'VALIDATION_FAILED', ['total']),
  ...inField('group_by', 'VALIDATION_FAILED', [['modelName']]),
  ...inField('', 'VALIDATION_FAILED', [1]),
  ...inField('a/b~c', 'VALIDATION_FAILED', [1]),
  ...inField(long(3_000), 'VALIDATION_FAILED', [1]),
  ...inField('datasource', 'VALIDATION_FAILED', [
    undefined,
    null,
    1,
    '',
    'modelmetrics',
    'models',
    ['modelMetrics'],
    {},
  ]),
  ...inField('datasource', 'VALIDATION_FAILED', [
    '__proto__',
    'constructor',
    'toString',
    'routingMetrics',
    long(5_000),
  ]),
  ...inField('type', 'VALIDATION_FAILED', [undefined, null, 'Distribution', 'time-series', 'table', 1, []]),
]
