import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Endpoint } from '../../src/portkey/call.js'
import { decode, decodePage } from '../../src/portkey/decode.js'

const requests: Endpoint = { kind: 'graph', name: 'requests' }
const model: Endpoint = { kind: 'group', name: 'model' }
const graph = (points: string) => `{"object":"analytics-graph","summary":{"total":1},"data_points":[${points}]}`
const list = (rows: string) => `{"object":"list","total":1,"data":[${rows}]}`
const at = (time: string, rest = '"total":1') => `{"timestamp":"2026-04-21T${time}Z",${rest}}`

const refuses = (t: Test, endpoint: Endpoint, text: string, message: RegExp) =>
  t.throws(() => decode(endpoint, text), { code: 'UPSTREAM_MALFORMED', message })

t.test('what is not an answer at all is malformed, not empty', async (t) => {
  refuses(t, requests, '', /graphs\/requests.*empty/)
  refuses(t, requests, '<html><body>502 Bad Gateway</body></html>', /not whole JSON/)
  refuses(t, requests, graph(at('00:00:00')).slice(0, -3), /not whole JSON/)
  refuses(t, requests, 'null', /not an object/)
  refuses(t, requests, '[]', /not an object/)
  refuses(t, requests, '"ok"', /not an object/)
  refuses(t, requests, '{}', /data_points is not a list/)
  refuses(t, requests, '{"data_points":null}', /data_points is not a list/)
  refuses(t, requests, '{"success":false,"data":{"message":"no","errorCode":"AB04"}}', /data_points is not a list/)
  refuses(t, requests, graph('null,7'), /2 of 2 data_points are not objects/)
  refuses(t, requests, `{"summary":[],"data_points":[]}`, /summary is not an object/)
  refuses(t, { kind: 'summary', name: 'cache' }, '{"summary":null}', /summary is missing/)
  refuses(t, { kind: 'summary', name: 'cache' }, '{"summary":{"avg_latency":1}}', /hits is in none/)
  refuses(t, model, '{"total":0}', /data is not a list/)
  refuses(t, model, '{"total":"many","data":[]}', /total is not a whole number/)
})

t.test('a figure that does not read is an error with a count, never a zero', async (t) => {
  for (const value of [
    '"NaN"',
    '""',
    '" 1"',
    '"0x10"',
    '"Infinity"',
    '"1,000"',
    '"1_0"',
    '"-1"',
    '-1',
    '1e999',
    'true',
  ]) {
    refuses(t, requests, graph(`${at('00:00:00')},${at('00:01:00', `"total":${value}`)}`), /total .* in 1 of 2 rows/)
  }
  for (const value of ['1.5', '"1.5"', 'null', '9007199254740993', '"12345678901234567890"', '{}', '[1]']) {
    refuses(t, requests, graph(at('00:00:00', `"total":${value}`)), /total is not a whole number/)
  }
  refuses(t, { kind: 'graph', name: 'cost' }, graph(at('00:00:00', '"total":"NaN","avg":0')), /total is not a number/)
  refuses(t, requests, `{"summary":{"total":"x"},"data_points":[]}`, /total is not a whole number/)
})

t.test('a field that only some points have is malformed; one that none has is absent', async (t) => {
  const cost: Endpoint = { kind: 'graph', name: 'cost' }
  const whole = graph(`${at('00:00:00', '"total":1.5')},${at('00:01:00', '"total":2')}`)
  t.match(decode(cost, whole), { fields: { total: [1.5, 2], avg: undefined } })
  refuses(t, cost, graph(`${at('00:00:00', '"total":1,"avg":1')},${at('00:01:00')}`), /avg is missing in 1 of 2/)
  refuses(t, requests, graph(at('00:00:00', '"count":1')), /total is in none of 1 rows/)
  refuses(t, model, list('{"model":"a","requests":1,"cost":1},{"model":"b","requests":1}'), /cost is missing in 1 of 2/)
  refuses(t, model, list('{"model":"a","cost":1}'), /requests is in none/)
  t.strictSame(decode(model, list('{"model":"a","requests":1}')), {
    kind: 'listing',
    values: ['a'],
    fields: { requests: [1] },
  })
})

t.test('points are evenly spaced, each stamp once, in any order', async (t) => {
  refuses(t, requests, graph(`${at('00:00:00')},${at('00:00:00.000')}`), /same timestamp/)
  refuses(t, requests, graph(['00:00:00', '00:01:00', '00:03:00'].map((time) => at(time)).join()), /not evenly spaced/)
  refuses(t, requests, graph(['00:00:00', '00:01:00', '00:02:30'].map((time) => at(time)).join()), /not evenly spaced/)
  for (const stamp of [
    '"soon"',
    '1776729600000',
    'null',
    '"2026-13-01T00:00:00Z"',
    '"2026-02-30T00:00:00Z"',
    '"2026-04-21T24:00:00Z"',
  ]) {
    refuses(t, requests, graph(`{"timestamp":${stamp},"total":1}`), /timestamp is not a time in 1 of 1/)
  }
  refuses(t, requests, graph('{"total":1}'), /timestamp is not a time/)
  t.match(decode(requests, graph(['00:10:00', '00:00:00', '00:05:00'].map((time) => at(time)).join())), {
    step: 300_000,
  })
  t.match(decode(requests, graph('{"timestamp":"2026-04-21T02:00:00+02:00","total":1}')), { starts: [1776729600000] })
})

t.test('a breakdown names its fields by key and refuses what it cannot count', async (t) => {
  const stacks: Endpoint = { kind: 'graph', name: 'errors/stacks' }
  const stats = (items: string) => graph(at('00:00:00', `"stats":${items}`))
  refuses(t, stacks, graph(at('00:00:00')), /stats is not a list/)
  refuses(t, stacks, stats('[{"response_status_code":500}]'), /lacks a readable response_status_code or count/)
  refuses(t, stacks, stats('[{"response_status_code":500,"count":-1}]'), /lacks a readable/)
  refuses(t, stacks, stats('[7]'), /lacks a readable/)
  refuses(
    t,
    stacks,
    stats('[{"response_status_code":500,"count":1},{"response_status_code":"500","count":1}]'),
    /stands twice/,
  )
})

t.test('a value of a listing is text, and stands once', async (t) => {
  refuses(t, model, list('{"model":"a","requests":1},{"model":"a","requests":2}'), /1 of 2 rows repeat the model/)
  refuses(t, model, list('{"model":"","requests":1},{"model":null,"requests":2}'), /repeat the model/)
  refuses(t, model, list('{"model":{"name":"a"},"requests":1}'), /model is not text in 1 of 1/)
  refuses(t, model, list('{"model":true,"requests":1}'), /model is not text/)
  refuses(t, model, list('{"name":"a","requests":1}'), /model is in none of 1 rows/)
  t.match(decode(model, list('{"model":"a","requests":1},{"requests":2}')), { values: ['a', ''] })
  t.match(decode(model, list('{"model":"__proto__","requests":1}')), { values: ['__proto__'] })
})

t.test('truncated numbers are never shown', async (t) => {
  for (const flag of ['true', '"true"', '"TRUE"', '1', '"yes"', '{}']) {
    const text = `{"is_quota_exceeded":${flag},"data_points":[],"data":[],"summary":{}}`
    for (const endpoint of [requests, model, { kind: 'summary', name: 'cache' } as const]) {
      t.throws(() => decode(endpoint, text), { code: 'UPSTREAM_QUOTA_EXCEEDED' }, flag)
    }
  }
})

t.test('a page says how many rows there are, when it says', async (t) => {
  t.equal(decodePage(model, '{"total":"250","data":[]}').total, 250)
  t.equal(decodePage(model, '{"data":[]}').total, null)
  t.equal(decodePage(model, '{"total":null,"data":[]}').total, null)
})

t.test('a message never quotes a value', async (t) => {
  const text = list('{"model":{"secret-name":1},"requests":"secret-figure"}')
  for (const broken of [text, 'secret-text', graph(at('00:00:00', '"total":"secret-figure"'))]) {
    t.throws(() => decode(broken.includes('data_points') ? requests : model, broken), { message: /^((?!secret).)*$/ })
  }
})

t.test('property: a number and its decimal text read the same', async () => {
  const cost: Endpoint = { kind: 'graph', name: 'cost' }
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value) => {
      const read = (raw: string) => decode(cost, graph(at('00:00:00', `"total":${raw}`)))
      t.strictSame(read(JSON.stringify(value)), read(JSON.stringify(String(value))))
      t.match(read(String(value)), { fields: { total: [value === 0 ? 0 : value] } })
    }),
  )
})

t.test('property: any JSON is an answer or a typed error', async (t) => {
  const endpoints: readonly Endpoint[] = [
    requests,
    model,
    { kind: 'summary', name: 'cache' },
    { kind: 'graph', name: 'errors/stacks' },
  ]
  const names = fc.constantFrom(
    'data_points',
    'data',
    'summary',
    'total',
    'timestamp',
    'stats',
    'model',
    'requests',
    'hits',
  )
  const json = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), fc.array(tie('any')), fc.dictionary(names, tie('any'))),
  })).any
  fc.assert(
    fc.property(fc.constantFrom(...endpoints), json, (endpoint, value) => {
      try {
        decode(endpoint, JSON.stringify(value))
      } catch (error) {
        t.match(error, { name: 'ServiceError' })
      }
    }),
  )
})
