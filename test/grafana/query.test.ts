import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { byValue, percentile, sum, usd } from '../engine/scan.js'
import { HOUR } from '../engine/service.js'
import { DAY, grafana, nameIn, openGrafana, processed } from './panel.js'
import { target } from './target.js'

const modelOf = ({ model }: TrafficRow) => model ?? '(none)'
const teamOf = ({ metadata }: TrafficRow) => metadata.team ?? null
const HOURS = Array.from({ length: 24 }, (_, hour) => Date.parse(DAY.from) + hour * HOUR)

t.test('a series by model: names, labels, unit, types and values are what Grafana draws', async (t) => {
  const service = await openGrafana(t)
  const asked = target({ aggregations: ['sum costInUSD'], groupBy: ['modelName'], interval: '1 hour' })
  const frames = processed(await service.panel({ targets: [asked] }))
  const rows = service.seen()
  t.equal(frames.length, new Set(rows.map(modelOf)).size)
  const sizes = frames.map(({ fields }) => rows.filter((row) => modelOf(row) === fields[1]?.labels?.modelName).length)
  t.strictSame(
    sizes,
    sizes.toSorted((one, other) => other - one),
    'the busiest first',
  )
  for (const [index, frame] of frames.entries()) {
    const [time, value] = frame.fields
    const model = String(value?.labels?.modelName)
    t.equal(frame.refId, 'A')
    t.equal(time?.type, grafana.FieldType.time)
    t.equal(value?.type, grafana.FieldType.number)
    t.equal(value?.config.unit, 'currencyUSD')
    t.equal(nameIn(frames, index, 1), `sumCostInUSD ${model}`)
    t.match(value?.display && grafana.formattedValueToString(value.display(12.5)), /^\$12\.5/)
    t.strictSame(time?.values, HOURS, 'every bucket, empty ones too')
    const scanned = HOURS.map((start) =>
      sum(usd)(rows.filter((row) => modelOf(row) === model && row.at >= start && row.at < start + HOUR)),
    )
    t.ok(
      scanned.every((figure, at) => Math.abs(Number(value?.values[at]) - Number(figure)) < 1e-9),
      model,
    )
  }
})

t.test('units follow the quantity; what averages nothing is null, what adds nothing up is 0', async (t) => {
  const service = await openGrafana(t, { requestsPerHour: 2 })
  const asked = target({
    aggregations: ['total', 'p99 latencyMs', 'sum(inputTokens)', { type: 'avg', column: 'errorRate' }],
    interval: '1 hour',
  })
  const frames = processed(await service.panel({ targets: [asked] }))
  t.strictSame(
    frames.map(({ fields }, index) => [nameIn(frames, index, 1), fields[1]?.config.unit]),
    [
      ['total', 'short'],
      ['p99LatencyMs', 'ms'],
      ['sumInputTokens', 'short'],
      ['avgErrorRate', 'percentunit'],
    ],
  )
  const values = frames.map(({ fields }) => fields[1]?.values ?? [])
  const empty = HOURS.findIndex((start) => !service.seen().some((row) => row.at >= start && row.at < start + HOUR))
  t.not(empty, -1)
  t.strictSame(
    values.map((column) => column[empty]),
    [0, null, 0, null],
  )
  const busy = HOURS.findIndex((start) => service.seen().some((row) => row.at >= start && row.at < start + HOUR))
  const own = service.seen().filter(({ at }) => at >= (HOURS[busy] ?? 0) && at < (HOURS[busy] ?? 0) + HOUR)
  t.ok(Math.abs(Number(values[1]?.[busy]) - Number(percentile(0.99)(own))) < 1e-9)
})

t.test(
  'a distribution is a table: group values in their own types, null as such, numbers with their units',
  async (t) => {
    const service = await openGrafana(t)
    const asked = target({
      type: 'distribution',
      groupBy: ['team', 'isFailure'],
      aggregations: ['total', 'sum costInUSD'],
    })
    const status = target({ type: 'distribution', groupBy: ['httpStatusCode'] }, 'B')
    const frames = processed(await service.panel({ targets: [asked, status] }))
    const [byTeam, byStatus] = frames
    t.strictSame(
      byTeam?.fields.map(({ name, type, config }) => [name, type, config.unit]),
      [
        ['team', 'string', undefined],
        ['isFailure', 'boolean', undefined],
        ['total', 'number', 'short'],
        ['sumCostInUSD', 'number', 'currencyUSD'],
      ],
    )
    t.equal(byTeam?.refId, 'A')
    t.equal(byStatus?.refId, 'B')
    const rows = service.seen()
    const [teams, failed, totals] = byTeam?.fields.map(({ values }) => values) ?? []
    t.ok(teams?.includes(null) && teams.includes('null'), 'no team, and the team named null')
    for (const [index, team] of (teams ?? []).entries()) {
      const own = rows.filter((row) => teamOf(row) === team && row.status >= 400 === failed?.[index])
      t.equal(totals?.[index], own.length)
    }
    const codes = byValue(rows, 'httpStatusCode', ({ status }) => status)
    t.strictSame(
      byStatus?.fields.map(({ name, type, values }) => [name, type, values]),
      [
        ['httpStatusCode', 'number', codes.map(({ httpStatusCode }) => httpStatusCode)],
        ['total', 'number', codes.map(({ total }) => total)],
      ],
    )
  },
)

t.test('a timeseries may be a table, too: with a column of times', async (t) => {
  const service = await openGrafana(t)
  const asked = target({ format: 'table', groupBy: 'modelName', interval: '6 hours', aggregations: 'avg latencyMs' })
  const [frame] = processed(await service.panel({ targets: [asked] }))
  t.strictSame(
    frame?.fields.map(({ name, type }) => [name, type]),
    [
      ['Time', 'time'],
      ['modelName', 'string'],
      ['avgLatencyMs', 'number'],
    ],
  )
  t.strictSame(
    [...new Set(frame?.fields[0]?.values)],
    HOURS.filter((_, hour) => hour % 6 === 0),
  )
})

t.test('a target that says nothing counts; the group of rows without a value has a name of its own', async (t) => {
  const service = await openGrafana(t)
  const { payload: _none, ...bare } = target({})
  const frames = processed(await service.panel({ targets: [bare, target({ groupBy: ['team'] }, 'B')] }))
  t.equal(nameIn(frames, 0, 1), 'total')
  const counted = frames[0]?.fields[1]?.values.reduce((total, value) => total + value, 0)
  t.equal(counted, service.seen().length)
  const names = frames.slice(1).map((_, index) => nameIn(frames, index + 1, 1))
  for (const name of ['total (none)', 'total null', 'total growth, emea']) t.ok(names.includes(name), name)
})

t.test('targets that are hidden or not filled in yet are not asked', async (t) => {
  const service = await openGrafana(t)
  const { body, calls, headers } = await service.send('/query', {
    range: DAY,
    targets: [{ ...target({}), hide: true }, { refId: 'B' }, { refId: 'C', target: '' }],
  })
  t.strictSame(body, [])
  t.equal(calls, 0)
  t.equal(headers.get('x-upstream-calls'), '0')
  t.strictSame((await service.send('/query', { range: DAY, targets: [] })).body, [])
})
