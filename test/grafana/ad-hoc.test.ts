import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { readPattern } from '../../src/grafana/pattern.js'
import { DAY, openGrafana } from './panel.js'
import { target } from './target.js'

type Keeps = (row: TrafficRow) => boolean
const team = ({ metadata }: TrafficRow) => metadata.team ?? null

/** An ad hoc filter, and the rows that it keeps. */
const AD_HOC: readonly (readonly [string, string, unknown, Keeps])[] = [
  ['team', '=', 'search', (row) => team(row) === 'search'],
  ['team', '!=', 'search', (row) => team(row) !== 'search'],
  ['team', '=|', ['search', '007'], (row) => team(row) === 'search' || team(row) === '007'],
  ['team', '!=|', ['search', '007'], (row) => team(row) !== 'search' && team(row) !== '007'],
  ['metadata.env', '=', 'staging', ({ metadata }) => metadata.env === 'staging'],
  ['httpStatusCode', '>', '400', ({ status }) => status > 400],
  ['inputTokens', '<', '200', ({ inputTokens }) => inputTokens < 200],
  ['httpStatusCode', '>=', '429', ({ status }) => status >= 429],
  ['inputTokens', '<=', '200', ({ inputTokens }) => inputTokens <= 200],
  ['isFailure', '=|', ['true', 'false'], () => true],
  ['isFailure', '!=', 'true', ({ status }) => status < 400],
  ['modelName', '=~', 'gpt-4o|o3-mini', ({ model }) => model === 'gpt-4o' || model === 'o3-mini'],
  ['modelName', '=~', '^(gpt-4o|o3-mini)$', ({ model }) => model === 'gpt-4o' || model === 'o3-mini'],
  ['modelName', '=~', 'gpt.*', ({ model }) => model?.startsWith('gpt') === true],
  ['modelName', '=~', '.*mini', ({ model }) => model?.endsWith('mini') === true],
  ['modelName', '!~', '.*4.*', ({ model }) => model?.includes('4') !== true],
  ['modelName', '=~', 'gpt-4\\.1|o3-mini', ({ model }) => model === 'gpt-4.1' || model === 'o3-mini'],
  ['team', '=~', '.+', (row) => team(row) !== null],
  ['team', '!~', '.+', (row) => team(row) === null],
  ['modelName', '=~', '.*', () => true],
  ['modelName', '=', '', () => true],
]

const count = (body: unknown): unknown => Object(body)[0]?.rows?.[0]?.[0] ?? Object(body)[0]?.meta?.custom

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

t.test('a pattern is read as a regular expression of whole values, or refused', async (t) => {
  for (const [pattern, read] of [
    ['gpt-4o', { how: 'whole', texts: ['gpt-4o'] }],
    ['^(a|b\\|c)$', { how: 'whole', texts: ['a', 'b|c'] }],
    ['gpt-4\\.1.*', { how: 'STARTS_WITH', text: 'gpt-4.1' }],
    ['.*mini', { how: 'ENDS_WITH', text: 'mini' }],
    ['^.*a b.*$', { how: 'CONTAINS', text: 'a b' }],
    ['cost\\$', { how: 'whole', texts: ['cost$'] }],
    ['.*', { how: 'any' }],
    ['^(.+)$', { how: 'some' }],
  ] as const) {
    t.strictSame(readPattern(pattern), read, pattern)
  }
  for (const pattern of [
    'gpt-4.',
    'gpt-4.1',
    'gpt.+',
    '.+mini',
    'a.*b',
    '(a|b).*',
    'a|b.*',
    'a?',
    '[ab]',
    '\\d',
    'a||b',
    'x{2}',
    '(a)(b)',
    '',
  ]) {
    t.equal(readPattern(pattern), null, pattern)
  }
})

t.test('an ad hoc filter that nothing says fails target by target, at its own place', async (t) => {
  const service = await openGrafana(t)
  const ask = async (...adhocFilters: readonly unknown[]) => {
    const targets = [target({ type: 'distribution' })]
    const { status, body } = await service.send('/query', { range: DAY, targets, adhocFilters })
    t.equal(status, 200)
    return Object(body)[0].meta.custom
  }
  for (const value of ['gpt-[34]o?', 'gpt-4.']) {
    t.match(await ask({ key: 'modelName', operator: '=~', value }), {
      code: 'UNSUPPORTED_OPERATOR',
      details: [{ path: '/adhocFilters/0/value', message: /a dot in a name is written \\\./ }],
    })
  }
  t.match(await ask({ key: 'team', operator: '=', value: 'a' }, { key: 'modelName', operator: '~', value: 'a' }), {
    code: 'UNSUPPORTED_OPERATOR',
    details: [{ path: '/adhocFilters/1/operator', message: /no ad hoc operator "~": use "=", "!="/ }],
  })
  t.match(await ask({ key: 'mcpServerName', operator: '=', value: 'x' }), {
    code: 'UNSUPPORTED_FIELD',
    details: [{ path: '/adhocFilters/0/key', message: /It belongs to mcpMetrics/ }],
  })
  t.match(await ask({ key: 'team', operator: '!~', value: '.*' }), {
    details: [{ path: '/adhocFilters/0/value', message: /keeps no row/ }],
  })
  t.match(await ask({ key: 'virtualModelName', operator: '!~', value: '.+' }), { code: 'UNSUPPORTED_OPERATOR' })
})
