import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Panel } from '@grafana/schema'
import t, { type Test } from 'tap'
import { DASHBOARD_FILES } from '../../src/dashboards/files.js'
import { infinityDashboard } from '../../src/dashboards/infinity.js'
import { jsonDashboard } from '../../src/dashboards/json.js'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { HOUR, NOW, TOKEN } from '../engine/service.js'
import { ROOT } from '../fixtures/places.js'
import { chosen, numberIn, panelsOf, variableOf } from './board.js'
import { fillIn, fillInPayload, type Held } from './fill-in.js'
import { type Frame, frameOf } from './infinity.js'
import { grafana, lastHours, openGrafana, type Panels, processed } from './panel.js'

/** The rows that a dashboard over the last 24 hours is about. */
const lastDay = (service: Panels, end = NOW) =>
  service.seen({ startTs: new Date(end - 24 * HOUR).toISOString(), endTs: new Date(end).toISOString() })

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

const cost = (rows: readonly TrafficRow[]) => rows.reduce((sum, { costCents }) => sum + costCents / 100, 0)

t.test('the dashboard files are those of the code (else: npm run docs)', async (t) => {
  for (const [path, text] of Object.entries(DASHBOARD_FILES)) {
    t.equal(readFileSync(join(ROOT, path), 'utf8'), text, path)
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
