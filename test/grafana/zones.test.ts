import t from 'tap'
import { HOUR, NOW } from '../engine/service.js'
import { openGrafana } from './panel.js'
import { target } from './target.js'

const iso = (ms: number) => new Date(ms).toISOString()
const range = {
  from: iso(NOW - 48 * HOUR),
  to: iso(NOW),
  raw: { from: iso(NOW - 48 * HOUR), to: iso(NOW) },
}

t.test('days are those of the dashboard’s zone, or of the payload’s; hours are Portkey’s own', async (t) => {
  const service = await openGrafana(t)
  const starts = async (payload: Readonly<Record<string, unknown>>, timezone: unknown, scopedVars = {}) => {
    const targets = [target({ interval: '1 day', ...payload })]
    const { body } = await service.send('/query', { range, targets, timezone, scopedVars, maxDataPoints: 800 })
    const [{ datapoints, meta }] = Object(body)
    const starts = datapoints?.map(([, at]: readonly [number, number]) => iso(at).slice(5, 16))
    return starts ?? meta.custom.details[0].path
  }
  const utc = ['06-08T00:00', '06-09T00:00', '06-10T00:00']
  const berlin = ['06-07T22:00', '06-08T22:00', '06-09T22:00']
  t.strictSame(await starts({}, 'Europe/Berlin'), berlin)
  for (const timezone of ['browser', 'utc', '', undefined, 1])
    t.strictSame(await starts({}, timezone), utc, `${timezone}`)
  t.strictSame(await starts({ timeZone: 'Europe/Berlin' }, 'America/New_York'), berlin)
  t.strictSame(await starts({ timeZone: '$__timezone' }, 'Europe/Berlin'), berlin, 'which an old Grafana does not know')
  t.strictSame(await starts({ timeZone: 'browser' }, 'browser'), utc)
  t.strictSame(await starts({ timeZone: '$zone' }, 'utc', { zone: { value: 'Europe/Berlin' } }), berlin)
  t.strictSame(await starts({ timeZone: '$zone' }, 'utc'), '/targets/0/payload/timeZone')
  t.strictSame(await starts({ timeZone: 'Berlin' }, 'utc'), '/targets/0/payload/timeZone')
  const hours = await starts({ interval: '1 hour' }, 'Asia/Kolkata')
  t.match(hours[0], /:00$/)
  t.match(
    (await starts({ interval: '1 hour', timeZone: 'Asia/Kolkata' }, 'utc'))[0],
    /:30$/,
    'unless they are asked for',
  )
})

t.test('what is counted in a day is what lies in it', async (t) => {
  const service = await openGrafana(t)
  const { body } = await service.send('/query', {
    range,
    targets: [target({ interval: '1 day' })],
    timezone: 'America/New_York',
  })
  const [{ datapoints }] = Object(body)
  const [, [counted, start]] = datapoints
  t.equal(iso(start), '2026-06-09T04:00:00.000Z')
  t.equal(counted, service.seen({ startTs: iso(start), endTs: iso(start + 24 * HOUR) }).length)
})
