import t from 'tap'
import { createOracle } from './oracle.js'
import type { QuestionFilter } from './question.js'
import { ASKED, awkward, generated, inWindow, NOW, REACH, type Scan } from './scan.js'

const FILTERS: readonly (readonly [QuestionFilter, Scan])[] = [
  [{ fieldName: 'modelName', operator: 'EQUAL', value: 'gpt-4o' }, (row) => row.model === 'gpt-4o'],
  [{ fieldName: 'modelName', operator: 'NOT_EQUAL', value: 'gpt-4o' }, (row) => row.model !== 'gpt-4o'],
  [{ fieldName: 'modelName', operator: 'STRING_CONTAINS', value: '4o' }, (row) => row.model?.includes('4o') ?? false],
  [{ fieldName: 'modelName', operator: 'STRING_NOT_ENDS_WITH', value: 'i' }, (row) => !row.model?.endsWith('i')],
  [{ fieldName: 'modelName', operator: 'STRING_STARTS_WITH', value: '' }, (row) => row.model !== null],
  [{ fieldName: 'modelName', operator: 'EQUAL', value: '' }, () => false],
  [{ fieldName: 'virtualModel', operator: 'IS_NULL', value: true }, () => true],
  [{ fieldName: 'virtualModelName', operator: 'IS_NULL', value: false }, (row) => row.config !== null],
  [{ fieldName: 'httpStatusCode', operator: 'GREATER_THAN', value: 399 }, (row) => row.status > 399],
  [
    { fieldName: 'httpStatusCode', operator: 'BETWEEN', value: [246, 400] },
    (row) => row.status >= 246 && row.status <= 400,
  ],
  [{ fieldName: 'isFailure', operator: 'EQUAL', value: true }, (row) => row.status >= 400],
  [{ fieldName: 'errorCode', operator: 'NOT_IN', value: ['429'] }, (row) => row.status !== 429],
  [{ fieldName: 'inputTokens', operator: 'LESS_THAN_EQUAL', value: 10.5 }, (row) => row.inputTokens <= 10],
  [{ fieldName: 'costInUSD', operator: 'EQUAL', value: 0.07 }, (row) => row.costCents === 7],
  [{ fieldName: 'costInUSD', operator: 'LESS_THAN', value: 0.007 }, (row) => row.costCents < 0.7],
  [
    { fieldName: 'team', operator: 'ARRAY_HAS_NONE', value: ['plain', 'a,b'] },
    (row) => !['plain', 'a,b'].includes(row.metadata.team ?? ''),
  ],
  [
    { metadataKey: 'env', operator: 'IN', value: ["o'clock", 'production'] },
    (row) => ["o'clock", 'production'].includes(row.metadata.env ?? ''),
  ],
  [{ fieldName: 'metadata.a.b', operator: 'IS_NULL', value: true }, (row) => (row.metadata['a.b'] ?? '') === ''],
  [
    { fieldName: 'feedbackScore', operator: 'GREATER_THAN_EQUAL', value: 0 },
    (row) => row.feedback !== null && row.feedback.score >= 0,
  ],
]

t.test('each filter keeps what a scan keeps', async (t) => {
  for (const rows of [generated, awkward]) {
    const oracle = await createOracle(rows, NOW)
    for (const [filter, test] of FILTERS) {
      const verdict = await oracle.ask({ ...ASKED, filters: [filter] }, REACH)
      t.strictSame(
        verdict.kind === 'points' && verdict.points,
        [{ total: inWindow(rows, test).length }],
        JSON.stringify(filter),
      )
    }
    oracle.close()
  }
})
