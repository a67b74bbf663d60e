import t from 'tap'
import { type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { DAY, openGrafana } from './panel.js'
import { target } from './target.js'

type Keeps = (row: TrafficRow) => boolean
const team = ({ metadata }: TrafficRow) => metadata.team ?? null
const isOne = (row: TrafficRow, ...teams: readonly string[]) => teams.includes(team(row) ?? '')

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
  ['all, as JSON in a text', { field: 'team', operator: 'IN', value: '[]' }, () => true],
  ['all, as the builder fills it in', { field: 'team', operator: 'IN', value: ['[]'] }, () => true],
  ['all of a list within a list', { filters: [{ fieldName: 'team', operator: 'IN', value: [[]] }] }, () => true],
  ['several in quotes', { field: 'team', value: '"growth, emea","R&D"' }, (row) => isOne(row, 'growth, emea', 'R&D')],
  [
    'several as JSON',
    { field: 'team', operator: 'EQUAL', value: '["growth, emea","R&D"]' },
    (row) => isOne(row, 'growth, emea', 'R&D'),
  ],
  ['one in quotes', { field: 'team', operator: 'EQUAL', value: '"growth, emea"' }, (row) => isOne(row, 'growth, emea')],
  ['one in braces', { field: 'team', operator: 'EQUAL', value: '{search}' }, (row) => isOne(row, 'search')],
  ['one in parentheses', { field: 'team', operator: 'EQUAL', value: '(search)' }, (row) => isOne(row, 'search')],
  [
    'a list within a list',
    { filters: [{ fieldName: 'team', operator: 'IN', value: [['search', '007']] }] },
    (row) => isOne(row, 'search', '007'),
  ],
  ['both truths', { field: 'isFailure', value: '(true|false)' }, () => true],
  [
    'both truths, as a list',
    { filters: [{ fieldName: 'isFailure', operator: 'IN', value: ['true', 'false'] }] },
    () => true,
  ],
  [
    'one truth, as a list',
    { filters: [{ fieldName: 'isFailure', operator: 'NOT_IN', value: [true] }] },
    ({ status }) => status < 400,
  ],
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

/** Rows of teams and models with names that look like something else. */
const NAMED = ['a.b', 'a\\.b', '(a|b)', 'a', 'b', 'a|b', 'a,b', '{a,b}', '"a","b"', '*', '$ops'].flatMap(
  (name, index) =>
    Array.from({ length: index + 1 }, () =>
      trafficRow({ at: Date.parse(DAY.from) + 3_600_000, metadata: { team: name } }),
    ),
)

t.test(
  'the items of an array are values as they are; only what the builder sends may hold filled-in ones',
  async (t) => {
    const service = await openGrafana(t, { rows: NAMED })
    const ask = async (payload: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => {
      const { scopedVars, ...editor } = more
      const asked = { ...target({ type: 'distribution', ...payload }), ...editor }
      return count((await service.send('/query', { range: DAY, targets: [asked], scopedVars })).body)
    }
    const rowsOf = (...names: readonly string[]) =>
      NAMED.filter(({ metadata }) => names.includes(metadata.team ?? '')).length
    for (const name of ['a.b', 'a\\.b', '(a|b)', 'a|b', 'a,b', '{a,b}', '"a","b"']) {
      const filters = [{ fieldName: 'team', operator: 'IN', value: [name] }]
      t.equal(await ask({ filters }), rowsOf(name), name)
      t.equal(await ask({ field: 'team', operator: 'EQUAL', value: [name, 'b'] }), rowsOf(name, 'b'), `${name} or b`)
    }
    t.equal(await ask({ filters: [{ fieldName: 'team', operator: 'IN', value: ['*', 'b'] }] }), rowsOf('*', 'b'))
    const builder = { editorMode: 'builder' }
    t.equal(await ask({ field: 'team', value: ['(a|b)'] }, builder), rowsOf('a', 'b'), 'a variable among picked values')
    t.equal(await ask({ field: 'team', value: ['a\\.b', 'a,b'] }, builder), rowsOf('a.b', 'a,b'))
    t.equal(await ask({ filters: 'team IN (a\\.b|b)' }, builder), rowsOf('a.b', 'b'))
    t.equal(
      await ask({ filters: '[{"fieldName":"team","operator":"IN","value":["(a|b)"]}]' }, builder),
      rowsOf('a', 'b'),
    )
    const scopedVars = { team: { value: 'a,b' }, teams: { value: ['a|b', 'b'] }, odd: { value: '$ops' } }
    t.equal(
      await ask({ field: 'team', operator: 'EQUAL', value: 'a,b' }, { scopedVars }),
      rowsOf('a,b'),
      'the value of a variable',
    )
    t.equal(
      await ask({ field: 'team', operator: 'IN', value: 'a|b,b' }, { scopedVars }),
      rowsOf('a|b', 'b'),
      'its values',
    )
    t.equal(await ask({ field: 'team', operator: 'IN', value: ['$ops', 'b'] }, { scopedVars }), rowsOf('$ops', 'b'))
  },
)

t.test('what cannot be kept exactly is refused, never bent', async (t) => {
  const service = await openGrafana(t)
  const ask = async (payload: Readonly<Record<string, unknown>>) => {
    const { body } = await service.send('/query', {
      range: DAY,
      targets: [target({ type: 'distribution', ...payload })],
    })
    return Object(body)[0].meta.custom
  }
  for (const [operator, value] of [
    ['IN', 'search|support'],
    ['EQUAL', 'search,support'],
    ['NOT_EQUAL', 'search, support'],
    ['STRING_CONTAINS', 'a|b'],
    ['IN', "'search','support'"],
    ['IN', '("search" OR "support")'],
    ['IN', '"a\\","b"'],
    ['IN', '["search"'.concat(', support]')],
  ] as const) {
    t.match(
      await ask({ field: 'team', operator, value }),
      { details: [{ path: '/targets/0/payload/value', message: /may be one value or several/ }] },
      `${operator} ${value}`,
    )
  }
  for (const value of [{ a: 1 }, [null], ['a', { b: 1 }]]) {
    t.match(await ask({ filters: [{ fieldName: 'team', operator: 'IN', value }] }), {
      details: [{ path: '/targets/0/payload/filters/0', message: /A filter's value is a text/ }],
    })
  }
  t.match(await ask({ filters: [{ fieldName: 'isFailure', operator: 'NOT_IN', value: ['true', 'false'] }] }), {
    details: [{ path: '/targets/0/payload/filters/0', message: /keeps no row/ }],
  })
  t.match(await ask({ field: 'team', value: '$squad' }), {
    details: [{ path: '/targets/0/payload/value', message: /has no variable "squad"/ }],
  })
  t.match(await ask({ filters: 'team' }), { details: [{ path: '/targets/0/payload/filters' }] })
  t.match(await ask({ aggregation: ['total'] }), {
    details: [{ path: '/targets/0/payload/aggregation', message: /Did you mean "aggregations"\?/ }],
  })
})
