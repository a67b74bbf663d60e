import t from 'tap'
import { type EmulatorOptions, type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { countOf, distinctOf, type Figures, inputTokens, type Row, sameRows, sum, whole } from './scan.js'
import { deploy, MINUTE } from './service.js'

type Value = string | boolean | null
type Field = readonly [group: string, key: string, value: (row: TrafficRow) => Value]

const PROMPT: Field = ['promptSlug', 'promptSlug', (row) => row.prompt]
const CONFIG: Field = ['virtualModel', 'virtualModelName', (row) => row.config]
const USER: Field = ['userEmail', 'createdBySubjectSlug', (row) => row.metadata._user ?? null]
const TEAM: Field = ['team', 'team', (row) => row.metadata.team ?? null]
const ENV: Field = ['metadata.env', 'metadata.env', (row) => row.metadata.env ?? null]
const NOBODY: Field = ['metadata.nobody', 'metadata.nobody', () => null]
const MODEL: Field = ['modelName', 'modelName', (row) => row.model]
const PROVIDER: Field = ['providerAccountType', 'providerAccountType', (row) => row.service]
const FAILURE: Field = ['isFailure', 'isFailure', (row) => row.status >= 400]

/** Fields that some requests have no value of are mixed with fields that all have, in every place. */
const TRIPLES: readonly (readonly Field[])[] = [
  [PROMPT, CONFIG, PROVIDER],
  [PROMPT, CONFIG, TEAM],
  [PROMPT, CONFIG, MODEL],
  [PROMPT, CONFIG, FAILURE],
  [PROMPT, CONFIG, USER],
  [PROMPT, CONFIG, ENV],
  [PROVIDER, PROMPT, CONFIG],
  [CONFIG, PROVIDER, PROMPT],
  [TEAM, PROMPT, FAILURE],
  [PROMPT, TEAM, PROVIDER],
  [PROMPT, NOBODY, USER],
  [NOBODY, PROMPT, CONFIG],
  [USER, MODEL, PROMPT],
]

/** A few settled hours: three groups take many calls. */
const HOURS = { startTs: '2026-06-09T06:00:00.000Z', endTs: '2026-06-09T09:00:00.000Z' }
const PATIENT = { MAX_UPSTREAM_CALLS: '3000', UPSTREAM_RPS: '10000', UPSTREAM_CONCURRENCY: '32' }

const USERS = ['ann', 'bob', 'carl', 'dora', 'eve', 'fred', 'gus', 'hal', 'ida', 'jo']

/** Three hours with a prompt whose name no list can hold, so that prompts are listed inside other groups and never asked for by name. */
function rowsWithComma(): readonly TrafficRow[] {
  let state = 7
  const pick = <Value>(values: readonly [Value, ...Value[]]): Value => {
    state = (state * 48_271) % 2_147_483_647
    return values[state % values.length] ?? values[0]
  }
  return Array.from({ length: 360 }, (_, index) => {
    const service = pick(['openai', 'anthropic', 'google', 'bedrock'])
    const metadata = {
      _user: pick(['', '', ...USERS]),
      team: pick(['red', 'blue', 'green', '']),
      env: pick(['prod', 'dev', '']),
    }
    return trafficRow({
      at: Date.parse(HOURS.startTs) + index * (MINUTE / 2),
      service,
      model: `${service}-${pick(['large', 'middle', 'small'])}`,
      prompt: pick([null, null, null, null, null, null, 'greet', 'sum,mary']),
      config: pick([null, null, null, 'pc-one', 'pc-two']),
      status: pick([200, 200, 200, 429, 500]),
      inputTokens: pick([0, 10, 200, 3000]),
      metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== '')),
    })
  })
}
/** One row a combination of values: most requests first, equals by the values in turn, null last. */
function byValues(rows: readonly TrafficRow[], fields: readonly Field[], figures: Figures = {}): readonly Row[] {
  const groups = new Map<string, { readonly values: readonly Value[]; readonly of: readonly TrafficRow[] }>()
  for (const row of rows) {
    const values = fields.map(([, , value]) => value(row))
    const id = JSON.stringify(values)
    groups.set(id, { values, of: [...(groups.get(id)?.of ?? []), row] })
  }
  return [...groups.values()]
    .toSorted((one, other) => other.of.length - one.of.length || order(one.values, other.values))
    .map(({ values, of }) => ({
      ...Object.fromEntries(fields.map(([, key], index) => [key, values[index]])),
      ...whole(of, figures),
    }))
}

function order(one: readonly Value[], other: readonly Value[]): number {
  const at = one.findIndex((value, index) => value !== other[index])
  const [a = null, b = null] = [one[at], other[at]]
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

const SUMS = [{ type: 'sum', column: 'inputTokens' }]
const SUM_FIGURES: Figures = { sumInputTokens: sum(inputTokens) }

const DEPLOYMENTS: Readonly<Record<string, EmulatorOptions>> = {
  'listings show the unattributed': {},
  'listings hide the unattributed': { listsUnattributed: false },
  'a prompt has a comma': { rows: rowsWithComma() },
  'a prompt has a comma, the unattributed are hidden': { rows: rowsWithComma(), listsUnattributed: false },
}

for (const [how, options] of Object.entries(DEPLOYMENTS)) {
  t.test(`by three fields, every value stands under its own key: ${how}`, async (t) => {
    const service = await deploy(t, options, PATIENT)
    const seen = service.seen(HOURS)
    for (const fields of TRIPLES) {
      const groupBy = fields.map(([group]) => group)
      const name = groupBy.join(', ')
      const want = byValues(seen, fields, SUM_FIGURES)
      t.ok(
        want.some((row) => Object.values(row).includes(null)),
        `${name}: something is unattributed`,
      )
      const asked = await service.ask({ ...HOURS, groupBy, aggregations: SUMS })
      t.equal(asked.status, 200, `${name}: ${asked.message}`)
      sameRows(t, asked.rows, want, name)
    }
  })
}

const COUNTS = [
  { type: 'count', column: 'userEmail' },
  { type: 'countDistinct', column: 'userEmail' },
]
const COUNT_FIGURES: Figures = { countUserEmail: countOf(USER[2]), countDistinctUserEmail: distinctOf(USER[2]) }

t.test('counts in a group that no listing names are those of its requests, not 0', async (t) => {
  for (const [how, options] of Object.entries(DEPLOYMENTS)) {
    const service = await deploy(t, options, PATIENT)
    for (const fields of [
      [PROMPT, NOBODY],
      [NOBODY, PROMPT],
    ]) {
      const groupBy = fields.map(([group]) => group)
      const want = byValues(service.seen(HOURS), fields, COUNT_FIGURES)
      const nameless = want.find((row) => row.promptSlug === null)
      t.ok(Number(nameless?.countUserEmail) > Number(nameless?.countDistinctUserEmail), 'the counts differ')
      const asked = await service.ask({ ...HOURS, groupBy, aggregations: COUNTS })
      t.equal(asked.status, 200, asked.message)
      sameRows(t, asked.rows, want, `${groupBy.join(', ')}: ${how}`)
    }
  }
})

t.test('distinct counts beside a filter on two values of a metadata key', async (t) => {
  const service = await deploy(t, { rows: rowsWithComma() }, PATIENT)
  const kept = service.seen(HOURS).filter((row) => row.status < 400 && ['prod', 'dev'].includes(row.metadata.env ?? ''))
  const fields = [CONFIG, PROMPT]
  const asked = await service.ask({
    ...HOURS,
    groupBy: fields.map(([group]) => group),
    aggregations: [{ type: 'countDistinct', column: 'httpStatusCode' }],
    filters: [
      { fieldName: 'isFailure', operator: 'EQUAL', value: false },
      { metadataKey: 'env', operator: 'IN', value: ['prod', 'dev'] },
    ],
  })
  t.equal(asked.status, 200, asked.message)
  const figures = { countDistinctHttpStatusCode: distinctOf((row) => row.status) }
  sameRows(t, asked.rows, byValues(kept, fields, figures), 'by virtual model and prompt')
})
