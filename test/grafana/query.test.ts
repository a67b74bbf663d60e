import t from 'tap'
import { sum, usd } from '../engine/scan.js'
import { HOUR } from '../engine/service.js'
import { DAY, grafana, nameIn, openGrafana, processed } from './panel.js'

const target = (payload: Readonly<Record<string, unknown>>, refId = 'A', name = 'modelMetrics') => ({
  refId,
  datasource: { type: 'simpod-json-datasource', uid: 'portkey' },
  editorMode: 'code',
  target: name,
  payload,
})

t.test('a series by model: names, labels, unit, types and values are what Grafana draws', async (t) => {
  const service = await openGrafana(t)
  const asked = target({ aggregations: ['sum costInUSD'], groupBy: ['modelName'], interval: '1 hour' })
  const frames = processed(await service.panel({ targets: [asked] }))
  const rows = service.seen()
  const models = [...new Set(rows.map((row) => row.model))]
  t.equal(frames.length, models.length)
  const totals = frames.map((frame) =>
    rows.filter((row) => (row.model ?? '(none)') === frame.fields[1]?.labels?.modelName),
  )
  t.strictSame(
    totals.map(({ length }) => length),
    totals.map(({ length }) => length).toSorted((a, b) => b - a),
    'busiest first',
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
    const starts = Array.from({ length: 24 }, (_, hour) => Date.parse(DAY.from) + hour * HOUR)
    t.strictSame(time?.values, starts, 'every bucket, empty ones too')
    for (const [at, start] of starts.entries()) {
      const own = rows.filter((row) => (row.model ?? '(none)') === model && row.at >= start && row.at < start + HOUR)
      t.ok(Math.abs(Number(value?.values[at]) - Number(sum(usd)(own))) < 1e-9, `${model} ${start}`)
    }
  }
})
