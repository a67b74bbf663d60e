import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EXAMPLES_NOW, EXAMPLES_TRAFFIC, endedYesterday, readExamples } from '../../src/docs/examples.js'
import { MAIN_WORKSPACE, type Profile } from '../../src/emulator/emulator.js'
import type { Row } from '../engine/scan.js'
import { deploy } from '../engine/service.js'
import { FIXTURES } from '../fixtures/places.js'
import { differenceOf } from '../oracle/compare.js'
import { createOracle } from '../oracle/oracle.js'
import type { Point, Question } from '../oracle/question.js'

// What becomes of each example stands in README; that this is so, and that README is fresh, is docs.test.ts's.

const EXAMPLES = readExamples(readFileSync(join(FIXTURES, 'metrics-dsl-examples.jsonl'), 'utf8'))
const DAY = 86_400_000
const REACH = { workspace: MAIN_WORKSPACE, user: null }
/** Of the 83: fewer answers than this would be a loss. */
const LEAST_ANSWERED = { live: 43, documented: 26 }

t.setTimeout(300_000)

t.test('windows are moved by whole days, to yesterday', async (t) => {
  t.equal(EXAMPLES.length, 83)
  for (const { name, request } of EXAMPLES) {
    const moved = endedYesterday(request, EXAMPLES_NOW)
    const [start, end] = [moved.startTs, moved.endTs].map((stamp) => Date.parse(String(stamp)))
    const length = Date.parse(String(request.endTs)) - Date.parse(String(request.startTs))
    t.equal(Number(end) - Number(start), length, name)
    t.equal((Number(start) - Date.parse(String(request.startTs))) % DAY, 0, name)
    t.ok(
      Number(end) <= Math.floor(EXAMPLES_NOW / DAY) * DAY && Number(end) > (Math.floor(EXAMPLES_NOW / DAY) - 1) * DAY,
    )
    t.ok(Number(start) >= EXAMPLES_NOW - EXAMPLES_TRAFFIC.historyDays * DAY, `${name} lies in the history`)
  }
})

for (const profile of ['live', 'documented'] satisfies Profile[]) {
  t.test(`${profile}: each example is answered as SQL answers it, or refused with a reason`, async (t) => {
    const service = await deploy(t, { ...EXAMPLES_TRAFFIC, profile })
    const oracle = await createOracle(service.emulator.rows(), EXAMPLES_NOW)
    t.teardown(oracle.close)
    const seen = { answered: 0, rows: 0 }
    for (const { name, request } of EXAMPLES) {
      const body = endedYesterday(request, EXAMPLES_NOW)
      const asked = await service.ask(body, { path: '/api/svc/v1/llm-gateway/metrics/query' })
      const verdict = await oracle.ask(questionOf(body), REACH)
      if (asked.status !== 200) {
        t.match(
          asked,
          { status: 422, code: /^(UNSUPPORTED_BY_UPSTREAM|PLAN_TOO_EXPENSIVE)$/, message: /\. \S.*\.$/s },
          name,
        )
        continue
      }
      if (verdict.kind === 'unknown') t.fail(`${name}: answered what Portkey does not know: ${verdict.names}`)
      else {
        const allowance = { wholes: verdict.wholes, averageDecimals: null }
        t.equal(differenceOf(asked.rows.map(pointOf), verdict.points, allowance), null, name)
      }
      seen.answered += 1
      seen.rows += asked.rows.length
    }
    t.comment(`${profile}: ${seen.answered} of ${EXAMPLES.length} answered, ${seen.rows} rows`)
    t.ok(seen.answered >= LEAST_ANSWERED[profile], `${seen.answered} are answered`)
    t.ok(seen.rows > 10 * seen.answered, 'there was something to count')
  })
}

/** Throws unless it has what every question has. */
const questionOf = (body: Readonly<Record<string, unknown>>): Question => {
  const { startTs, endTs, datasource, type } = body
  const stamps = typeof startTs === 'string' && typeof endTs === 'string' ? { startTs, endTs } : null
  if (stamps === null || typeof datasource !== 'string') throw new Error('no question')
  if (type !== 'distribution' && type !== 'timeseries') throw new Error('no question')
  const { intervalInSeconds, ...rest } = body
  // The older form, as the oracle's language has it.
  const interval = typeof intervalInSeconds === 'number' ? { interval: `${intervalInSeconds} seconds` } : {}
  return { ...rest, ...interval, ...stamps, datasource, type }
}

const pointOf = (row: Row): Point =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => {
      const plain =
        value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      if (!plain) throw new Error(`${key} is no plain value`)
      return [key, value]
    }),
  )
