import t from 'tap'
import { byValue, type Row } from '../engine/scan.js'
import { DAY, deploy, HOUR, MINUTE, NOW, TOKEN, type Whole, YESTERDAY } from '../engine/service.js'
import { errorOf, forbiddenEngine, serve } from './harness.js'

type Texts = Readonly<Record<string, string>>
type Reading = Parameters<typeof byValue>[2]

const values = async (service: Whole, parameters: Texts, headers: Texts = {}) => {
  const before = service.emulator.requests.length
  const query = new URLSearchParams({ datasource: 'modelMetrics', field: 'modelName', ...parameters })
  const reply = await fetch(`${service.url}/v1/metrics/values?${query}`, {
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  })
  const body = Object(JSON.parse(await reply.clone().text()))
  const data: readonly Row[] = Array.isArray(body.data) ? body.data : []
  return { reply, body, data, headers: reply.headers, calls: service.emulator.requests.length - before }
}

t.test('the values of a field, the most frequent first, as a scan finds them', async (t) => {
  const service = await deploy(t)
  const scanned = byValue(service.seen(), 'value', (row) => row.model)
  const { reply, data, headers } = await values(service, YESTERDAY)
  t.equal(reply.status, 200)
  t.strictSame(data, scanned)
  t.equal(headers.get('x-cache'), 'miss')
  t.equal(headers.get('x-upstream-calls'), '1')
  t.equal(headers.get('age'), '0')
  t.equal(headers.get('x-settled-until'), new Date(NOW - 600_000).toISOString())
  t.match(headers.get('content-type'), /^application\/json/)
  t.strictSame((await values(service, { ...YESTERDAY, limit: '2' })).data, scanned.slice(0, 2))
  const again = await values(service, { ...YESTERDAY, limit: '3' })
  t.equal(again.calls, 0, 'whatever the limit it is one question')
  t.equal(again.headers.get('x-cache'), 'hit')
  t.equal((await values(service, YESTERDAY, { 'cache-control': 'no-cache' })).calls, 1)
})

t.test('values of every kind: other names, numbers, booleans, metadata, null', async (t) => {
  const service = await deploy(t)
  const rows = service.seen()
  const none = (value: string | undefined) => (value === undefined || value === '' ? null : value)
  for (const [field, value] of [
    ['userEmail', (row) => none(row.metadata._user)],
    ['virtualModel', (row) => row.config],
    ['httpStatusCode', (row) => row.status],
    ['isFailure', (row) => row.status >= 400],
    ['metadata.env', (row) => none(row.metadata.env)],
    ['metadata.nobody', () => null],
  ] satisfies [string, Reading][]) {
    const { reply, data } = await values(service, { ...YESTERDAY, field })
    t.equal(reply.status, 200, field)
    t.strictSame(data, byValue(rows, 'value', value), field)
  }
})

t.test('a search looks into every value, in any letter case', async (t) => {
  const service = await deploy(t)
  const scanned = byValue(service.seen(), 'value', (row) => row.model)
  const wanted = scanned.filter(({ value }) => String(value).includes('gpt'))
  t.ok(wanted.length > 1 && wanted.length < scanned.length)
  t.strictSame((await values(service, { ...YESTERDAY, search: 'GPT' })).data, wanted)
  t.strictSame((await values(service, { ...YESTERDAY, search: 'GpT', limit: '1' })).data, wanted.slice(0, 1))
  t.strictSame((await values(service, { ...YESTERDAY, search: 'no such model' })).data, [])
  t.strictSame((await values(service, { ...YESTERDAY, search: '' })).data, scanned, 'an empty search is none')
  const codes = await values(service, { ...YESTERDAY, field: 'httpStatusCode', search: '20' })
  t.strictSame(
    codes.data.map(({ value }) => value),
    [200],
  )
  const nulls = await values(service, { ...YESTERDAY, field: 'metadata.nobody', search: 'null' })
  t.strictSame(nulls.data, [], 'null holds no text')
})

t.test('without a window: the last 24 hours, the same for a minute', async (t) => {
  const service = await deploy(t)
  const end = Math.floor(NOW / MINUTE) * MINUTE + MINUTE
  const day = { startTs: new Date(end - DAY).toISOString(), endTs: new Date(end).toISOString() }
  const first = await values(service, {})
  t.strictSame(
    first.data,
    byValue(service.seen(day), 'value', (row) => row.model),
  )
  service.emulator.setNow(NOW + 3_000)
  const again = await values(service, {})
  t.equal(again.calls, 0)
  t.equal(again.headers.get('age'), '3')
  const from = { startTs: new Date(NOW - HOUR).toISOString() }
  const hour = { ...from, endTs: day.endTs }
  t.strictSame(
    (await values(service, from)).data,
    byValue(service.seen(hour), 'value', (row) => row.model),
  )
  const until = await values(service, { endTs: YESTERDAY.endTs })
  t.strictSame(
    until.data,
    byValue(service.seen(), 'value', (row) => row.model),
    'a day up to the end',
  )
  const offset = { startTs: '2026-06-09T02:00:00 02:00', endTs: '2026-06-10T02:00:00+02:00' }
  t.strictSame((await values(service, offset)).data, until.data, 'a plus sign that was not escaped')
})

t.test('what Portkey cannot list is refused with the nearest thing, at the field', async (t) => {
  const service = await deploy(t)
  for (const [field, status, code, says] of [
    ['requestType', 422, 'UNSUPPORTED_BY_UPSTREAM', /metadata\.<key>/],
    ['traceId', 422, 'UNSUPPORTED_BY_UPSTREAM', /Group by one of modelName/],
    ['latencyMs', 400, 'UNSUPPORTED_FIELD', /cannot be grouped by.*Can be grouped by: modelName/s],
    ['modelNam', 400, 'UNSUPPORTED_FIELD', /Did you mean "modelName"\?/],
    ['metadata.', 400, 'VALIDATION_FAILED', /metadata key is empty/],
  ] as const) {
    const { body } = await values(service, { ...YESTERDAY, field })
    t.match(body, { statusCode: status, code, message: says }, field)
    t.equal(body.details[0].path, '/field', field)
  }
})

t.test('every fault of the query string at once, each at its parameter', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const get = (query: string, headers = {}) =>
    service.ask({ path: `/v1/metrics/values?${query}`, method: 'GET', headers })
  const body = await errorOf(
    t,
    await get('datasource=modelMetric&startTs=yesterday&limit=0&serch=x&field=a&field=b'),
    400,
    'VALIDATION_FAILED',
  )
  t.strictSame(body.details.map(({ path }: { path: string }) => path).toSorted(), [
    '/datasource',
    '/field',
    '/limit',
    '/serch',
    '/startTs',
  ])
  t.match(body.message, /Did you mean "search"\?/)
  t.match(body.message, /Did you mean "modelMetrics"\?/)
  await errorOf(t, await get('field=modelName'), 400, 'VALIDATION_FAILED', 'no datasource')
  await errorOf(t, await get('datasource=modelMetrics'), 400, 'VALIDATION_FAILED', 'no field')
  const range = `datasource=modelMetrics&field=modelName&startTs=${YESTERDAY.endTs}&endTs=${YESTERDAY.startTs}`
  await errorOf(t, await get(range), 400, 'WINDOW_INVALID')
  await errorOf(
    t,
    await get(`datasource=modelMetrics&field=modelName&search=${'x'.repeat(1025)}`),
    400,
    'VALIDATION_FAILED',
  )
  await errorOf(t, await get(range, { authorization: 'Bearer other' }), 401, 'UNAUTHENTICATED')
  await errorOf(t, await service.ask({ path: '/v1/metrics/values' }), 405, 'METHOD_NOT_ALLOWED')
})

t.test('while Portkey fails, expired values stand in', async (t) => {
  const service = await deploy(t)
  const first = await values(service, {})
  service.emulator.setNow(NOW + 40_000)
  service.emulator.injectFault({ kind: 'status', status: 503 }, { times: 50 })
  const same = { endTs: new Date(Math.floor(NOW / MINUTE) * MINUTE + MINUTE).toISOString() }
  const stale = await values(service, same)
  t.strictSame(stale.data, first.data)
  t.equal(stale.headers.get('x-cache'), 'stale')
  t.match(stale.headers.get('warning'), /^110/)
})
