import t, { type Test } from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import { createEngine } from '../../src/engine.js'
import { parseQuery } from '../../src/query/parse.js'
import { principal } from '../engine/principal.js'
import { config } from '../http/harness.js'
import { reply, startUpstream } from '../portkey/upstream.js'

const NOW = Date.parse('2026-06-10T12:00:00.000Z')
const SETTLED = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' }
const UNSETTLED = { startTs: '2026-06-10T11:00:00.000Z', endTs: '2026-06-10T12:00:00.000Z' }

type Figures = { readonly requests: number; readonly cost: number }

/** A deployment that lists teams, but not what has none; `whole` is what its graphs say, call by call. */
const ask = async (t: Test, window: typeof SETTLED, teams: readonly Figures[], whole: (time: number) => Figures) => {
  const times = new Map<string, number>()
  const { baseUrl, seen } = await startUpstream(t, (_, response, url) => {
    const time = (times.get(url.pathname) ?? 0) + 1
    times.set(url.pathname, time)
    if (url.pathname.endsWith('/groups/metadata/team')) {
      const data = teams.map((team, index) => ({ metadata_value: `team-${index}`, ...team }))
      return reply(response, 200, JSON.stringify({ total: data.length, data }))
    }
    if (url.pathname.includes('/groups/')) return reply(response, 404, 'null')
    const { requests, cost } = whole(time)
    const total = url.pathname.endsWith('/graphs/cost') ? cost : requests
    const point = { timestamp: window.startTs, total }
    return reply(response, 200, JSON.stringify({ summary: { total }, data_points: [point] }))
  })
  const engine = createEngine(config({ PORTKEY_BASE_URL: `${baseUrl}/v1` }), { now: () => NOW })
  t.teardown(() => engine.close())
  const query = parseQuery(
    {
      ...window,
      datasource: 'modelMetrics',
      type: 'distribution',
      groupBy: ['team'],
      aggregations: [{ type: 'sum', column: 'costInUSD' }],
    },
    CATALOG,
  )
  const caller = principal({ scope: 'test', upstreamKey: 'a-key' })
  const answer = engine.ask(query, caller, { signal: new AbortController().signal })
  return { rows: answer.then(({ data }) => data.dataPoints), seen }
}

const TEAMS = [
  { requests: 6, cost: 600 },
  { requests: 4, cost: 0.1 + 0.2 },
]
const named = [
  { team: 'team-0', total: 6, sumCostInUSD: 6 },
  { team: 'team-1', total: 4, sumCostInUSD: (0.1 + 0.2) / 100 },
]

t.test('what the groups leave of the whole has no value', async (t) => {
  const { rows } = await ask(t, SETTLED, TEAMS, () => ({ requests: 13, cost: 650.25 + (0.1 + 0.2) }))
  const [first, second, none] = await rows
  t.strictSame([first, second], named)
  t.match(none, { team: null, total: 3 })
  t.ok(Math.abs(Number(none?.sumCostInUSD) - 0.5025) < 1e-9, `${none?.sumCostInUSD}`)
})

t.test('where nothing is left there is no such group', async (t) => {
  const { rows } = await ask(t, SETTLED, TEAMS, () => ({ requests: 10, cost: 600.3 }))
  t.strictSame(await rows, named)
})

t.test('what differs by the rounding of sums alone is nothing', async (t) => {
  const costs = [0.1, 0.2, 0.3] as const
  t.not(costs[0] + costs[1] + costs[2], 0.6, 'the sum is not the double that is written so')
  const teams = costs.map((cost) => ({ requests: 5, cost }))
  const { rows } = await ask(t, SETTLED, teams, () => ({ requests: 16, cost: 0.6 }))
  t.match((await rows)[3], { team: null, total: 1, sumCostInUSD: 0 })
})

t.test('settled groups that are more than the whole: asked afresh once, then an error, never a number', async (t) => {
  const { rows, seen } = await ask(t, SETTLED, TEAMS, () => ({ requests: 8, cost: 600.3 }))
  await t.rejects(rows, { code: 'UPSTREAM_INCONSISTENT' })
  for (const path of ['groups/metadata/team', 'graphs/requests']) {
    t.equal(seen.filter((url) => url.pathname.endsWith(path)).length, 2, path)
  }
})

t.test('a contradiction that is gone when asked afresh was only a moment', async (t) => {
  const { rows } = await ask(t, SETTLED, TEAMS, (time) => ({ requests: time === 1 ? 8 : 10, cost: 600.3 }))
  t.strictSame(await rows, named)
})

t.test('while data still arrives, groups may be ahead of the whole: nothing is left', async (t) => {
  const { rows } = await ask(t, UNSETTLED, TEAMS, () => ({ requests: 8, cost: 600.3 }))
  t.strictSame(await rows, named)
})
