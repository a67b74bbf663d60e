import type { Dashboard } from '@grafana/schema'
import t from 'tap'
import { infinityDashboard } from '../../src/dashboards/infinity.js'
import { jsonDashboard } from '../../src/dashboards/json.js'
import { trafficRow } from '../../src/emulator/emulator.js'
import { HOUR, MINUTE, NOW, TOKEN } from '../engine/service.js'
import { chosen, numberIn, panelsOf, variableOf } from './board.js'
import { fillInPayload, type Held } from './fill-in.js'
import { frameOf } from './infinity.js'
import { lastHours, openGrafana, type Panels, REQUEST } from './panel.js'

/** Names that need care within JSON, each with a number of requests of its own; one has none. */
const ODD = ['a"b', 'a\\b', 'a,b', 'R\\D', '"', 'a|b', '$a', null]
const NAMED = ODD.flatMap((team, index) =>
  Array.from({ length: 2 ** index }, () => {
    const metadata = team === null ? {} : { team }
    return trafficRow({ at: NOW - HOUR, metadata, model: team ?? 'gpt-4o', costCents: 100 })
  }),
)

t.test('values of any name are kept by both dashboards, one, several or all', async (t) => {
  const service = await openGrafana(t, { rows: NAMED })
  const range = lastHours(24)
  const counted = NAMED.length
  const numberOf = (names: readonly (string | null)[]) =>
    ODD.reduce((sum, name, at) => sum + (names.includes(name) ? 2 ** at : 0), 0)
  const requests = (dashboard: Dashboard) =>
    panelsOf(dashboard).find(({ title }) => title === 'Requests')?.targets ?? []
  for (const names of [
    ...ODD.flatMap((name) => (name === null ? [] : [[name]])),
    ['a"b', 'R\\D', 'a,b'],
    'all',
  ] as const) {
    const wanted = names === 'all' ? counted : numberOf(names)
    const team = names === 'all' ? { all: String(variableOf(jsonDashboard, 'team').allValue) } : names
    const [target] = requests(jsonDashboard)
    const held = { modelName: { all: '[]' }, team }
    const payload = fillInPayload(String(target?.payload), held)
    // As the plugin says what its variables hold.
    const scopedVars = { team: { selected: false, text: names, value: names === 'all' ? '[]' : names } }
    const frames = await service.panel({ range, scopedVars, targets: [{ ...target, payload }] })
    t.strictSame(numberIn(frames), wanted, `JSON: ${names}`)
    const [query = {}] = requests(infinityDashboard)
    const all = (name: string) => ({ all: String(variableOf(infinityDashboard, name).allValue) })
    const own = {
      __from: range.from,
      __to: range.to,
      modelName: all('modelName'),
      team: names === 'all' ? all('team') : names,
    }
    t.strictSame(
      numberIn([await frameOf(query, own, { url: service.url, token: TOKEN })]),
      wanted,
      `Infinity: ${names}`,
    )
  }
})

t.test('every interval that a dashboard offers can be drawn by all of its panels', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 150 })
  const series = (dashboard: Dashboard) => panelsOf(dashboard).filter(({ type }) => type === 'timeseries')
  const offered = (dashboard: Dashboard) => String(variableOf(dashboard, 'interval').query).split(',')
  const range = lastHours(24)
  for (const interval of offered(jsonDashboard)) {
    for (const panel of series(jsonDashboard)) {
      for (const { held, name } of chosen(jsonDashboard, interval)) {
        const targets = (panel.targets ?? []).map((target) => ({
          ...target,
          payload: fillInPayload(String(target.payload), held),
        }))
        const [frame] = await service.panel({ range, interval: '2m', targets })
        t.equal(frame?.meta?.notices, undefined, `JSON: ${panel.title} by ${interval}, ${name}`)
        if (interval !== 'auto') t.equal(frame?.meta?.custom?.interval, interval)
      }
    }
  }
  const hour = new Date(Math.floor(Date.parse(range.from) / HOUR) * HOUR).toISOString()
  t.match(infinityDashboard.time, { from: 'now-24h/h', to: 'now' })
  for (const interval of offered(infinityDashboard)) {
    for (const panel of series(infinityDashboard)) {
      for (const { held, name } of chosen(infinityDashboard, interval)) {
        const frames = (panel.targets ?? []).map((target) =>
          frameOf(target, { ...held, __from: hour }, { url: service.url, token: TOKEN }),
        )
        await t.resolves(Promise.all(frames), `Infinity: ${panel.title} by ${interval}, ${name}`)
      }
    }
  }
})

/** Opens every panel of a dashboard at an instant; the calls that it took. */
const opening = (service: Panels, dashboard: Dashboard, held: Held) => async (now: number) => {
  service.emulator.setNow(now)
  const before = service.emulator.requests.length
  const range = lastHours(24, now)
  const hour = new Date(Math.floor(Date.parse(range.from) / HOUR) * HOUR).toISOString()
  await Promise.all(
    panelsOf(dashboard).map(({ targets = [] }) =>
      dashboard === jsonDashboard
        ? service.send('/query', {
            ...REQUEST,
            range,
            targets: targets.map((target) => ({ ...target, payload: fillInPayload(String(target.payload), held) })),
          })
        : Promise.all(
            targets.map((target) =>
              frameOf(target, { ...held, __from: hour, __to: range.to }, { url: service.url, token: TOKEN }),
            ),
          ),
    ),
  )
  return service.emulator.requests.length - before
}

t.test('a whole dashboard, opened again a minute later, asks little', async (t) => {
  for (const [dashboard, interval] of [
    [jsonDashboard, 'auto'],
    [infinityDashboard, '1 hour'],
  ] as const) {
    const service = await openGrafana(t, { requestsPerHour: 150 })
    const [{ held } = { held: {} }] = chosen(dashboard, interval)
    const open = opening(service, dashboard, held)
    const first = await open(NOW)
    if (dashboard === jsonDashboard) t.equal(await open(NOW + 1_000), 0, 'within LIVE_TTL_SECONDS')
    const later = await open(NOW + MINUTE)
    t.comment(`${dashboard.title}: ${first} calls, a minute later ${later}`)
    t.ok(later < first / 2, `${dashboard.title}: ${first} calls, a minute later ${later}`)
  }
})
