import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { byValue, type Figures, inputTokens, percentile, sameRows, sum, usd, whole } from './scan.js'
import { deploy, type Whole } from './service.js'

type Case = readonly [name: string, filters: readonly object[], passes: (row: TrafficRow) => boolean]

const KEY = '7d1f2a60-5a0e-4c5b-9a53-1f0c6f1e2b01'
const OTHER_KEY = 'c0a8f3d2-91b7-4f6e-8d24-6a7b3c9e5f10'
const where = (fieldName: string, operator: string, value: unknown) => ({ fieldName, operator, value })
const tag = (metadataKey: string, operator: string, value: unknown) => ({ metadataKey, operator, value })
const meta = (row: TrafficRow, key: string) => row.metadata[key] ?? null
const within = (value: string | null, ...values: readonly string[]) => value !== null && values.includes(value)

const AGGREGATIONS = [
  { type: 'sum', column: 'inputTokens' },
  { type: 'sum', column: 'costInUSD' },
]
const FIGURES: Figures = { sumInputTokens: sum(inputTokens), sumCostInUSD: sum(usd) }
const P99 = { type: 'p99', column: 'latencyMs' }
const WITH_P99: Figures = { ...FIGURES, p99LatencyMs: percentile(0.99) }

/** Filters that select by naming values: percentiles hold for them too, as one call says all. */
const NAMED: readonly Case[] = [
  ['a model', [where('modelName', 'EQUAL', 'gpt-4o')], (row) => row.model === 'gpt-4o'],
  [
    'models, one of them unknown',
    [where('modelName', 'IN', ['gpt-4o', 'chat__prod', 'no-such-model'])],
    (row) => within(row.model, 'gpt-4o', 'chat__prod'),
  ],
  [
    'a provider model',
    [where('providerModelName', 'EQUAL', 'claude-opus-4-1')],
    (row) => row.model === 'claude-opus-4-1',
  ],
  ['a provider', [where('providerAccountType', 'EQUAL', 'azure-openai')], (row) => row.service === 'azure-openai'],
  [
    'a model at a provider',
    [where('modelName', 'EQUAL', 'gpt-4o'), where('providerAccountType', 'EQUAL', 'azure-openai')],
    (row) => row.model === 'gpt-4o' && row.service === 'azure-openai',
  ],
  ['a config', [where('virtualModelName', 'EQUAL', 'pc-cache-0a9b8c')], (row) => row.config === 'pc-cache-0a9b8c'],
  ['with a config', [where('virtualModelName', 'IS_NULL', false)], (row) => row.config !== null],
  ['the model side, which is all', [where('virtualModelName', 'IS_NULL', true)], () => true],
  ['the same, by its other name', [where('virtualModel', 'IS_NULL', true)], () => true],
  [
    'the model side beside a config',
    [where('virtualModel', 'IS_NULL', true), where('virtualModelName', 'EQUAL', 'pc-cache-0a9b8c')],
    (row) => row.config === 'pc-cache-0a9b8c',
  ],
  ['an API key', [where('virtualAccount', 'EQUAL', KEY)], (row) => row.apiKey === KEY],
  ['API keys', [where('virtualaccount', 'IN', [KEY, OTHER_KEY])], (row) => within(row.apiKey, KEY, OTHER_KEY)],
  ['a user', [where('userEmail', 'EQUAL', 'Doe, Jane')], (row) => meta(row, '_user') === 'Doe, Jane'],
  [
    'a user of another alphabet',
    [where('userEmail', 'EQUAL', 'zoë.müller@example.com')],
    (row) => meta(row, '_user') === 'zoë.müller@example.com',
  ],
  ['a team', [where('team', 'ARRAY_HAS_ANY', ['growth, emea'])], (row) => meta(row, 'team') === 'growth, emea'],
  ['a team called null', [where('team', 'EQUAL', 'null')], (row) => meta(row, 'team') === 'null'],
  ['metadata', [tag('env', 'EQUAL', 'production')], (row) => meta(row, 'env') === 'production'],
  ['metadata as a field', [where('metadata.env', 'EQUAL', 'Production')], (row) => meta(row, 'env') === 'Production'],
  [
    'two keys at once',
    [tag('env', 'EQUAL', 'production'), tag('team', 'EQUAL', 'R&D')],
    (row) => meta(row, 'env') === 'production' && meta(row, 'team') === 'R&D',
  ],
  ['a status', [where('httpStatusCode', 'EQUAL', 429)], (row) => row.status === 429],
  ['statuses', [where('httpStatusCode', 'IN', [429, 503, 777])], (row) => [429, 503].includes(row.status)],
  ['no success', [where('httpStatusCode', 'NOT_EQUAL', 200)], (row) => row.status !== 200],
  ['a range of statuses', [where('httpStatusCode', 'GREATER_THAN', 429)], (row) => row.status > 429],
  [
    'statuses between',
    [where('httpStatusCode', 'BETWEEN', [400, 446])],
    (row) => row.status >= 400 && row.status <= 446,
  ],
  ['an error code', [where('errorCode', 'EQUAL', '500')], (row) => row.status === 500],
  ['a success as an error code is nothing', [where('errorCode', 'EQUAL', '200')], () => false],
  [
    'error codes that begin',
    [where('errorCode', 'STRING_STARTS_WITH', '4')],
    (row) => Math.floor(row.status / 100) === 4,
  ],
  ['no such error: requests without one stay', [where('errorCode', 'NOT_EQUAL', '429')], (row) => row.status !== 429],
  ['failures', [where('isFailure', 'EQUAL', true)], (row) => row.status >= 400],
  ['no failures', [where('isFailure', 'EQUAL', false)], (row) => row.status < 400],
  [
    'failures of one status',
    [where('isFailure', 'EQUAL', true), where('httpStatusCode', 'IN', [200, 429])],
    (row) => row.status === 429,
  ],
  ['a prompt', [where('promptSlug', 'EQUAL', 'pp-triage-9e07')], (row) => row.prompt === 'pp-triage-9e07'],
  ['many tokens', [where('inputTokens', 'GREATER_THAN', 1000)], (row) => row.inputTokens > 1000],
  [
    'tokens between, both ends included',
    [where('outputTokens', 'BETWEEN', [100, 200])],
    (row) => row.outputTokens >= 100 && row.outputTokens <= 200,
  ],
  ['half a token', [where('inputTokens', 'LESS_THAN_EQUAL', 1000.5)], (row) => row.inputTokens <= 1000.5],
  ['a cost', [where('costInUSD', 'GREATER_THAN_EQUAL', 0.01)], (row) => row.costCents >= 1],
  ['free', [where('costInUSD', 'LESS_THAN', 1e-9)], (row) => row.costCents < 1e-7],
  ['all tokens', [where('totalTokens', 'LESS_THAN', 300)], (row) => row.inputTokens + row.outputTokens < 300],
  ['no value is named by an empty text', [where('modelName', 'EQUAL', '')], () => false],
  [
    'nothing is two models',
    [where('modelName', 'EQUAL', 'gpt-4o'), where('modelName', 'EQUAL', 'gpt-4.1')],
    () => false,
  ],
  [
    'nothing lies between the wrong ends',
    [where('inputTokens', 'GREATER_THAN', 10), where('inputTokens', 'LESS_THAN', 11)],
    () => false,
  ],
]

/** Filters whose values are found first; where each is asked for by itself, only sums add up. */
const LISTED: readonly Case[] = [
  ['any number but one', [where('outputTokens', 'NOT_EQUAL', 0)], (row) => row.outputTokens !== 0],
  [
    'a number outside a range left out of it',
    [where('outputTokens', 'GREATER_THAN', 10), where('outputTokens', 'NOT_EQUAL', 0)],
    (row) => row.outputTokens > 10,
  ],
  [
    'two numbers of one field left out',
    [
      where('outputTokens', 'NOT_EQUAL', 0),
      where('outputTokens', 'NOT_EQUAL', 7),
      where('inputTokens', 'NOT_EQUAL', 0),
    ],
    (row) => row.outputTokens !== 0 && row.outputTokens !== 7 && row.inputTokens !== 0,
  ],
  [
    'models that begin',
    [where('modelName', 'STRING_STARTS_WITH', 'gpt-')],
    (row) => row.model?.startsWith('gpt-') ?? false,
  ],
  ['models that hold', [where('modelName', 'STRING_CONTAINS', '4o')], (row) => row.model?.includes('4o') ?? false],
  ['keys that do not end', [where('virtualAccount', 'STRING_NOT_ENDS_WITH', '1')], (row) => !row.apiKey.endsWith('1')],
  ['not this key', [where('virtualAccount', 'NOT_EQUAL', KEY)], (row) => row.apiKey !== KEY],
  [
    'two users',
    [where('userEmail', 'IN', ['Doe, Jane', '1001'])],
    (row) => within(meta(row, '_user'), 'Doe, Jane', '1001'),
  ],
  [
    'users that end',
    [where('userEmail', 'STRING_ENDS_WITH', '@example.com')],
    (row) => meta(row, '_user')?.endsWith('@example.com') ?? false,
  ],
  ['with a team', [where('team', 'IS_NULL', false)], (row) => meta(row, 'team') !== null],
  [
    'environments',
    [tag('env', 'IN', ['staging', 'development'])],
    (row) => within(meta(row, 'env'), 'staging', 'development'),
  ],
  [
    'a config that ends',
    [where('virtualModelName', 'STRING_ENDS_WITH', 'c')],
    (row) => row.config?.endsWith('c') ?? false,
  ],
]

const check = async (t: Parameters<typeof sameRows>[0], service: Whole, cases: readonly Case[], exact: boolean) => {
  const aggregations = exact ? [...AGGREGATIONS, P99] : AGGREGATIONS
  for (const [name, filters, passes] of cases) {
    const asked = await service.ask({ filters, aggregations })
    sameRows(t, asked.rows, [whole(service.seen().filter(passes), exact ? WITH_P99 : FIGURES)], name)
    const upstream = asked.headers.get('x-upstream-calls')
    t.equal(upstream, String(asked.calls), `${name}: calls as counted`)
  }
}

t.test('filters that name what they keep', async (t) => check(t, await deploy(t), NAMED, true))

t.test('filters whose values have to be found', async (t) => check(t, await deploy(t), LISTED, false))

t.test('a filter that nothing can pass asks nobody', async (t) => {
  const service = await deploy(t)
  for (const [name, filters, passes] of NAMED) {
    if (service.seen().some(passes) || !/^no(thing| value)|success as/.test(name)) continue
    t.equal((await service.ask({ filters })).calls, 0, name)
  }
})

t.test('a filter on the grouped field keeps its rows', async (t) => {
  const service = await deploy(t)
  const team = (row: TrafficRow) => meta(row, 'team')
  const cases: readonly Case[] = [
    ['named', [where('team', 'IN', ['search', 'R&D', 'nobody'])], (row) => within(team(row), 'search', 'R&D')],
    ['with a comma', [where('team', 'IN', ['growth, emea', '007'])], (row) => within(team(row), 'growth, emea', '007')],
    ['negated: null stays', [where('team', 'ARRAY_HAS_NONE', ['search'])], (row) => team(row) !== 'search'],
    ['holding', [where('team', 'STRING_CONTAINS', 'r')], (row) => team(row)?.includes('r') ?? false],
    [
      'not holding: null stays',
      [where('team', 'STRING_NOT_CONTAINS', 'r')],
      (row) => !(team(row)?.includes('r') ?? false),
    ],
    ['none', [where('team', 'IS_NULL', true)], (row) => team(row) === null],
    ['some', [where('team', 'IS_NULL', false)], (row) => team(row) !== null],
  ]
  for (const [name, filters, passes] of cases) {
    const asked = await service.ask({ groupBy: ['team'], filters, aggregations: AGGREGATIONS })
    sameRows(t, asked.rows, byValue(service.seen().filter(passes), 'team', team, FIGURES), name)
  }
})

t.test('a filter beside another group', async (t) => {
  const service = await deploy(t)
  for (const [name, filters, passes] of [...NAMED, ...LISTED]) {
    const asked = await service.ask({ groupBy: ['virtualModel'], filters, aggregations: AGGREGATIONS })
    const rows = byValue(service.seen().filter(passes), 'virtualModelName', (row) => row.config, FIGURES)
    sameRows(t, asked.rows, rows, name)
  }
})

t.test('string values compare with case, and a number is no text', async (t) => {
  const service = await deploy(t)
  const total = async (filter: object) => (await service.ask({ filters: [filter] })).rows[0]?.total
  const rows = service.seen()
  const users = (user: string) => rows.filter((row) => meta(row, '_user') === user).length
  t.equal(await total(where('userEmail', 'EQUAL', 'alice@example.com')), users('alice@example.com'))
  t.equal(await total(where('userEmail', 'EQUAL', 'Alice@Example.com')), users('Alice@Example.com'))
  t.equal(await total(where('userEmail', 'EQUAL', '1001')), users('1001'))
  t.equal(await total(where('userEmail', 'EQUAL', '01001')), users('01001'))
})
