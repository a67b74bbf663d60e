import t from 'tap'
import { sameRows } from './scan.js'
import { deploy, MINUTE, NOW } from './service.js'

// Windows that reach into the future: the piece under way may come as one point, which shows its step only by what it holds.

for (const [title, size, interval] of [
  ['minutes', MINUTE, '1 minute'],
  ['tens of minutes', 10 * MINUTE, '10 minutes'],
  ['hours', 60 * MINUTE, '1 hour'],
] as const) {
  for (const startTs of ['2026-06-10T00:00:00.000Z', '2026-06-09T00:00:00.000Z', '2026-06-07T00:00:00.000Z']) {
    t.test(`${title} of today and since ${startTs}, asked cold`, async (t) => {
      const service = await deploy(t, { historyDays: 4 }, { MAX_UPSTREAM_CALLS: '400' })
      const window = { startTs, endTs: '2026-06-11T00:00:00.000Z' }
      const asked = await service.ask({ ...window, type: 'timeseries', interval })
      t.equal(asked.status, 200, asked.message)
      const rows = service.seen(window).filter(({ visibleAt }) => visibleAt <= NOW)
      const buckets: { startTimestamp: string; endTimestamp: string; total: number }[] = []
      for (let start = Date.parse(startTs); start <= NOW; start += size) {
        buckets.push({
          startTimestamp: new Date(start).toISOString(),
          endTimestamp: new Date(start + size).toISOString(),
          total: rows.filter(({ at }) => at >= start && at < start + size).length,
        })
      }
      sameRows(t, asked.rows, buckets, startTs)
    })
  }
}
