import { filters, GOOD_FILTER, inField, long, type Malformed, on } from './cases.js'

/** Malformed: filters whose shape or value is wrong. */
export const FILTERS: readonly Malformed[] = [
  ...inField('filters', 'VALIDATION_FAILED', [
    null,
    'x',
    {},
    GOOD_FILTER,
    Array.from({ length: 101 }, () => GOOD_FILTER),
  ]),
  ...filters('VALIDATION_FAILED', [
    null,
    1,
    'x',
    [],
    {},
    { ...GOOD_FILTER, metadataKey: 'env' },
    { ...GOOD_FILTER, not: true },
  ]),
  ...filters('VALIDATION_FAILED', [
    { operator: 'EQUAL', value: 'x' },
    on('modelName', undefined, 'x'),
    on('modelName', 1, 'x'),
  ]),
  ...filters('VALIDATION_FAILED', [
    { fieldName: 1, operator: 'EQUAL', value: 'x' },
    { fieldName: null, operator: 'EQUAL', value: 'x' },
  ]),
  ...['', '.', '..', long(257), '\ud800', 'a\0', 7, null].flatMap((metadataKey) =>
    filters('VALIDATION_FAILED', [{ metadataKey, operator: 'EQUAL', value: 'x' }]),
  ),
  ...[undefined, null, 5, true, ['x'], {}, long(1_025), '\udfff', 'a\0b'].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('modelName', 'EQUAL', value)]),
  ),
  ...[
    undefined,
    null,
    'x',
    [],
    [1],
    ['x', null],
    [['x']],
    Array.from({ length: 1_001 }, (_, index) => `m${index}`),
  ].flatMap((value) => filters('VALIDATION_FAILED', [on('modelName', 'IN', value)])),
  ...[undefined, 1, ['x'], null, long(1_025)].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('modelName', 'STRING_CONTAINS', value)]),
  ),
  ...[undefined, '100', true, [100], null].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('inputTokens', 'GREATER_THAN', value)]),
  ),
  ...[undefined, 100, [], [1], [1, 2, 3], ['1', '2'], [2, 1], [1, null], { min: 1, max: 2 }].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('costInUSD', 'BETWEEN', value)]),
  ),
  ...['200', true, [200], null].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('httpStatusCode', 'EQUAL', value)]),
  ),
  ...['true', 1, null, [true]].flatMap((value) => filters('VALIDATION_FAILED', [on('isFailure', 'EQUAL', value)])),
  ...['true', 1, null, [true], undefined].flatMap((value) =>
    filters('VALIDATION_FAILED', [on('virtualModelName', 'IS_NULL', value)]),
  ),
  ...['team-a', [], [1]].flatMap((value) => filters('VALIDATION_FAILED', [on('team', 'ARRAY_HAS_ANY', value)])),
  ...filters('VALIDATION_FAILED', [{ metadataKey: 'env', operator: 'EQUAL', value: 5 }]),
  ...filters('VALIDATION_FAILED', [on('cacheType', 'IN', ['exact'])], 'cacheMetrics'),
  ...filters(
    'VALIDATION_FAILED',
    [on('guardrailResult', 'IN', ['pass']), on('guardrailResult', 'STRING_CONTAINS', 'block')],
    'guardrailMetrics',
  ),
]
