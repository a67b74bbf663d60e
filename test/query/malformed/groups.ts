import { inField, long, type Malformed } from './cases.js'

/** Malformed: groups. */
export const GROUPS: readonly Malformed[] = [
  ...inField('groupBy', 'VALIDATION_FAILED', [null, 'modelName', {}, [1], [null], [['modelName']], [{}]]),
  ...inField('groupBy', 'VALIDATION_FAILED', [Array.from({ length: 9 }, (_, index) => `metadata.key${index}`)]),
  ...inField('groupBy', 'VALIDATION_FAILED', [
    ['metadata.'],
    ['metadata..'],
    ['metadata...'],
    [`metadata.${long(257)}`],
  ]),
  ...inField('groupBy', 'VALIDATION_FAILED', [['metadata.\ud800'], ['metadata.a\0b']]),
  ...inField('groupBy', 'VALIDATION_FAILED', [
    ['userEmail', 'virtualaccount'],
    ['virtualAccount', 'userEmail'],
  ]),
  ...inField('groupBy', 'VALIDATION_FAILED', [
    ['userEmail', 'metadata._user'],
    ['metadata._user', 'team', 'userEmail'],
  ]),
  ...inField('groupBy', 'UNSUPPORTED_FIELD', [
    [''],
    ['modelname'],
    ['metadata'],
    ['toolName'],
    ['costInUSD'],
    ['__proto__'],
  ]),
  ...inField('groupBy', 'UNSUPPORTED_FIELD', [['total'], [' modelName'], ['createdBySubjectSlug'], [long(9_000)]]),
]
