import t, { type Test } from 'tap'
import { ORGANISATION_KEY, type TrafficRow, WORKSPACE_KEY } from '../../src/emulator/emulator.js'
import { byBucket, edgesOf, type Figures, inputTokens, percentile, sameRows, sum, whole } from './scan.js'
import { type Asked, DAY, deploy, HOUR, type How, MINUTE, NOW, type Whole } from './service.js'

// What was asked before is not asked again, whatever window it was asked in.

const SUMS = [{ type: 'sum', column: 'inputTokens' }]
const SUM_FIGURES: Figures = { sumInputTokens: sum(inputTokens) }
const P99 = [{ type: 'p99', column: 'latencyMs' }]
const P99_FIGURES: Figures = { p99LatencyMs: percentile(0.99) }

const at = (text: string) => Date.parse(text)
const stamps = (start: number, end: number) => ({
  startTs: new Date(start).toISOString(),
  endTs: new Date(end).toISOString(),
})
/** What is known to be dearer than it need be. */
const PLANNED_AS_COLD = 'a plan is chosen by what it takes cold: one listing is taken before two graphs that are held'
const ASKED_AS_WHOLE = 'only a window that reaches into unsettled time is asked bucket by bucket'

const YESTERDAY = at('2026-06-09T00:00:00Z')

type Series = {
  readonly start: number
  readonly end: number
  readonly size: number
  readonly aggregations: typeof SUMS
  readonly figures: Figures
}

const nameOf = (size: number) => (size === HOUR ? '1 hour' : '1 minute')

/** Asks, checks the rows against a scan of the present, and hands back what it took. */
const askSeries = async (t: Test, service: Whole, series: Series, name: string, how?: How): Promise<Asked> => {
  const { start, end, size, aggregations, figures } = series
  service.emulator.resetRequests()
  const body = { type: 'timeseries', interval: nameOf(size), ...stamps(start, end), aggregations }
  const asked = await service.ask(body, how)
  t.equal(asked.status, 200, `${name}: ${asked.code} ${asked.message}`)
  t.equal(asked.headers.get('x-upstream-calls'), String(asked.calls), `${name}: x-upstream-calls`)
  const rows = service.seen(stamps(start, end))
  const edges = edgesOf(start, Math.min(end, service.emulator.now() + 1), size)
  sameRows(t, asked.rows, byBucket(rows, edges, figures), `${name}: rows`)
  return asked
}

/** Start of the earliest and end of the latest window that was asked upstream, epoch ms. */
const reachOf = ({ emulator }: Whole) => {
  const windows = emulator.requests.map(({ query }) => ({
    start: at(query.time_of_generation_min ?? ''),
    end: at(query.time_of_generation_max ?? '') + 1,
  }))
  return {
    start: Math.min(...windows.map(({ start }) => start)),
    end: Math.max(...windows.map(({ end }) => end)),
  }
}

for (const [kind, aggregations, figures] of [
  ['sums', SUMS, SUM_FIGURES],
  ['p99', P99, P99_FIGURES],
] as const) {
  t.test(
    `${kind} by hour: parts of what was asked are held, and a window that moves on asks what is new`,
    async (t) => {
      const service = await deploy(t)
      const hours = { size: HOUR, aggregations, figures }
      const first = await askSeries(t, service, { ...hours, start: YESTERDAY, end: YESTERDAY + DAY }, 'a day')
      t.equal(first.headers.get('x-cache'), 'miss')
      for (const [from, to] of [
        [18, 24],
        [0, 6],
        [7, 12],
      ] as const) {
        const window = { start: YESTERDAY + from * HOUR, end: YESTERDAY + to * HOUR }
        const part = await askSeries(t, service, { ...hours, ...window }, `its hours ${from} to ${to}`)
        t.equal(part.calls, 0, `its hours ${from} to ${to}: no call`)
        t.equal(part.headers.get('x-cache'), 'hit')
      }
      const moved = { ...hours, start: YESTERDAY + HOUR, end: YESTERDAY + DAY + HOUR }
      const next = await askSeries(t, service, moved, 'an hour on')
      t.ok(next.calls <= first.calls && next.calls > 0, `an hour on: ${next.calls} calls`)
    },
  )

  t.test(`${kind} by hour up to now: only what is not settled is asked again`, async (t) => {
    const service = await deploy(t)
    const hours = { size: HOUR, aggregations, figures }
    const window = (now: number) => {
      const end = Math.floor(now / HOUR) * HOUR + HOUR
      return { start: end - DAY, end }
    }
    const first = await askSeries(t, service, { ...hours, ...window(NOW) }, 'at first')
    for (let minute = 1; minute <= 60; minute += minute < 20 ? 7 : 3) {
      const now = NOW + minute * MINUTE
      service.emulator.setNow(now)
      const next = await askSeries(t, service, { ...hours, ...window(now) }, `${minute} minutes later`)
      // Two hours are unsettled until ten minutes past, and the first is then asked for once more: as many calls as all of it.
      const two = (now % HOUR) / MINUTE < 13
      const most = two ? first.calls : 1
      t.ok(next.calls > 0 && next.calls <= most, `${minute} minutes later: ${next.calls} calls`)
    }
  })
}

t.test(
  'a window of which all points are held takes no call, however it is asked',
  { todo: PLANNED_AS_COLD },
  async (t) => {
    const service = await deploy(t)
    const hours = { size: HOUR, aggregations: SUMS, figures: SUM_FIGURES }
    await askSeries(t, service, { ...hours, start: YESTERDAY, end: YESTERDAY + DAY }, 'hours')
    const total = await service.ask({ aggregations: SUMS })
    sameRows(t, total.rows, [whole(service.seen(), SUM_FIGURES)], 'the total')
    t.equal(total.calls, 0, 'the total of the day')
    const one = { ...hours, start: YESTERDAY + 7 * HOUR, end: YESTERDAY + 8 * HOUR }
    t.equal((await askSeries(t, service, one, 'one hour')).calls, 0, 'one of its hours')
  },
)

t.test('a settled window that moves on asks for what is new alone', { todo: ASKED_AS_WHOLE }, async (t) => {
  const service = await deploy(t)
  const hours = { size: HOUR, aggregations: SUMS, figures: SUM_FIGURES }
  await askSeries(t, service, { ...hours, start: YESTERDAY, end: YESTERDAY + DAY }, 'a day')
  const moved = { ...hours, start: YESTERDAY + HOUR, end: YESTERDAY + DAY + HOUR }
  t.equal((await askSeries(t, service, moved, 'an hour on')).headers.get('x-cache'), 'partial')
  t.strictSame(reachOf(service), { start: YESTERDAY + DAY, end: YESTERDAY + DAY + HOUR })
})

t.test('the p99 of a day whose hours are held came with them', async (t) => {
  const service = await deploy(t)
  const hours = { size: HOUR, start: YESTERDAY, end: YESTERDAY + DAY }
  await askSeries(t, service, { ...hours, aggregations: P99, figures: P99_FIGURES }, 'p99 of hours')
  const p99 = await service.ask({ aggregations: P99 })
  t.ok(p99.calls <= 1, `${p99.calls} calls`)
  sameRows(t, p99.rows, [whole(service.seen(), P99_FIGURES)], 'p99 of the day')
})

t.test('minutes of windows that overlap', async (t) => {
  const service = await deploy(t, { requestsPerHour: 200 })
  const minutes = { size: MINUTE, aggregations: SUMS, figures: SUM_FIGURES }
  const noon = YESTERDAY + 12 * HOUR
  const ask = (from: number, to: number) =>
    askSeries(t, service, { ...minutes, start: noon + from * MINUTE, end: noon + to * MINUTE }, `${from} to ${to}`)
  const first = await ask(0, 90)
  t.ok(first.calls > 0)
  for (const [from, to] of [
    [0, 30],
    [15, 45],
    [30, 90],
    [44, 52],
  ] as const) {
    t.equal((await ask(from, to)).calls, 0, `${from} to ${to} is held`)
  }
  await ask(60, 150)
  t.ok(reachOf(service).start >= noon + 48 * MINUTE, 'what comes after is asked in tiles')
  t.ok((await ask(100, 145)).calls === 0)
})

t.test('a bucket that a window cut is not the whole bucket', async (t) => {
  const service = await deploy(t)
  const [start, end] = [YESTERDAY + 10 * HOUR, YESTERDAY + 15 * HOUR]
  const cut = {
    type: 'timeseries',
    interval: '1 hour',
    aggregations: SUMS,
    ...stamps(start + 17_003, end - 30 * MINUTE),
  }
  t.equal((await service.ask(cut)).status, 200)
  await askSeries(t, service, { start, end, size: HOUR, aggregations: SUMS, figures: SUM_FIGURES }, 'whole hours')
})

t.test('what is settled is held for hours, and a day once it is old; what is not for seconds', async (t) => {
  const now = at('2026-06-10T12:34:56Z')
  const cases = [
    ['the hour under way', at('2026-06-10T12:00:00Z'), [10_000], 31_000],
    ['an hour that settled lately', at('2026-06-10T09:00:00Z'), [MINUTE, 2 * HOUR, 3 * HOUR - 1], 3 * HOUR],
    ['an hour of yesterday', YESTERDAY, [MINUTE, 3 * HOUR, DAY - 1], DAY],
  ] as const
  for (const [name, start, held, expired] of cases) {
    const service = await deploy(t, { now, historyDays: 2 })
    const hour = { size: HOUR, start, end: start + HOUR, aggregations: SUMS, figures: SUM_FIGURES }
    const { type, interval, aggregations } = { type: 'timeseries', interval: '1 hour', aggregations: SUMS }
    const body = { type, interval, aggregations, ...stamps(hour.start, hour.end) }
    t.ok((await service.ask(body)).calls > 0, name)
    for (const age of held) {
      service.emulator.setNow(now + age)
      const again = await service.ask(body)
      t.equal(again.calls, 0, `${name}, after ${age} ms`)
      t.equal(again.headers.get('age'), String(Math.floor(age / 1000)), `${name}: age`)
    }
    service.emulator.setNow(now + expired)
    t.ok((await askSeries(t, service, hour, `${name}, after ${expired} ms`)).calls > 0, `${name}, after ${expired} ms`)
  }
})

t.test('who asks for nothing held is given nothing held, and those after are given what that one got', async (t) => {
  const service = await deploy(t)
  const hours = { size: HOUR, start: YESTERDAY, end: YESTERDAY + DAY, aggregations: SUMS, figures: SUM_FIGURES }
  const first = await askSeries(t, service, hours, 'at first')
  service.emulator.setNow(NOW + 10 * MINUTE)
  for (const headers of [{ 'cache-control': 'no-cache' }, { pragma: 'no-cache' }]) {
    const fresh = await askSeries(t, service, hours, 'afresh', { headers })
    t.equal(fresh.calls, first.calls)
    t.equal(fresh.headers.get('x-cache'), 'miss')
    t.equal(fresh.headers.get('age'), '0')
  }
  const after = await askSeries(t, service, { ...hours, start: YESTERDAY + 6 * HOUR }, 'a part, later')
  t.strictSame([after.calls, after.headers.get('x-cache'), after.headers.get('age')], [0, 'hit', '0'])
})

t.test('other filters share nothing', async (t) => {
  const service = await deploy(t)
  const day = { type: 'timeseries', interval: '1 hour', aggregations: SUMS }
  const having = (test: (row: TrafficRow) => boolean) =>
    byBucket(service.seen().filter(test), edgesOf(YESTERDAY, YESTERDAY + DAY, HOUR), SUM_FIGURES)
  const team = (name: string) => [{ fieldName: 'team', operator: 'ARRAY_HAS_ANY', value: [name] }]
  const [one = '', other = ''] = [...new Set(service.seen().flatMap(({ metadata }) => metadata.team ?? []))].sort()
  for (const [name, filters, test] of [
    ['all', [], () => true],
    [one, team(one), (row: TrafficRow) => row.metadata.team === one],
    [other, team(other), (row: TrafficRow) => row.metadata.team === other],
  ] as const) {
    const asked = await service.ask({ ...day, filters })
    t.ok(asked.calls > 0, `${name}: asked`)
    sameRows(t, asked.rows, having(test), name)
  }
})

t.test('other keys share nothing', async (t) => {
  const service = await deploy(t, {}, { AUTH_MODE: 'passthrough' })
  const body = { type: 'timeseries', interval: '1 hour', aggregations: SUMS }
  const ask = (key: string) => service.ask(body, { headers: { 'x-portkey-api-key': key } })
  const edges = edgesOf(YESTERDAY, YESTERDAY + DAY, HOUR)
  const mine = await ask(WORKSPACE_KEY)
  const all = await ask(ORGANISATION_KEY)
  t.ok(mine.calls > 0 && all.calls > 0)
  sameRows(t, mine.rows, byBucket(service.seen(), edges, SUM_FIGURES), 'a workspace')
  const everywhere = service.emulator.rows({ start: YESTERDAY, end: YESTERDAY + DAY })
  sameRows(t, all.rows, byBucket(everywhere, edges, SUM_FIGURES), 'the organisation')
  t.equal((await ask(WORKSPACE_KEY)).calls, 0)
  t.match(await ask('no-key-at-all'), { status: 401 }, 'nothing held is given to a key that Portkey does not know')
})
