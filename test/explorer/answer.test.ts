import { execFileSync } from 'node:child_process'
import t from 'tap'
import { cutNames, groupNames, readAnswer } from '../../src/explorer/answer.js'
import { curlOf } from '../../src/explorer/curl.js'
import { plain, short } from '../../src/explorer/figures.js'
import { withOperator } from '../../src/explorer/operators.js'
import { bodyOf, FIRST_DRAFT, numberOr, tidy } from '../../src/explorer/question.js'
import { linesOf } from '../../src/explorer/series.js'
import { sortRows } from '../../src/explorer/sorting.js'
import { isPreset, presets, windowOf } from '../../src/explorer/span.js'
import { stampIn, zoneOf } from '../../src/explorer/zone.js'

const HOUR = 3_600_000
const window = { startTs: '2026-06-09T00:00:00.000Z', endTs: '2026-06-10T00:00:00.000Z' }
const asked = { window, askedAt: Date.parse(window.endTs) }
const at = (hour: number) => new Date(Date.parse(window.startTs) + hour * HOUR).toISOString()
const seconds = (hour: number) => Date.parse(at(hour)) / 1000
const row = (hour: number, team: string | null, total: number, p99LatencyMs: number | null) => ({
  startTimestamp: at(hour),
  endTimestamp: at(hour + 1),
  team,
  total,
  p99LatencyMs,
})
const figure = (key: string, additive: boolean) => ({ key, unit: 'count', additive })

t.test('a line is 0 where a group has no row to count, and unknown where it has none to measure', async (t) => {
  const rows = [row(0, 'a', 5, 10), row(0, null, 9, 20), row(1, 'a', 6, null), row(5, 'a', 1, 30)]
  const answer = readAnswer({ ...FIRST_DRAFT, groupBy: ['team'] }, asked, rows, undefined)
  t.strictSame(answer.groups, ['team'])
  t.strictSame(answer.figures, [figure('total', true), figure('p99LatencyMs', false)])
  const total = linesOf(answer, figure('total', true))
  t.strictSame(total.times, [0, 1, 2, 4, 5, 6, 23].map(seconds), 'a gap has both its ends')
  t.strictSame(total.lines, [
    { name: 'a', values: [5, 6, 0, 0, 1, 0, 0] },
    { name: 'null', values: [9, 0, 0, 0, 0, 0, 0] },
  ])
  t.strictSame(linesOf(answer, figure('p99LatencyMs', false)).lines, [
    { name: 'a', values: [10, null, null, null, 30, null, null] },
    { name: 'null', values: [20, null, null, null, null, null, null] },
  ])
})

t.test('a line begins and ends with the window, but no bucket that has not begun is 0', async (t) => {
  const rows = [row(3, 'a', 5, 10), row(4, 'a', 6, 11)]
  const draft = { ...FIRST_DRAFT, groupBy: ['team'] }
  const points = (answer: typeof asked) => {
    const { times, lines } = linesOf(readAnswer(draft, answer, rows, undefined), figure('total', true))
    return times.map((time, index) => [(time - seconds(0)) / 3600, lines[0]?.values[index]])
  }
  const inner = [
    [3, 5],
    [4, 6],
  ]
  t.strictSame(points(asked), [[0, 0], [2, 0], ...inner, [5, 0], [23, 0]])
  t.strictSame(points({ window, askedAt: Date.parse(at(6.5)) }), [[0, 0], [2, 0], ...inner, [5, 0], [6, 0]])
  t.strictSame(points({ window, askedAt: Date.parse(at(4.5)) }), [[0, 0], [2, 0], ...inner])
  const late = { startTs: at(2.5), endTs: at(5.25) }
  t.strictSame(points({ ...asked, window: late }), [[2.5, 0], ...inner, [5, 0]], 'edges need not be on the grid')
  t.strictSame(points({ ...asked, window: { startTs: at(3.5), endTs: at(5) } }), inner)
})

t.test('groups whose values read alike are lines of their own, with names of their own', async (t) => {
  const rows = [
    { ...row(0, 'null', 5, 10), env: 'z' },
    { ...row(0, null, 9, 20), env: 'z' },
    { ...row(0, 'x · y', 3, 20), env: 'z' },
    { ...row(0, 'x', 2, 20), env: 'y · z' },
    { ...row(0, 'b', 1, 20), env: 'z' },
  ]
  const answer = readAnswer({ ...FIRST_DRAFT, groupBy: ['team', 'env'] }, asked, rows, undefined)
  const { lines, groups } = linesOf(answer, figure('total', true))
  t.equal(groups, 5)
  t.strictSame(
    lines.map(({ name, values }) => [name, values[0]]),
    [
      ['null · "z"', 9],
      ['"null" · "z"', 5],
      ['"x · y" · "z"', 3],
      ['"x" · "y · z"', 2],
      ['b · z', 1],
    ],
  )
  t.strictSame(groupNames([{ a: null }, { a: 'null' }, { a: '"null"' }, { a: 1 }], ['a']), [
    'null',
    '"null"',
    '"\\"null\\""',
    '1',
  ])
  t.strictSame(cutNames(['abcdef', 'abcdeg', 'xyzxyz', 'x'], 4), ['abcdef', 'abcdeg', 'xyz…', 'x'])
})

t.test('times are those of the clock that was asked for, and say which', async (t) => {
  const zone = (timeZone: string) => zoneOf({ ...FIRST_DRAFT, timeZone })
  t.equal(stampIn(zone(''))('2026-06-09T04:00:00.000Z'), '2026-06-09 04:00Z')
  t.equal(stampIn(zone('UTC'))('2026-06-09T04:00:05.250Z'), '2026-06-09 04:00:05.250Z')
  t.equal(stampIn(zone('Europe/Berlin'))('2026-06-09T22:00:00.000Z'), '2026-06-10 00:00 +02:00')
  const autumn = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'].map(stampIn(zone('Europe/Berlin')))
  t.strictSame(autumn, ['2026-10-25 02:30 +02:00', '2026-10-25 02:30 +01:00'], 'an hour that comes twice is told apart')
  t.equal(zone('asia/kolkata').label, 'asia/kolkata')
  t.strictSame(zone('Nowhere/Atall'), { name: 'UTC', label: 'UTC; this browser does not know Nowhere/Atall' })
})

t.test('nulls come last, whichever way a column is sorted, and equals keep their order', async (t) => {
  const rows = [
    { n: 10, s: 'b' },
    { n: null, s: 'a' },
    { n: 9, s: null },
    { n: 10, s: 'a' },
  ]
  const sorted = (key: string, descending: boolean) =>
    sortRows(rows, { key, descending }).map((one) => rows.findIndex((row) => Object.is(row, one)))
  t.strictSame(sorted('n', false), [2, 0, 3, 1])
  t.strictSame(sorted('n', true), [0, 3, 2, 1])
  t.strictSame(sorted('s', false), [1, 3, 0, 2])
})

t.test('figures read well at every size, and keep their sign', async (t) => {
  t.strictSame(
    [0, 0.0003, 0.8784, 12.3, 1234.56, 123_456, 12_345_678].map((value) => short(value, 'USD')),
    ['$0', '$0.0003', '$0.878', '$12.30', '$1,234.56', '$123.46K', '$12.35M'],
  )
  t.strictSame([short(-0.5, 'USD'), short(-1234.56, 'ms'), short(8248, 'count')], ['−$0.50', '−1,234.6 ms', '8,248'])
  t.equal(plain(4213.639999999995), '4,213.64')
  t.strictSame(
    [0, 0.1 + 0.2, 0.000_000_12, -0.000_004_567_891, 3e-12].map(plain),
    ['0', '0.3', '0.00000012', '-0.00000456789', '3e-12'],
    'what is not 0 never reads as 0',
  )
})

t.test('presets are windows of whole steps that hold the present or end before it', async (t) => {
  const now = Date.parse('2026-03-01T00:30:00.000Z')
  for (const { name } of presets) {
    if (!isPreset(name)) throw new Error(name)
    const { startTs, endTs } = windowOf({ kind: 'preset', name }, now)
    t.ok(Date.parse(startTs) < Date.parse(endTs), name)
    t.ok(name === 'yesterday' ? Date.parse(endTs) <= now : Date.parse(endTs) > now, `${name} ends ${endTs}`)
  }
  const of = (name: 'month' | '24h' | '1h') => windowOf({ kind: 'preset', name }, now)
  t.strictSame(of('month'), { startTs: '2026-03-01T00:00:00.000Z', endTs: '2026-03-02T00:00:00.000Z' })
  t.strictSame(of('24h'), { startTs: '2026-02-28T01:00:00.000Z', endTs: '2026-03-01T01:00:00.000Z' })
  t.strictSame(of('1h'), { startTs: '2026-02-28T23:31:00.000Z', endTs: '2026-03-01T00:31:00.000Z' })
})

t.test('what was left empty is left out, and text that is no number stays for the service to judge', async (t) => {
  t.strictSame(bodyOf(FIRST_DRAFT, window), {
    ...window,
    datasource: 'modelMetrics',
    type: 'timeseries',
    interval: '1 hour',
  })
  const filters = [{ field: 'team', operator: 'IN', value: null }]
  const body = bodyOf(tidy({ ...FIRST_DRAFT, type: 'distribution', limit: 'ten', timeZone: ' UTC ', filters }), window)
  t.strictSame(body, {
    ...window,
    datasource: 'modelMetrics',
    type: 'distribution',
    filters: [{ fieldName: 'team', operator: 'IN' }],
    limit: 'ten',
    timeZone: 'UTC',
  })
  t.match(bodyOf(tidy({ ...FIRST_DRAFT, limit: ' 10 ' }), window), { limit: 10 })
  t.strictSame(
    ['12', '-1.5', '.5', '1e-7', ' 3 '].map(numberOr),
    [12, -1.5, 0.5, 1e-7, 3],
    'as a number is written in digits',
  )
  for (const slip of ['0x10', '0b1', '1_000', '1,5', 'Infinity', '1e999', '.', 'e3', '', ' ']) {
    t.equal(numberOr(slip), slip, `${JSON.stringify(slip)} stays text`)
  }
})

t.test('a value is kept as far as it fits another operator', async (t) => {
  const filter = { field: 'modelName', operator: 'EQUAL', value: 'a' }
  const list = withOperator(filter, 'IN')
  t.strictSame(list.value, ['a'])
  t.equal(withOperator(list, 'STRING_CONTAINS').value, 'a')
  t.equal(withOperator(list, 'IS_NULL').value, true)
  t.equal(withOperator(withOperator(list, 'IS_NULL'), 'EQUAL').value, null)
  t.strictSame(withOperator({ ...filter, operator: 'IN', value: ['a', 'b', 'c'] }, 'BETWEEN').value, ['a', 'b'])
})

t.test('a shell reads from the curl line what was asked, quotes and all', async (t) => {
  const body = { value: `it's "$HOME" \`id\` \\ !` }
  const line = curlOf('http://127.0.0.1:8080/v1/metrics/query', body, 'token')
  const words = execFileSync('sh', ['-c', line.replace(/^curl /, 'TOKEN=secret; printf "%s\\n" ')], {
    encoding: 'utf8',
  }).split('\n')
  t.ok(words.includes(JSON.stringify(body)), words.join('|'))
  t.ok(line.includes('$TOKEN'))
  t.notMatch(curlOf('http://localhost/', body, 'none'), /authorization|api-key/)
})
