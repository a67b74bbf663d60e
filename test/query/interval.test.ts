import t from 'tap'
import { describeInterval, parseInterval } from '../../src/query/interval.js'
import { parseTimeZone } from '../../src/query/time-zone.js'
import { ask, faultsOf, LEAST, refusal } from './question.js'

const SERIES = { type: 'timeseries' } as const
const hour = { unit: 'fixed', seconds: 3_600 } as const

const same: readonly (readonly [text: string, interval: object])[] = [
  ['1 hour', hour],
  ['1 Hours', hour],
  ['60 minutes', hour],
  ['3600 SECOND', hour],
  ['  1    hour ', hour],
  ['01 hour', hour],
  ['24 hours', { unit: 'fixed', seconds: 86_400 }],
  ['1 day', { unit: 'fixed', seconds: 86_400 }],
  ['7 days', { unit: 'fixed', seconds: 604_800 }],
  ['2 weeks', { unit: 'week', weeks: 2 }],
  ['3 months', { unit: 'month', months: 3 }],
  ['1 year', { unit: 'month', months: 12 }],
]
for (const [text, interval] of same) {
  t.test(`"${text}" is an interval`, async (t) => {
    t.same(parseInterval(text), { ok: true, interval })
  })
}

t.test('an interval describes itself in its largest unit, and the description reads back', async (t) => {
  for (const [text, words] of [
    ['2880 seconds', '48 minutes'],
    ['36 hours', '36 hours'],
    ['48 hours', '2 days'],
    ['12 months', '1 year'],
    ['18 months', '18 months'],
    ['1 week', '1 week'],
  ] as const) {
    const parsed = parseInterval(text)
    if (!parsed.ok) throw new Error(parsed.fault)
    t.equal(describeInterval(parsed.interval), words)
    t.same(parseInterval(words), parsed)
  }
})

t.test('a near miss of a unit is suggested', async (t) => {
  t.match(parseInterval('5 minuts'), { fault: /Did you mean "minute"\?/ })
  t.match(parseInterval('5 min'), { fault: /Did you mean "minute"\?/ })
})

t.test('a timeseries', async (t) => {
  t.same(ask({ ...SERIES, interval: '1 hour' }).interval, hour)
  t.same(ask({ ...SERIES, intervalInSeconds: 3600 }).interval, hour)
  t.same(ask({ ...SERIES, interval: '1 hour', intervalInSeconds: 60 }).interval, hour, 'interval wins')
  t.same(faultsOf(SERIES), ['INTERVAL_REQUIRED /interval'])
  t.same(faultsOf({ ...SERIES, interval: 'x', intervalInSeconds: 0 }), [
    'INTERVAL_INVALID /interval',
    'INTERVAL_INVALID /intervalInSeconds',
  ])
})

t.test('on a distribution interval and time zone are checked and then ignored', async (t) => {
  const query = ask({ interval: '1 second', timeZone: 'Europe/Berlin' })
  t.equal(query.interval, null)
  t.same(query, ask({}), 'it is the same question')
  t.same(faultsOf({ interval: 'hourly', timeZone: 'Nowhere' }), [
    'INTERVAL_INVALID /interval',
    'VALIDATION_FAILED /timeZone',
  ])
})

t.test('too many buckets', async (t) => {
  const year = { ...SERIES, startTs: '2025-01-01T00:00:00Z', endTs: '2026-01-01T00:00:00Z' }
  const error = refusal({ ...LEAST, ...year, interval: '1 minute' })
  t.equal(error.code, 'TOO_MANY_BUCKETS')
  t.match(error.message, /525600 buckets.*at most 11000.*smallest interval that fits is "48 minutes"/)
  t.ok(ask({ ...year, interval: '48 minutes' }), 'and that one does fit')
  t.same(faultsOf({ ...year, interval: '47 minutes' }), ['TOO_MANY_BUCKETS /interval'])
  t.same(faultsOf({ ...year, intervalInSeconds: 60 }), ['TOO_MANY_BUCKETS /intervalInSeconds'])
  const most = { ...SERIES, startTs: '2026-01-01T00:00:00Z', interval: '1 second' }
  t.ok(ask({ ...most, endTs: '2026-01-01T03:03:20Z' }), 'exactly 11,000')
  t.same(faultsOf({ ...most, endTs: '2026-01-01T03:03:20.001Z' }), ['TOO_MANY_BUCKETS /interval'], 'one more')
  const all = {
    ...SERIES,
    startTs: '1970-01-01T00:00:00Z',
    endTs: '9999-12-31T23:59:59Z',
    timeZone: 'America/New_York',
  }
  t.match(
    refusal({ ...LEAST, ...all, interval: '1 second' }).code,
    'TOO_MANY_BUCKETS',
    'and it does not count them one by one',
  )
})

t.test('time zones', async (t) => {
  const series = { ...SERIES, interval: '1 hour' }
  t.equal(ask(series).timeZone, 'UTC')
  for (const name of ['UTC', 'utc', 'Etc/UTC', 'GMT', 'Zulu', 'etc/gmt'])
    t.equal(ask({ ...series, timeZone: name }).timeZone, 'UTC')
  t.equal(ask({ ...series, timeZone: 'europe/berlin' }).timeZone, 'Europe/Berlin')
  t.same(parseTimeZone('Asia/Kolkata'), parseTimeZone('Asia/Calcutta'), 'two names of one zone are one zone')
  t.notSame(parseTimeZone('Africa/Abidjan'), parseTimeZone('UTC'), 'a zone that equals UTC only today is not UTC')
})
