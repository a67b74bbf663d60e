import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { DAY, openGrafana } from './panel.js'
import { target } from './target.js'

type Keeps = (row: TrafficRow) => boolean
const team = ({ metadata }: TrafficRow) => metadata.team ?? null

/** A payload's filter, and the rows that it keeps. */
const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>, Keeps])[] = [
  ['one value', { field: 'modelName', value: 'gpt-4o' }, ({ model }) => model === 'gpt-4o'],
  [
    'several, as csv',
    { field: 'modelName', operator: 'IN', value: 'gpt-4o,gpt-4o-mini' },
    ({ model }) => model === 'gpt-4o' || model === 'gpt-4o-mini',
  ],
  [
    'several, in braces',
    { field: 'team', value: '{search,007}' },
    (row) => team(row) === 'search' || team(row) === '007',
  ],
  [
    'several, as the builder fills them in',
    { field: 'team', operator: 'EQUAL', value: '(search|R&D)' },
    (row) => team(row) === 'search' || team(row) === 'R&D',
  ],
  ['escaped', { field: 'modelName', operator: 'EQUAL', value: 'gpt\\-4o' }, ({ model }) => model === 'gpt-4o'],
  [
    'an array, whose values may hold commas',
    { field: 'team', operator: 'IN', value: ['growth, emea', 'search'] },
    (row) => team(row) === 'growth, emea' || team(row) === 'search',
  ],
  [
    'a number that came as text',
    { field: 'httpStatusCode', operator: 'EQUAL', value: '429' },
    ({ status }) => status === 429,
  ],
  ['a boolean that came as text', { field: 'isFailure', value: 'true' }, ({ status }) => status >= 400],
  [
    'a negation of several',
    { field: 'team', operator: 'NOT_EQUAL', value: '{search,support}' },
    (row) => team(row) !== 'search' && team(row) !== 'support',
  ],
  ['nothing chosen', { field: 'team', value: '' }, () => true],
  ['all, as a list', { field: 'team', operator: 'IN', value: ['$__all'] }, () => true],
  ['all, as a pattern', { field: 'team', operator: 'IN', value: '.*' }, () => true],
  ['an empty list', { filters: [{ fieldName: 'team', operator: 'IN', value: [] }] }, () => true],
  [
    'a variable that is left to us',
    { field: 'team', value: '$team' },
    (row) => team(row) === 'search' || team(row) === 'growth, emea',
  ],
  [
    'lines',
    { filters: 'modelName STRING_STARTS_WITH gpt\nisFailure EQUAL false\n' },
    ({ model, status }) => model?.startsWith('gpt') === true && status < 400,
  ],
  [
    'JSON as text',
    { filters: '[{"metadataKey":"env","operator":"EQUAL","value":"staging"}]' },
    ({ metadata }) => metadata.env === 'staging',
  ],
  [
    'a range',
    { filters: [{ fieldName: 'inputTokens', operator: 'BETWEEN', value: '100,500' }] },
    ({ inputTokens }) => inputTokens >= 100 && inputTokens <= 500,
  ],
  [
    'no value at all',
    { filters: [{ fieldName: 'team', operator: 'IS_NULL', value: 'true' }] },
    (row) => team(row) === null,
  ],
]

/** An ad hoc filter, and the rows that it keeps. */
const AD_HOC: readonly (readonly [string, string, unknown, Keeps])[] = [
  ['team', '=', 'search', (row) => team(row) === 'search'],
  ['team', '!=', 'search', (row) => team(row) !== 'search'],
  ['team', '=|', ['search', '007'], (row) => team(row) === 'search' || team(row) === '007'],
  ['team', '!=|', ['search', '007'], (row) => team(row) !== 'search' && team(row) !== '007'],
  ['metadata.env', '=', 'staging', ({ metadata }) => metadata.env === 'staging'],
  ['httpStatusCode', '>', '400', ({ status }) => status > 400],
  ['inputTokens', '<', '200', ({ inputTokens }) => inputTokens < 200],
  ['isFailure', '!=', 'true', ({ status }) => status < 400],
  ['modelName', '=~', 'gpt-4o|o3-mini', ({ model }) => model === 'gpt-4o' || model === 'o3-mini'],
  ['modelName', '=~', '^(gpt-4o|o3-mini)$', ({ model }) => model === 'gpt-4o' || model === 'o3-mini'],
  ['modelName', '=~', 'gpt.*', ({ model }) => model?.startsWith('gpt') === true],
  ['modelName', '=~', '.*mini', ({ model }) => model?.endsWith('mini') === true],
  ['modelName', '!~', '.*4.*', ({ model }) => model?.includes('4') !== true],
  ['modelName', '=~', '.*', () => true],
  ['modelName', '=', '', () => true],
]

const count = (body: unknown): unknown => Object(body)[0]?.rows?.[0]?.[0] ?? Object(body)[0]?.meta?.custom

t.test('every way in which Grafana fills variables into a filter keeps the rows it stands for', async (t) => {
  const service = await openGrafana(t)
  const scopedVars = { team: { text: 'search + growth, emea', value: ['search', 'growth, emea'] } }
  for (const [name, payload, keeps] of CASES) {
    const targets = [target({ type: 'distribution', ...payload })]
    const { body } = await service.send('/query', { range: DAY, targets, scopedVars })
    t.strictSame(count(body), service.seen().filter(keeps).length, name)
  }
})

t.test('ad hoc filters hold for every target, beside each other', async (t) => {
  const service = await openGrafana(t)
  for (const [key, operator, value, keeps] of AD_HOC) {
    const filter = Array.isArray(value) ? { key, operator, value: value[0], values: value } : { key, operator, value }
    const targets = [target({ type: 'distribution' })]
    const { body } = await service.send('/query', { range: DAY, targets, adhocFilters: [filter] })
    t.strictSame(count(body), service.seen().filter(keeps).length, `${key} ${operator} ${value}`)
    t.strictSame(
      (await service.send('/query', { range: DAY, targets, filters: [filter] })).body,
      body,
      'or where newer releases put them',
    )
  }
  const adhocFilters = [
    { key: 'team', operator: '=', value: 'search' },
    { key: 'modelName', operator: '=~', value: 'gpt.*' },
  ]
  const targets = [
    target({ type: 'distribution', field: 'isFailure', value: 'true' }),
    target({ type: 'distribution' }, 'B'),
  ]
  const { body } = await service.send('/query', { range: DAY, targets, adhocFilters })
  const both = service.seen().filter((row) => team(row) === 'search' && row.model?.startsWith('gpt'))
  t.strictSame(
    Object(body).map(({ rows }: { rows: unknown }) => rows),
    [[[both.filter(({ status }) => status >= 400).length]], [[both.length]]],
  )
})

t.test('what cannot be kept exactly is refused, never bent', async (t) => {
  const service = await openGrafana(t)
  const ask = async (payload: Readonly<Record<string, unknown>>, adhocFilters: readonly unknown[] = []) => {
    const { body } = await service.send('/query', {
      range: DAY,
      targets: [target({ type: 'distribution', ...payload })],
      adhocFilters,
    })
    return Object(body)[0].meta.custom
  }
  t.match(await ask({ field: 'team', value: '$squad' }), {
    details: [{ path: '/targets/0/payload/value', message: /has no variable "squad"/ }],
  })
  t.match(await ask({}, [{ key: 'modelName', operator: '=~', value: 'gpt-[34]o?' }]), {
    code: 'UNSUPPORTED_OPERATOR',
    details: [{ path: '/adhocFilters/0/value' }],
  })
  t.match(await ask({}, [{ key: 'mcpServerName', operator: '=', value: 'x' }]), {
    code: 'UNSUPPORTED_FIELD',
    details: [{ path: '/adhocFilters/0/fieldName', message: /It belongs to mcpMetrics/ }],
  })
  t.match(await ask({ filters: 'team' }), { details: [{ path: '/targets/0/payload/filters' }] })
  t.match(await ask({ aggregation: ['total'] }), {
    details: [{ path: '/targets/0/payload/aggregation', message: /Did you mean "aggregations"\?/ }],
  })
})
