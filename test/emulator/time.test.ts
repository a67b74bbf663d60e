import t from 'tap'
import { createEmulator, type TrafficRow, trafficRow } from '../../src/emulator/emulator.js'
import { DAY, deploy, dig, HOUR, MINUTE, NOW } from './deployment.js'

t.test('both bounds of a window are included, to the millisecond', async (t) => {
  const { analytics } = await deploy(t, { rows: [trafficRow({ at: NOW - HOUR })] })
  const totalOf = async (min: number, max: number): Promise<unknown> =>
    dig((await analytics('graphs/requests', { min, max })).body, 'summary', 'total')
  t.equal(await totalOf(NOW - HOUR, NOW - HOUR), 1)
  t.equal(await totalOf(NOW - HOUR - 1, NOW - HOUR), 1)
  t.equal(await totalOf(NOW - HOUR + 1, NOW), 0)
  t.equal(await totalOf(NOW - 2 * HOUR, NOW - HOUR - 1), 0)
})

t.test('a late arrival changes a bucket after it closed', async (t) => {
  const late = trafficRow({ at: NOW - MINUTE, visibleAt: NOW + 100_000 })
  const { analytics, emulator } = await deploy(t, { rows: [late, trafficRow({ at: NOW - MINUTE })] })
  const window = { min: NOW - 2 * MINUTE, max: NOW }
  const total = async (): Promise<unknown> => dig((await analytics('graphs/requests', window)).body, 'summary', 'total')
  t.equal(await total(), 1)
  t.equal(emulator.rows().length, 1)
  emulator.setNow(NOW + 100_000)
  t.equal(await total(), 2)
})

t.test('generated traffic has late arrivals, none later than 185 s', async (t) => {
  const emulator = createEmulator({ now: NOW, historyDays: 20 })
  const settled = emulator.rows()
  const delays = settled.map((row) => row.visibleAt - row.at).filter((delay) => delay !== 0)
  t.ok(delays.length > settled.length * 0.01 && delays.length < settled.length * 0.03)
  t.ok(delays.every((delay) => delay > 0 && delay <= 185_000))
})

t.test('equal options give equal rows; a minute does not depend on when it was generated', async (t) => {
  // Compared as text: a structural diff of thousands of rows takes minutes when it fails.
  const textOf = (rows: readonly TrafficRow[]): string => JSON.stringify(rows)
  const options = { seed: 7, now: NOW, historyDays: 2, requestsPerHour: 40 }
  const rows = createEmulator(options).rows()
  t.ok(rows.length > 1000)
  t.ok(textOf(createEmulator(options).rows()) === textOf(rows))
  t.ok(textOf(createEmulator({ ...options, seed: 8 }).rows()) !== textOf(rows))
  const grown = createEmulator({ ...options, now: NOW - DAY, historyDays: 1 })
  grown.rows()
  grown.setNow(NOW)
  t.ok(textOf(grown.rows()) === textOf(rows), 'generated in two parts')
  const window = { start: NOW - HOUR, end: NOW }
  const shorter = createEmulator({ ...options, historyDays: 1 })
  t.ok(textOf(shorter.rows(window)) === textOf(createEmulator(options).rows(window)))
})

t.test('rows come sorted, within the history, none in the future', async (t) => {
  const rows = createEmulator({ now: NOW, historyDays: 2 }).rows()
  t.ok(rows.every((row, index) => index === 0 || row.at >= (rows[index - 1]?.at ?? 0)))
  t.ok(rows.every((row) => row.at <= NOW && row.at >= NOW - 2 * DAY - MINUTE && Number.isInteger(row.at)))
})

t.test('the volume is what was asked for, with a rhythm by hour and weekday', async (t) => {
  const week = Date.parse('2026-06-08T00:00:00Z')
  const rows = createEmulator({ now: week - 1, historyDays: 28, requestsPerHour: 60 }).rows()
  t.ok(Math.abs(rows.length / (28 * 24) - 60) < 2, `${rows.length / (28 * 24)} an hour`)
  const at = (hour: number): number => rows.filter((row) => new Date(row.at).getUTCHours() === hour).length
  t.ok(at(15) > 3 * at(3))
  const on = (day: number): number => rows.filter((row) => new Date(row.at).getUTCDay() === day).length
  t.ok(on(3) > 2 * on(0))
})

t.test('the real clock goes on, and traffic with it', async (t) => {
  const before = Date.now()
  const emulator = createEmulator({ historyDays: 0.1 })
  t.ok(emulator.now() >= before && emulator.now() <= Date.now())
  t.ok(emulator.rows().length > 0)
})

t.test('a long history loads: 400 days at a low rate', async (t) => {
  const rows = createEmulator({ now: NOW, historyDays: 400, requestsPerHour: 0.5 }).rows()
  t.ok(rows.length > 4000 && rows.length < 5600, String(rows.length))
})

t.test('the traffic holds what clients trip over', async (t) => {
  const rows = createEmulator({ now: NOW, historyDays: 20, nullModelShare: 0.1 }).rows()
  const some = (test: (row: (typeof rows)[number]) => boolean): boolean => rows.some(test) && !rows.every(test)
  const providersOf = (model: string): number =>
    new Set(rows.filter((row) => row.model === model).map((row) => row.service)).size
  t.equal(providersOf('gpt-4o'), 2)
  t.ok(some((row) => row.model === null))
  t.ok(some((row) => row.config === null) && some((row) => row.prompt !== null) && some((row) => row.provider === null))
  t.ok(some((row) => row.workspace === 'sandbox'))
  for (const key of ['_user', 'env', 'team', 'mcp_server', 'mcp_tool', 'mcp_method', 'agent', 'agent_framework']) {
    t.ok(
      some((row) => Object.hasOwn(row.metadata, key)),
      key,
    )
  }
  const values = new Set(rows.flatMap((row) => Object.values(row.metadata)))
  for (const form of [/,/, /["']/, /&/, /[^ -~]/, /^\d+$/, /.{200}/]) {
    t.ok(
      [...values].some((value) => form.test(value)),
      String(form),
    )
  }
  t.ok(new Set([...values].map((value) => value.toLowerCase())).size < values.size, 'values that differ by case alone')
  t.ok(some((row) => row.latencyMs === 0) && some((row) => !Number.isInteger(row.latencyMs)))
  t.ok(some((row) => row.status >= 400 && row.inputTokens === 0 && row.costCents === 0))
  t.ok(some((row) => row.feedback !== null) && some((row) => row.fallback) && some((row) => row.retrySuccessCount > 0))
})
