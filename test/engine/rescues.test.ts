import t from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { byValue, distinctOf } from './scan.js'
import { deploy } from './service.js'

type Rescue = TrafficRow & { readonly rescue: 'retry' | 'fallback'; readonly attempt: number | null }

/** One row a rescue: a request that a retry and a fallback rescued is two. */
function rescuesOf(rows: readonly TrafficRow[]): readonly Rescue[] {
  return rows
    .filter((row) => row.config !== null)
    .flatMap((row): Rescue[] => [
      ...(row.retrySuccessCount > 0 ? [{ ...row, rescue: 'retry', attempt: row.retrySuccessCount } as const] : []),
      ...(row.fallback ? [{ ...row, rescue: 'fallback', attempt: null } as const] : []),
    ])
}

const TEAM = (row: TrafficRow) => row.metadata.team ?? null
const TEAMS = [{ type: 'countDistinct', column: 'team' }]
const FIGURES = { countDistinctTeam: distinctOf(TEAM) }
const ASKED = { datasource: 'configMetrics', aggregations: TEAMS }

t.test('a value that several retries have is one value of the retries', async (t) => {
  const service = await deploy(t, { requestsPerHour: 60 })
  const rescues = rescuesOf(service.seen())
  const by = (kind: string) => rescues.filter((row) => row.rescue === kind)
  const attempts = new Set(by('retry').map((row) => row.attempt))
  t.ok(attempts.size > 1, 'more than one retry is counted')
  const want = ['retry', 'fallback']
    .flatMap((kind) => byValue(by(kind), 'rescue', () => kind, FIGURES))
    .toSorted((one, other) => Number(other.total) - Number(one.total))
  t.strictSame((await service.ask({ ...ASKED, groupBy: ['rescue'] })).rows, want)

  const onlyRetries = { fieldName: 'rescue', operator: 'EQUAL', value: 'retry' }
  const retries = byValue(by('retry'), 'rescue', () => 'retry', FIGURES)
  t.strictSame((await service.ask({ ...ASKED, groupBy: ['rescue'], filters: [onlyRetries] })).rows, retries)
  const [{ rescue: _, ...ungrouped } = {}] = retries
  t.strictSame((await service.ask({ ...ASKED, filters: [onlyRetries] })).rows, [ungrouped])
  const anyRetry = { fieldName: 'rescueAttempt', operator: 'GREATER_THAN', value: 0 }
  t.strictSame((await service.ask({ ...ASKED, filters: [anyRetry] })).rows, [ungrouped])
  t.strictSame((await service.ask({ ...ASKED, groupBy: ['rescue'], filters: [anyRetry] })).rows, retries)
})

t.test('bucket by bucket too', async (t) => {
  const service = await deploy(t, { requestsPerHour: 120 })
  const filters = [{ fieldName: 'rescue', operator: 'EQUAL', value: 'retry' }]
  const asked = { ...ASKED, type: 'timeseries', interval: '6 hours', groupBy: ['rescue'], filters }
  const { rows } = await service.ask(asked)
  t.equal(rows.length, 4)
  for (const { startTimestamp, endTimestamp, ...row } of rows) {
    const bucket = { startTs: String(startTimestamp), endTs: String(endTimestamp) }
    const retries = rescuesOf(service.seen(bucket)).filter(({ rescue }) => rescue === 'retry')
    t.strictSame(
      [row],
      byValue(retries, 'rescue', () => 'retry', FIGURES),
      bucket.startTs,
    )
  }
})
