import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dashboard, Panel } from '@grafana/schema'
import t, { type Test } from 'tap'
import { DASHBOARD_FILES } from '../../src/dashboards/files.js'
import { infinityDashboard } from '../../src/dashboards/infinity.js'
import { jsonDashboard } from '../../src/dashboards/json.js'
import { type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { HOUR, MINUTE, NOW, TOKEN } from '../engine/service.js'
import { fillIn, fillInPayload, type Held } from './fill-in.js'
import { type Frame, frameOf } from './infinity.js'
import { grafana, lastHours, openGrafana, type Panels, processed, REQUEST } from './panel.js'

const panelsOf = ({ panels = [] }: Dashboard): readonly Panel[] =>
  panels.flatMap((panel) => ('targets' in panel ? [panel] : []))

const variableOf = ({ templating }: Dashboard, name: string) => {
  const variable = templating?.list?.find((one) => one.name === name)
  if (variable === undefined) throw new Error(`the dashboard has no variable ${name}`)
  return variable
}

/** The rows that a dashboard over the last 24 hours is about. */
const lastDay = (service: Panels, end = NOW) =>
  service.seen({ startTs: new Date(end - 24 * HOUR).toISOString(), endTs: new Date(end).toISOString() })

/** What stands in the variables at first, and after somebody chose. */
const chosen = (dashboard: Dashboard, interval: string) => {
  const all = (name: string) => ({ all: String(variableOf(dashboard, name).allValue) })
  const range = lastHours(24)
  const common = { interval, __from: range.from, __to: range.to, __timezone: 'Europe/Berlin' }
  return [
    { name: 'all', held: { ...common, modelName: all('modelName'), team: all('team') }, keeps: () => true },
    {
      name: 'two models, one team',
      held: { ...common, modelName: ['gpt-4o', 'gpt-4o-mini'], team: ['growth, emea'] },
      keeps: ({ model, metadata }: TrafficRow) =>
        (model === 'gpt-4o' || model === 'gpt-4o-mini') && metadata.team === 'growth, emea',
    },
  ]
}

/** Checks that frames hold what the panel draws, by Grafana's own reading of them. */
const checkDrawn = (t: Test, panel: Panel, frames: readonly Frame[], name: string) => {
  const fields = processed(frames).flatMap((frame) => frame.fields)
  const numbers = fields.filter(({ type }) => type === grafana.FieldType.number)
  const values = numbers.flatMap((field) => [...field.values])
  t.notOk(
    frames.some(({ meta }) => meta?.notices),
    `${name}: ${JSON.stringify(frames[0]?.meta?.notices)}`,
  )
  t.ok(
    values.some((value) => typeof value === 'number'),
    `${name}: a number`,
  )
  t.ok(
    values.every((value) => value === null || Number.isFinite(value)),
    `${name}: nothing but numbers`,
  )
  switch (panel.type) {
    case 'stat':
      return t.equal(numbers.length, 1, `${name}: one number`)
    case 'timeseries':
      return t.ok(
        frames.every((frame) => frame.fields[0]?.type === grafana.FieldType.time && frame.length > 1),
        `${name}: times`,
      )
    case 'table':
      return t.ok(
        frames.every((frame) => frame.length > 0 && frame.fields.length > 1),
        `${name}: rows`,
      )
    default:
      return t.fail(`${name}: a ${panel.type} is not known here`)
  }
}

/** A variable in a format, as it stands in a text. */
const written = (name: string, format: string) => `\${${name}:${format}}`

const numberIn = (frames: readonly Frame[]): number => {
  const [field] = frames.flatMap((frame) => frame.fields.filter(({ type }) => type === grafana.FieldType.number))
  return Number(field?.values[0])
}

const cost = (rows: readonly TrafficRow[]) => rows.reduce((sum, { costCents }) => sum + costCents / 100, 0)

t.test('the dashboard files are those of the code (else: npm run docs)', async (t) => {
  for (const [path, text] of Object.entries(DASHBOARD_FILES)) {
    t.equal(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'), text, path)
  }
})

t.test('every panel of the JSON data source’s dashboard draws what it is there for', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 150 })
  for (const { name, held, keeps } of chosen(jsonDashboard, 'auto')) {
    for (const panel of panelsOf(jsonDashboard)) {
      const targets = (panel.targets ?? []).map((target) => ({
        ...target,
        payload: fillInPayload(String(target.payload), held),
      }))
      const frames = await service.panel({ range: lastHours(24), interval: '2m', targets })
      checkDrawn(t, panel, frames, `${name}: ${panel.title}`)
      if (panel.title === 'Cost') {
        const { startTs, endTs } = Object(frames[0]?.meta?.custom)
        const rows = service.seen({ startTs, endTs }).filter(keeps)
        t.ok(Math.abs(numberIn(frames) - cost(rows)) < 1e-9, `${name}: cost`)
      }
    }
  }
})

t.test('its variables are filled with live values', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 150 })
  for (const field of ['modelName', 'team']) {
    const { query } = variableOf(jsonDashboard, field)
    const payload = JSON.parse(String(Object(query).query))
    const { status, body } = await service.send('/variable', { payload, range: lastHours(24) })
    t.equal(status, 200)
    const values: readonly string[] = Object(body).map(({ __value }: { __value: string }) => __value)
    t.ok(values.includes(field === 'team' ? 'growth, emea' : 'gpt-4o'))
  }
})

t.test('every panel of the Infinity data source’s dashboard draws what it is there for', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 150 })
  for (const { name, held, keeps } of chosen(infinityDashboard, '1 hour')) {
    for (const panel of panelsOf(infinityDashboard)) {
      const frames = await Promise.all(
        (panel.targets ?? []).map((target) => frameOf(target, held, { url: service.url, token: TOKEN })),
      )
      checkDrawn(t, panel, frames, `${name}: ${panel.title}`)
      if (panel.title === 'Cost') {
        t.ok(Math.abs(numberIn(frames) - cost(lastDay(service).filter(keeps))) < 1e-9, `${name}: cost`)
      }
    }
  }
})

t.test('its variables are filled with live values, too', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 150 })
  const held: Held = { __from: lastHours(24).from, __to: lastHours(24).to }
  for (const field of ['modelName', 'team']) {
    const { query } = variableOf(infinityDashboard, field)
    const frame = await frameOf(Object(query).infinityQuery, held, { url: service.url, token: TOKEN })
    t.ok(frame.fields[0]?.values.includes(field === 'team' ? 'growth, emea' : 'gpt-4o'))
  }
})

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

t.test('texts are filled in as Grafana does it', async (t) => {
  const held = { one: 'a', two: ['a', 'b.c'], every: { all: '.*' } }
  for (const [text, filled] of [
    ['$one $two $every $none', 'a {a,b.c} .* $none'],
    [written('two', 'csv'), 'a,b.c'],
    [written('two', 'json'), '["a","b.c"]'],
    [written('two', 'regex'), '(a|b\\.c)'],
    [written('one', 'doublequote'), '"a"'],
    [written('every', 'json'), '.*'],
  ] as const) {
    t.equal(fillIn(text, held), filled)
  }
  const payload = `{"x": "$one", "y": $two, "z": "${written('two', 'csv')}"}`
  t.strictSame(fillInPayload(payload, held), { x: 'a', y: ['a', 'b.c'], z: 'a,b.c' })
  t.strictSame(fillInPayload('{"x": "$one"}', { one: 'a"b' }), {}, 'what is no JSON comes to nothing')
})
