import t from 'tap'
import { HOUR, MINUTE, NOW } from '../engine/service.js'
import { DAY, lastHours, openGrafana } from './panel.js'
import { target } from './target.js'

const MODELS = { groupBy: ['modelName'], aggregations: ['sum costInUSD'] }

t.test('targets of a request share what they can: columns of one listing, and equal questions', async (t) => {
  const service = await openGrafana(t)
  const table = { type: 'distribution', groupBy: ['modelName'] }
  const targets = [
    target({ ...table, aggregations: ['sum costInUSD'] }, 'A'),
    target({ ...table, aggregations: ['sum totalTokens'] }, 'B'),
    target({ ...table, aggregations: ['sum costInUSD'] }, 'C'),
  ]
  const { calls, headers, body } = await service.send('/query', { range: DAY, targets })
  t.equal(calls, 1)
  t.equal(headers.get('x-upstream-calls'), '1')
  t.equal(headers.get('x-cache'), 'miss')
  t.equal(Array.isArray(body) && body.length, 3)
  const again = await service.send('/query', { range: DAY, targets })
  t.equal(again.calls, 0)
  t.equal(again.headers.get('x-cache'), 'hit')
  t.strictSame(again.body, body)
})

t.test('a moving range asks about whole buckets, the same ones for as long as no new one begins', async (t) => {
  const service = await openGrafana(t)
  const ask = (now: number, payload: Readonly<Record<string, unknown>>, hours = 24) =>
    service.send('/query', {
      range: lastHours(hours, now),
      intervalMs: 60_000,
      maxDataPoints: 300,
      targets: [target(payload)],
    })
  const windowOf = (body: unknown) => Object(body)[0].meta.custom
  const first = await ask(NOW, MODELS)
  t.strictSame(windowOf(first.body), {
    startTs: '2026-06-09T12:00:00.000Z',
    endTs: '2026-06-10T13:00:00.000Z',
    interval: '1 hour',
  })
  t.strictSame((await ask(NOW + 2_000, MODELS)).calls, 0)
  service.emulator.setNow(NOW + MINUTE)
  const later = await ask(NOW + MINUTE, MODELS)
  t.ok(first.calls > 20 && later.calls <= first.calls / 4, `${first.calls}, a minute later ${later.calls}`)
  const total = { type: 'distribution', aggregations: ['sum costInUSD'] }
  const totals = await ask(NOW + MINUTE, total)
  t.strictSame(windowOf(totals.body), { startTs: '2026-06-09T12:30:00.000Z', endTs: '2026-06-10T12:40:00.000Z' })
  service.emulator.setNow(NOW + 2 * MINUTE)
  t.equal((await ask(NOW + 2 * MINUTE, total)).calls, 1)
})

t.test('a range that stands still is asked as it is; buckets are whole all the same', async (t) => {
  const service = await openGrafana(t)
  const range = { from: '2026-06-09T00:07:00.000Z', to: '2026-06-09T05:53:00.000Z' }
  const targets = [target({ type: 'distribution' }, 'A'), target({ interval: '1 hour' }, 'B')]
  const { body } = await service.send('/query', { range, targets })
  const [table, series] = Object(body)
  const within = (from: string, to: string) => service.seen({ startTs: from, endTs: to }).length
  t.strictSame(table.rows, [[within(range.from, range.to)]])
  t.equal(series.datapoints.length, 6)
  t.strictSame(series.datapoints[0], [
    within('2026-06-09T00:00:00.000Z', '2026-06-09T01:00:00.000Z'),
    Date.parse(DAY.from),
  ])
  const stamps = { from: Date.parse(range.from), to: Date.parse(range.to) }
  t.strictSame(
    (await service.send('/query', { range: stamps, targets })).body,
    body,
    'epoch milliseconds are read, too',
  )
})

t.test('buckets that have not begun are not drawn', async (t) => {
  const service = await openGrafana(t)
  const range = { from: new Date(NOW - 2 * HOUR).toISOString(), to: new Date(NOW + 2 * HOUR).toISOString() }
  const { body } = await service.send('/query', {
    range,
    targets: [target({ interval: '1 hour' }), target({ interval: '1 hour', groupBy: ['modelName'] })],
  })
  for (const { datapoints } of Object(body)) {
    t.strictSame(
      datapoints.map(([, at]: [number, number]) => new Date(at).toISOString().slice(11, 16)),
      ['10:00', '11:00', '12:00'],
    )
  }
})
