import t, { type Test } from 'tap'
import type { DataPoint } from '../../src/engine.js'
import { ServiceError } from '../../src/errors.js'
import { deploy, LEAST, TOKEN } from '../engine/service.js'
import { engine, errorOf, REPLY, serve } from './harness.js'

const CSV = { accept: 'text/csv' }
const TYPE = 'text/csv; charset=utf-8; header=present'
const NOW = Date.UTC(2026, 5, 10, 12)

/** A service that answers these rows, and how often its engine was asked. */
const answering = async (t: Test, columns: readonly string[], dataPoints: readonly DataPoint[]) => {
  let asked = 0
  const ask = async () => {
    asked += 1
    return { ...REPLY, data: { dataPoints }, columns, oldestAt: NOW, expiresAt: NOW + 1 }
  }
  const service = await serve(t, { engine: engine({ ask }), now: () => NOW })
  return { service, asked: () => asked }
}

t.test('rows are CSV of RFC 4180, numbers as JSON has them, null unlike an empty text', async (t) => {
  const columns = ['metadata.a,b', 'value', 'isFailure', 'total']
  const values = [
    null,
    '',
    'plain',
    'a,b',
    'say "hi"',
    'two\nlines',
    'a\rb',
    ' padded ',
    '=1+1',
    '@SUM(A1)',
    '-2',
    'é😀',
  ]
  const numbers = [0, -0, 1e21, 1e-7, 0.1 + 0.2, 123456789012345680000, -3.5, 5e-324]
  const rows = [
    ...values.map((value, at) => ({ 'metadata.a,b': 'x', value, isFailure: at % 2 === 0, total: at })),
    ...numbers.map((value) => ({ 'metadata.a,b': null, value, isFailure: null, total: 1 })),
  ]
  const { service } = await answering(t, columns, rows)
  const reply = await service.ask({ headers: CSV })
  const text = await reply.text()
  t.equal(reply.headers.get('content-type'), TYPE)
  t.equal(reply.headers.get('vary'), 'accept, accept-encoding')
  const written = [
    '',
    '""',
    'plain',
    '"a,b"',
    '"say ""hi"""',
    '"two\nlines"',
    '"a\rb"',
    '" padded "',
    '=1+1',
    '@SUM(A1)',
    '-2',
    'é😀',
  ]
  t.strictSame(text.split('\r\n'), [
    '"metadata.a,b",value,isFailure,total',
    ...written.map((value, at) => `x,${value},${at % 2 === 0},${at}`),
    ...numbers.map((value) => `,${JSON.stringify(value)},,1`),
    '',
  ])
})

t.test('of no rows there is the head alone', async (t) => {
  const { service } = await answering(t, ['modelName', 'startTimestamp', 'endTimestamp', 'total'], [])
  t.equal(await (await service.ask({ headers: CSV })).text(), 'modelName,startTimestamp,endTimestamp,total\r\n')
})

t.test('each format is held of its own, and says of itself what the other says', async (t) => {
  const { service, asked } = await answering(t, REPLY.columns, REPLY.data.dataPoints)
  const json = { text: JSON.stringify({ data: REPLY.data }), type: 'application/json; charset=utf-8' }
  const csv = { text: 'modelName,total\r\ngpt-4o,3\r\n', type: TYPE }
  const steps = [
    [{}, json, 'miss', 1],
    [CSV, csv, 'miss', 2],
    [CSV, csv, 'hit', 2],
    [{}, json, 'hit', 2],
    // The long way.
    [{ ...CSV, pragma: 'x' }, csv, 'hit', 2],
    [{ pragma: 'x' }, json, 'hit', 2],
    [{ ...CSV, 'cache-control': 'no-cache' }, csv, 'miss', 3],
    [{ accept: 'text/csv, application/json' }, json, 'hit', 3],
    [{ accept: 'image/png' }, json, 'hit', 3],
  ] as const
  for (const [headers, { text, type }, cache, calls] of steps) {
    for (const path of ['/v1/metrics/query', '/api/svc/v1/llm-gateway/metrics/query']) {
      if (cache === 'miss' && path !== '/v1/metrics/query') continue
      const reply = await service.ask({ path, headers })
      const name = `${path} ${JSON.stringify(headers)}`
      t.equal(await reply.text(), text, name)
      t.equal(reply.headers.get('content-type'), type, name)
      t.equal(reply.headers.get('x-cache'), cache, name)
      t.equal(reply.headers.get('x-settled-until'), new Date(REPLY.settledUntil).toISOString(), name)
      t.equal(reply.headers.get('vary'), 'accept, accept-encoding', name)
    }
    t.equal(asked(), calls)
  }
})

t.test('errors and explanations are JSON whatever is accepted', async (t) => {
  const refusing = engine({ ask: () => Promise.reject(new ServiceError('PLAN_TOO_EXPENSIVE', 'Ask for less.')) })
  const service = await serve(t, { engine: refusing })
  await errorOf(t, await service.ask({ headers: CSV }), 422, 'PLAN_TOO_EXPENSIVE')
  await errorOf(t, await service.ask({ headers: CSV, body: '{' }), 400, 'VALIDATION_FAILED')
  await errorOf(t, await service.ask({ headers: { ...CSV, authorization: '' } }), 401, 'UNAUTHENTICATED')
  const explained = await service.ask({ path: '/v1/metrics/query?explain=true', headers: CSV })
  t.equal(explained.headers.get('content-type'), 'application/json; charset=utf-8')
  t.match(await explained.json(), { estimatedCalls: 0 })
})

t.test('CSV and JSON of one question are the same cells, for no call more', async (t) => {
  const { ask, emulator, url } = await deploy(t)
  const questions = [
    {},
    { groupBy: ['modelName', 'metadata.env'], aggregations: [{ type: 'sum', column: 'costInUSD' }] },
    { type: 'timeseries', interval: '1 hour', aggregations: [{ type: 'avg', column: 'latencyMs' }] },
    {
      type: 'timeseries',
      interval: '6 hours',
      groupBy: ['isFailure'],
      aggregations: [{ type: 'count', column: 'modelName' }],
    },
    { groupBy: ['modelName'], filters: [{ fieldName: 'modelName', operator: 'EQUAL', value: 'no-such-model' }] },
  ]
  for (const question of questions) {
    const json = await ask(question)
    t.equal(json.status, 200, json.message)
    const before = emulator.requests.length
    const reply = await fetch(`${url}/v1/metrics/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...CSV },
      body: JSON.stringify({ ...LEAST, ...question }),
    })
    const [head = '', ...lines] = (await reply.text()).split('\r\n')
    const name = JSON.stringify(question)
    t.equal(emulator.requests.length, before, `${name}: no call`)
    t.equal(lines.pop(), '', `${name}: the last line is ended too`)
    const columns = head.split(',')
    for (const row of json.rows) t.strictSame(Object.keys(row), columns, `${name}: columns`)
    const cells = json.rows.map((row) => Object.values(row).map((value) => (value === null ? '' : String(value))))
    t.strictSame(
      lines.map((line) => line.split(',')),
      cells,
      name,
    )
    t.equal(json.rows.length === 0, name.includes('no-such-model'))
  }
})
