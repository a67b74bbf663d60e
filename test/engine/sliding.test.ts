import t, { type Test } from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { byValue, type Figures, percentile, sameRows } from './scan.js'
import { deploy, HOUR, MINUTE, NOW, type Whole } from './service.js'

const team = (row: TrafficRow) => row.metadata.team ?? null
const status = (row: TrafficRow) => row.status

/** The window of a dashboard: 24 hours up to the end of the hour under way. */
function lastDay(now: number): { readonly startTs: string; readonly endTs: string } {
  const end = Math.floor(now / HOUR) * HOUR + HOUR
  return { startTs: new Date(end - 24 * HOUR).toISOString(), endTs: new Date(end).toISOString() }
}

/** Asks a question of the last day at `now`, checks every row against a scan, and says how many calls it took. */
async function refresh(
  t: Test,
  service: Whole,
  now: number,
  fields: Readonly<Record<string, unknown>>,
  [key, value]: readonly [string, (row: TrafficRow) => string | number | null],
  figures: Figures = {},
): Promise<number> {
  service.emulator.setNow(now)
  const window = lastDay(now)
  const asked = await service.ask({ ...window, type: 'timeseries', interval: '1 hour', ...fields })
  t.equal(asked.status, 200, asked.message)
  const rows = service.seen(window).filter((row) => row.visibleAt <= now)
  for (let start = Date.parse(window.startTs); start <= now; start += HOUR) {
    const startTimestamp = new Date(start).toISOString()
    const bucket = rows.filter((row) => row.at >= start && row.at < start + HOUR)
    const found = asked.rows.filter((row) => row.startTimestamp === startTimestamp)
    sameRows(
      t,
      found.map(({ startTimestamp: _, endTimestamp: __, ...row }) => row),
      byValue(bucket, key, value, figures),
      `${startTimestamp} at ${new Date(now).toISOString()}`,
    )
  }
  return asked.calls
}

t.test('a sliding question asks for its live hours alone, whatever the whole would take', async (t) => {
  const service = await deploy(t)
  const first = await refresh(t, service, NOW, { groupBy: ['team'] }, ['team', team])
  t.ok(first > 5, `${first} calls at first`)
  const counts: number[] = []
  for (let minutes = 1; minutes <= 100; minutes += 3) {
    counts.push(await refresh(t, service, NOW + minutes * MINUTE, { groupBy: ['team'] }, ['team', team]))
  }
  t.ok(Math.max(...counts) <= 5, `at most ${Math.max(...counts)} calls`)
  t.ok(counts.reduce((sum, count) => sum + count, 0) / counts.length < 2)
})

t.test('so does one that filters and groups by another field', async (t) => {
  const service = await deploy(t)
  const fields = {
    groupBy: ['httpStatusCode'],
    filters: [{ metadataKey: 'env', operator: 'EQUAL', value: 'production' }],
  }
  const seen = service.seen
  const filtered: Whole = {
    ...service,
    seen: (window) => seen(window).filter((row) => row.metadata.env === 'production'),
  }
  const by = ['httpStatusCode', status] as const
  const first = await refresh(t, filtered, NOW, fields, by)
  const counts: number[] = []
  for (let minutes = 1; minutes <= 61; minutes += 6) {
    counts.push(await refresh(t, filtered, NOW + minutes * MINUTE, fields, by))
  }
  t.ok(counts.every((count) => count <= first))
  t.ok(Math.min(...counts) < first)
})

t.test('after a long pause the whole is asked again', async (t) => {
  const service = await deploy(t)
  const first = await refresh(t, service, NOW, { groupBy: ['team'] }, ['team', team])
  const later = await refresh(t, service, NOW + 20 * HOUR, { groupBy: ['team'] }, ['team', team])
  t.ok(later <= first + 2, `${later} calls after a pause, ${first} at first`)
})

t.test('what no listing gives is asked as a whole', async (t) => {
  const service = await deploy(t)
  const fields = { groupBy: ['modelName'], aggregations: [{ type: 'p50', column: 'latencyMs' }] }
  const figures = { p50LatencyMs: percentile(0.5) }
  const by = ['modelName', (row: TrafficRow) => row.model] as const
  const first = await refresh(t, service, NOW, fields, by, figures)
  for (const minutes of [1, 2, 40]) {
    const calls = await refresh(t, service, NOW + minutes * MINUTE, fields, by, figures)
    t.ok(calls <= first, `${calls} of ${first}`)
  }
})
