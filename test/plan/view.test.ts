import fc from 'fast-check'
import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { ServiceError } from '../../src/errors.js'
import { NO_DOUBTS, NOTHING_LEARNT } from '../../src/plan/capabilities.js'
import type { CallNode, Group, Plan, Take } from '../../src/plan/plan.js'
import { planQuery } from '../../src/plan/planner.js'
import { priceOf } from '../../src/plan/price.js'
import { planText } from '../../src/plan/text.js'
import { noteAnswer, noteRun, type Tracing } from '../../src/plan/trace.js'
import { type PlanNode, viewOf } from '../../src/plan/view.js'
import { durationText, listText } from '../../src/plan/words.js'
import { parseQuery } from '../../src/query/parse.js'
import { validBody } from '../query/arbitrary.js'

const HOUR = 3_600_000
const NOW = Date.parse('2026-06-10T12:34:56.789Z')
const WINDOW = { start: Date.parse('2026-06-09T00:00:00Z'), end: Date.parse('2026-06-10T00:00:00Z') }
const NOWHERE = { constraints: [], ranges: {} }

const REQUESTS: Take = { measure: 'requests', from: 'field', field: 'requests' }
const P99: Take = { measure: 'latencyP99', from: 'field', field: 'p99' }
const MODEL: Group = {
  id: 'modelName',
  label: 'modelName',
  dimension: { kind: 'dimension', name: 'model' },
  reading: 'text',
}
const TEAM: Group = { id: 'team', label: 'team', dimension: { kind: 'metadata', key: 'team' }, reading: 'text' }

const call = (parts: Partial<CallNode> = {}): CallNode => ({
  op: 'call',
  endpoint: { kind: 'graph', name: 'requests' },
  window: WINDOW,
  where: NOWHERE,
  columns: [],
  read: { kind: 'window', takes: [REQUESTS] },
  ...parts,
})
const listing = (group: Group, parts: Partial<CallNode> = {}): CallNode =>
  call({
    endpoint: { kind: 'metadataGroup', key: 'team' },
    read: { kind: 'rows', group, takes: [REQUESTS] },
    ...parts,
  })
const ofTeam = {
  constraints: [{ dimension: TEAM.dimension, values: { kind: 'slot', slot: 'team' } }],
  ranges: {},
} as const

/** One run of `body` for every team, of which `expected` are expected. */
const eachTeam = (body: Plan, expected: number): Plan => ({
  op: 'each',
  at: 'each team within all',
  slot: 'team',
  dimension: TEAM.dimension,
  field: 'team',
  source: { kind: 'listing', of: listing(TEAM) },
  how: { kind: 'group', group: TEAM },
  expected,
  check: null,
  most: null,
  body,
})

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...node.parts.flatMap(nodesOf)]
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** The plan of a body by one of two states of knowledge; `null` where it is refused or too large to build. */
const planOf = (body: unknown, learnt: boolean): Plan | null => {
  const capabilities = learnt
    ? { ...NOTHING_LEARNT, listsUnattributed: new Set(['metadata', 'newer'] as const), preciseAverages: true }
    : NOTHING_LEARNT
  try {
    const planned = planQuery(parseQuery(body, CATALOG), {
      capabilities,
      doubts: NO_DOUBTS,
      catalog: CATALOG,
      now: NOW,
      retentionDays: null,
    })
    return planned.least > 200 ? null : planned.root()
  } catch (error) {
    if (error instanceof ServiceError) return null
    throw error
  }
}

t.test('the view of any plan', async (t) => {
  let seen = 0
  fc.assert(
    fc.property(validBody(), fc.boolean(), (body, learnt) => {
      const plan = planOf(body, learnt)
      if (plan === null) return
      seen += 1
      const view = viewOf(plan)
      const nodes = nodesOf(view)
      if (view.estimatedCalls !== priceOf(plan).calls) throw new Error('the view has another price than the plan')
      for (const node of nodes) {
        const ofParts = sum(node.parts.map((part) => part.estimatedCalls))
        if (node.op !== 'call' && node.estimatedCalls !== ofParts) throw new Error('a node is not the sum of its parts')
        if (!/^exact( if \S.*)?$/.test(node.exactness)) throw new Error(`exactness: ${node.exactness}`)
        if ((node.op === 'call') !== (node.endpoint !== undefined)) throw new Error('only calls have endpoints')
      }
      const text = JSON.stringify(view)
      if (/undefined|NaN|Infinity|\[object|null/.test(`${text}${planText(view)}`)) throw new Error(text)
      const lines = planText(view).split('\n')
      if (lines.length !== nodes.length) throw new Error('one line a node')
      lines.forEach((line, index) => {
        const node = nodes[index]
        if (node === undefined || !line.includes(node.exactness) || !line.includes(node.does)) throw new Error(line)
      })
    }),
    { seed: 11, numRuns: 400 },
  )
  t.ok(seen > 50, `${seen} plans seen`)
})

t.test('what a call says of itself', async (t) => {
  const where = {
    constraints: [{ dimension: TEAM.dimension, values: { kind: 'literal', values: ['search'] } }],
    ranges: { cost: { min: '5' } },
  } as const
  const view = viewOf(listing(TEAM, { where, columns: ['cost'] }))
  t.strictSame(view, {
    op: 'call',
    does: 'rows by team: the number of requests',
    endpoint: 'groups/metadata/team',
    window: { start: '2026-06-09T00:00:00.000Z', end: '2026-06-10T00:00:00.000Z' },
    filters: [
      { on: 'metadata.team', values: ['search'] },
      { on: 'cost', min: '5' },
    ],
    columns: ['cost'],
    exactness: 'exact',
    estimatedCalls: 1,
    parts: [],
  })
  t.equal(
    planText(view),
    'call groups/metadata/team 2026-06-09T00:00Z/2026-06-10T00:00Z where metadata.team=search and cost=5.. with cost: ' +
      'rows by team: the number of requests (1 call expected, exact)',
  )
})

t.test('conditions, in words', async (t) => {
  const points = (takes: readonly Take[]) => call({ read: { kind: 'points', takes, step: HOUR, keep: WINDOW } })
  const exactness = (plan: Plan) => viewOf(plan).exactness
  t.equal(exactness(call()), 'exact')
  t.equal(exactness(points([P99])), 'exact if Portkey answers in steps of 1 hour')
  t.equal(exactness(points([REQUESTS])), 'exact if Portkey answers in steps of 1 hour, or in steps that divide it')
  const average: Take = { measure: 'inputTokens', from: 'average', field: 'avgInputTokens', proof: 'tokens' }
  const whole = 'averages times requests are whole and input and output add up to the total'
  t.equal(exactness(listing(TEAM, { read: { kind: 'rows', group: TEAM, takes: [average] } })), `exact if ${whole}`)
  const only = call({
    endpoint: { kind: 'group', name: 'workspace' },
    read: { kind: 'sum', takes: [average, P99] },
  })
  t.equal(exactness(only), `exact if there is no more than one row, and if ${whole}`)
  t.equal(
    exactness({ op: 'minus', whole: call(), part: call() }),
    'exact if no cell of the part is more than that of the whole',
  )
  const refusing: Plan = {
    op: 'subtract',
    at: '',
    group: TEAM,
    own: false,
    part: call(),
    listing: listing(TEAM),
    check: { plan: call(), trusted: true },
    whole: null,
    alone: null,
    rowMeasure: 'requests',
    indivisible: ['latencyP99'],
  }
  t.equal(exactness(refusing), 'exact if every request has team')
})

t.test('a part that is only run on a condition says so and is not counted', async (t) => {
  const check = (trusted: boolean): Plan => ({
    op: 'guard',
    measure: 'nonNull:team',
    rowMeasure: 'requests',
    listing: listing(TEAM),
    check: { plan: call(), trusted },
    of: listing(MODEL, { endpoint: { kind: 'group', name: 'model' } }),
  })
  const trusted = viewOf(check(true))
  t.equal(trusted.estimatedCalls, 2)
  t.match(trusted.parts[2], { as: 'check', when: 'if the listing is empty', estimatedCalls: 0 })
  t.match(planText(trusted), /\n {2}check, only if the listing is empty: call graphs\/requests .*\(no call expected/)
  const doubted = viewOf(check(false))
  t.equal(doubted.estimatedCalls, 3)
  t.strictSame(doubted.parts[2]?.when, undefined)
})

t.test('equal calls are counted where they stand first', async (t) => {
  const view = viewOf({ op: 'minus', whole: call(), part: call() })
  t.equal(view.estimatedCalls, 1)
  t.strictSame(
    view.parts.map(({ estimatedCalls, shared }) => [estimatedCalls, shared]),
    [
      [1, undefined],
      [0, true],
    ],
  )
})

t.test('inside an each: once for every value expected, unless the call does not depend on it', async (t) => {
  const body: Plan = { op: 'merge', parts: [call({ where: ofTeam }), call()] }
  const view = viewOf(eachTeam(body, 7))
  t.equal(view.estimatedCalls, 1 + 7 + 1)
  t.strictSame(view.parts[1]?.parts[0]?.filters, [{ on: 'metadata.team', slot: 'team' }])
})

t.test('how it went: sums over the runs, and parts in their wholes', async (t) => {
  const inner = call({ where: ofTeam })
  const plan = eachTeam(inner, 3)
  const trace: Tracing = new Map()
  for (const ms of [1.04, 2, 3]) {
    noteAnswer(trace, inner, 1)
    noteRun(trace, inner, 2, ms)
  }
  noteRun(trace, plan, 6, 9.96)
  const view = viewOf(plan, trace)
  t.strictSame(view.actual, { calls: 3, rows: 6, ms: 10, runs: 1, cached: false })
  t.strictSame(view.parts[0]?.actual, { calls: 0, rows: 0, ms: 0, runs: 0, cached: false }, 'not run, so not held')
  t.strictSame(view.parts[1]?.actual, { calls: 3, rows: 6, ms: 6, runs: 3, cached: false })
  t.match(planText(view), /3 sent, 6 rows, 6 ms, 3 runs, exact\)$/)
})

t.test('what was held already was not sent', async (t) => {
  const plan = call()
  const trace: Tracing = new Map()
  noteAnswer(trace, plan, 0)
  noteRun(trace, plan, 1, 0.2)
  const view = viewOf(plan, trace)
  t.strictSame(view.actual, { calls: 0, rows: 1, ms: 0.2, runs: 1, cached: true })
  t.match(planText(view), '0 sent, held already, 1 row, 0.2 ms, exact')
})

t.test('a node that stands at two places is counted at the first', async (t) => {
  const twice = call()
  const trace: Tracing = new Map()
  noteAnswer(trace, twice, 4)
  noteRun(trace, twice, 1, 1)
  const view = viewOf({ op: 'merge', parts: [twice, twice] }, trace)
  t.strictSame(
    nodesOf(view).map(({ actual }) => actual?.calls),
    [4, 4, 0],
  )
})

t.test('a line stays a line, whatever a key or a value holds', async (t) => {
  const dimension = { kind: 'metadata', key: 'a\nb\u202ec' } as const
  const where = {
    constraints: [{ dimension, values: { kind: 'literal', values: ['x\r\ny', '\u2028'] } }],
    ranges: {},
  } as const
  const text = planText(viewOf(call({ where })))
  t.match(text, 'metadata.a\\u000ab\\u202ec="x\\r\\ny"')
  t.notMatch(text, /[\p{Cc}\p{Cf}\u2028]/u)
})

t.test('the words', async (t) => {
  t.equal(durationText(HOUR), '1 hour')
  t.equal(durationText(48 * 60_000), '48 minutes')
  t.equal(durationText(28 * 24 * HOUR), '28 days')
  t.equal(durationText(1_001), '1001 milliseconds')
  t.equal(listText(['400', '401', '402', '500']), '400…402|500')
  t.equal(listText(['a', 'b', 'c', 'd', 'e', 'f']), 'a|b|c|d|e|… (6)')
  t.equal(listText([]), '')
  t.equal(listText(['', 'a b', 'c|d', 'größe']), '""|"a b"|"c|d"|größe')
})
