import t from 'tap'
import { trafficRow } from '../../src/emulator/emulator.js'
import { DAY, deploy, dig, HOUR, listAt, MINUTE, NOW } from './deployment.js'

const startsOf = (body: unknown): readonly number[] =>
  listAt(body, 'data_points').map((point) => Date.parse(String(dig(point, 'timestamp'))))

t.test('the step follows the length of the window', async (t) => {
  const { analytics } = await deploy(t)
  const cases: readonly (readonly [number, number])[] = [
    [59 * MINUTE, MINUTE],
    [61 * MINUTE, 10 * MINUTE],
    [24 * HOUR, HOUR],
    [30 * DAY, DAY],
  ]
  for (const [length, step] of cases) {
    const max = Math.floor(NOW / DAY) * DAY - 1
    const { body } = await analytics('graphs/requests', { min: max - length + 1, max })
    const starts = startsOf(body)
    t.ok(starts.length > 1)
    t.ok(
      starts.every((start, index) => start % step === 0 && (index === 0 || start - (starts[index - 1] ?? 0) === step)),
      `${length / MINUTE} min`,
    )
  }
})

t.test('the switch points are an option', async (t) => {
  const ladder = [
    { upToMs: 2 * HOUR, stepMs: 10 * MINUTE },
    { upToMs: Number.POSITIVE_INFINITY, stepMs: DAY },
  ]
  const { analytics } = await deploy(t, { ladder })
  const within = startsOf((await analytics('graphs/cost', { min: NOW - 2 * HOUR + 1, max: NOW })).body)
  t.equal((within[1] ?? 0) - (within[0] ?? 0), 10 * MINUTE, 'length counts both bounds')
  const beyond = startsOf((await analytics('graphs/cost', { min: NOW - 2 * HOUR, max: NOW })).body)
  t.ok(beyond.every((start) => start % DAY === 0))
})

t.test('zeros fill the whole window, the running bucket is the last, the future is absent', async (t) => {
  const row = trafficRow({ at: NOW - 10 * MINUTE })
  const { analytics } = await deploy(t, { rows: [row] })
  const { body } = await analytics('graphs/requests', { min: NOW - 40 * MINUTE, max: NOW + 10 * MINUTE })
  const starts = startsOf(body)
  t.equal(starts[0], Math.floor((NOW - 40 * MINUTE) / MINUTE) * MINUTE)
  t.equal(starts.at(-1), Math.floor(NOW / MINUTE) * MINUTE)
  t.equal(starts.length, 41)
  const totals = listAt(body, 'data_points').map((point) => dig(point, 'total'))
  t.same(
    totals.filter((total) => total !== 0),
    [1],
  )
  const future = await analytics('graphs/requests', { min: NOW + HOUR, max: NOW + 2 * HOUR })
  t.same(listAt(future.body, 'data_points'), [])
})

t.test('an edge bucket holds only what the window holds', async (t) => {
  const hour = Math.floor(NOW / HOUR) * HOUR - 5 * HOUR
  const rows = [10, 50].map((minutes) => trafficRow({ at: hour + minutes * MINUTE }))
  const { analytics } = await deploy(t, { rows })
  const { body } = await analytics('graphs/requests', { min: hour - DAY, max: hour + 30 * MINUTE })
  t.match(listAt(body, 'data_points').at(-1), { timestamp: new Date(hour).toISOString(), total: 1 })
})

t.test('latencies of no requests are 0 or null, as set', async (t) => {
  const { analytics, emulator } = await deploy(t, { rows: [] })
  const point = async (): Promise<unknown> =>
    dig((await analytics('graphs/latency', { min: NOW - HOUR, max: NOW })).body, 'data_points', 0)
  t.match(await point(), { avg: 0, p50: 0, p90: 0, p99: 0 })
  emulator.set({ emptyLatency: 'null' })
  t.match(await point(), { avg: null, p50: null, p90: null, p99: null })
})
