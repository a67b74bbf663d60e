import t, { type Test } from 'tap'
import type { TrafficRow } from '../../src/emulator/emulator.js'
import { byValue, percentile, sameRows, whole } from './scan.js'
import { DAY, deploy, LEAST, type Whole, YESTERDAY } from './service.js'

const FIELDS = {
  modelName: ['modelName', (row: TrafficRow) => row.model],
  team: ['team', (row: TrafficRow) => row.metadata.team ?? null],
  userEmail: ['createdBySubjectSlug', (row: TrafficRow) => row.metadata._user ?? null],
} as const

/** Nothing of it is held when yesterday was asked for. */
const DAY_BEFORE = { startTs: '2026-06-08T00:00:00.000Z', endTs: '2026-06-09T00:00:00.000Z' }
type Window = { readonly startTs: string; readonly endTs: string }

/** Checks that a question by each of the fields is answered, and right. */
async function checkAll(t: Test, service: Whole, when: string, window: Window = YESTERDAY): Promise<void> {
  for (const [group, [key, value]] of Object.entries(FIELDS)) {
    const asked = await service.ask({ ...window, groupBy: [group] })
    t.equal(asked.status, 200, `${group}, ${when}: ${asked.code} ${asked.message}`)
    sameRows(t, asked.rows, byValue(service.seen(window), key, value), `${group}, ${when}`)
  }
}

t.test('a 404 for one metadata key says nothing about the others', async (t) => {
  for (const before of ['nothing asked before', 'all asked before']) {
    const service = await deploy(t, { missing: ['groups/metadata/odd'] })
    if (before === 'all asked before') await checkAll(t, service, 'at first')
    for (const time of ['once', 'twice', 'three times']) {
      const odd = await service.ask({ groupBy: ['metadata.odd'] })
      t.match(odd, { status: 422, code: 'UNSUPPORTED_BY_UPSTREAM' }, `the odd key, ${before}, ${time}`)
      await checkAll(t, service, `${before}, the odd key asked ${time}`)
    }
  }
})

/** Checks that each question meets the upstream's fault while every endpoint answers 404, and its answer as soon as that is over. */
async function checkSpell(t: Test, service: Whole, when: string): Promise<void> {
  service.emulator.injectFault({ kind: 'status', status: 404 })
  for (const group of Object.keys(FIELDS)) {
    const during = await service.ask({ ...DAY_BEFORE, groupBy: [group] })
    t.match(during, { status: 502, code: 'UPSTREAM_ERROR' }, `${group} during ${when}: ${during.message}`)
  }
  service.emulator.clearFaults()
  await checkAll(t, service, `after ${when}`, DAY_BEFORE)
}

t.test('a spell of 404 on every endpoint is a fault of the upstream, forgotten when it is over', async (t) => {
  await checkSpell(t, await deploy(t), 'a spell from the start')
})

t.test('so is a spell that comes after questions were answered', async (t) => {
  for (const before of [[], ['team'], Object.keys(FIELDS)]) {
    const service = await deploy(t)
    t.equal((await service.ask()).status, 200)
    for (const group of before) t.equal((await service.ask({ groupBy: [group] })).status, 200)
    await checkSpell(t, service, `a spell after ${['no groups', ...before].join(', ')}`)
  }
})

t.test('one 404 of an endpoint that answered before is not believed', async (t) => {
  const service = await deploy(t)
  await checkAll(t, service, 'at first')
  service.emulator.injectFault({ kind: 'status', status: 404 }, { times: 1, path: 'groups/metadata/team' })
  await service.ask({ ...DAY_BEFORE, groupBy: ['team'] })
  await checkAll(t, service, 'afterwards', DAY_BEFORE)
})

t.test('no summary over no requests does not show that summaries are missing', async (t) => {
  const longAgo = {
    startTs: new Date(Date.parse(LEAST.startTs) - 100 * DAY).toISOString(),
    endTs: new Date(Date.parse(LEAST.endTs) - 100 * DAY).toISOString(),
  }
  const aggregations = [
    { type: 'p50', column: 'latencyMs' },
    { type: 'p99', column: 'latencyMs' },
  ]
  for (const emptyLatency of ['zero', 'null'] as const) {
    const service = await deploy(t, { omitSummaries: true, emptyLatency })
    const empty = await service.ask({ ...longAgo, aggregations })
    t.equal(empty.status, 200, `${emptyLatency}: ${empty.code} ${empty.message}`)
    t.strictSame(empty.rows, [{ total: 0, p50LatencyMs: null, p99LatencyMs: null }], emptyLatency)
    service.emulator.set({ omitSummaries: false })
    const asked = await service.ask({ aggregations })
    t.equal(asked.status, 200, `${emptyLatency}, afterwards: ${asked.code} ${asked.message}`)
    const figures = { p50LatencyMs: percentile(0.5), p99LatencyMs: percentile(0.99) }
    sameRows(t, asked.rows, [whole(service.seen(), figures)], `${emptyLatency}, afterwards`)
  }
})
