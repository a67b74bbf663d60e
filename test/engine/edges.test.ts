import t from 'tap'
import { trafficRow } from '../../src/emulator/emulator.js'
import { byBucket, edgesOf, percentile, sameRows, whole } from './scan.js'
import { deploy, HOUR, YESTERDAY } from './service.js'

const start = Date.parse(YESTERDAY.startTs)
const end = Date.parse(YESTERDAY.endTs)
const P99 = [{ type: 'p99', column: 'latencyMs' }]
const FIGURES = { p99LatencyMs: percentile(0.99) }

/** Requests on either side of every edge that a careless bound would move. */
const ROWS = [start - 1, start, start + 1, start + HOUR - 1, start + HOUR, end - HOUR, end - 1, end, end + 1].map(
  (at, index) => trafficRow({ at, latencyMs: 100 * (index + 1) }),
)

t.test('the start of a window is in it, the end is not', async (t) => {
  const service = await deploy(t, { rows: ROWS })
  const asked = await service.ask({ aggregations: P99 })
  sameRows(t, asked.rows, [whole(service.seen(), FIGURES)], 'a day')
  t.equal(asked.rows[0]?.total, 6)
  const moment = { startTs: YESTERDAY.startTs, endTs: new Date(start + 1).toISOString() }
  sameRows(
    t,
    (await service.ask({ ...moment, aggregations: P99 })).rows,
    [whole(service.seen(moment), FIGURES)],
    '1 ms',
  )
})

t.test('a request on an edge belongs to the bucket that it begins', async (t) => {
  const service = await deploy(t, { rows: ROWS })
  const asked = await service.ask({ type: 'timeseries', interval: '1 hour', aggregations: P99 })
  sameRows(t, asked.rows, byBucket(service.seen(), edgesOf(start, end, HOUR), FIGURES), 'by the hour')
  const seconds = {
    startTs: new Date(start + HOUR - 2000).toISOString(),
    endTs: new Date(start + HOUR + 2000).toISOString(),
  }
  const fine = await service.ask({ ...seconds, type: 'timeseries', interval: '1 second', aggregations: P99 })
  const edges = edgesOf(Date.parse(seconds.startTs), Date.parse(seconds.endTs), 1000)
  sameRows(t, fine.rows, byBucket(service.seen(seconds), edges, FIGURES), 'by the second')
})

t.test('a time with an offset is the same instant', async (t) => {
  const service = await deploy(t, { rows: ROWS })
  const same = await service.ask({ startTs: '2026-06-09T02:00:00+02:00', endTs: '2026-06-09T19:00:00-05:00' })
  t.equal(same.text, (await service.ask()).text)
})
