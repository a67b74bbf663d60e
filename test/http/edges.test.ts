import t from 'tap'
import { errorOf, forbiddenEngine, QUESTION, raw, serve, TOKEN } from './harness.js'

const json = JSON.stringify(QUESTION)

t.test('a refused body is one error in one shape, and asks nobody', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const cases: readonly (readonly [string, string | Uint8Array | null, RegExp])[] = [
    ['nothing', null, /empty/],
    ['an empty text', '', /empty|content-type/],
    ['white space', ' \n', /empty/],
    ['no JSON', 'startTs=2026', /unexpected "s" at line 1, column 1/],
    ['an unfinished object', '{"startTs":', /ends before/],
    ['an unclosed string', '{"startTs": "2026', /ends before/],
    ['a trailing comma', '{"startTs": "x",\n}', /unexpected "}" at line 2, column 1/],
    ['a missing comma', '{"a": 1 "b": 2}', /unexpected "\\"" at line 1, column 9/],
    ['a comment', '{ // why\n}', /unexpected "\/" at line 1, column 3/],
    ['single quotes', "{'a': 1}", /unexpected "'" at line 1, column 2/],
    ['two values', '{} {}', /unexpected "{" at line 1, column 4/],
    ['a bad escape', '{"a": "\\x"}', /unexpected "\\\\" at line 1, column 8/],
    ['a line break in a string', '{"a": "\n"}', /unexpected "\\n" at line 1, column 8/],
    ['NaN', '{"a": NaN}', /unexpected "N" at line 1, column 7/],
    ['a leading zero', '[01]', /unexpected "1" at line 1, column 3/],
    ['a wrong bracket', '[{]', /unexpected "]" at line 1, column 3/],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /not valid UTF-8/],
    ['a prototype', '{"__proto__": {"a": 1}}', /refused/],
    ['a nested prototype', '{"filters": [{"__proto__": 1}]}', /refused/],
    ['an escaped prototype', '{"\\u005f_proto__": 1}', /refused/],
    ['a constructor', '{"constructor": {"prototype": {"a": 1}}}', /refused/],
  ]
  for (const [name, body, message] of cases) {
    const reply = await service.ask({ body })
    const error = await errorOf(t, reply, 400, 'VALIDATION_FAILED', name)
    t.match(error.message, message, name)
  }
  for (const body of ['null', '1', '"text"', '[]', 'true']) {
    t.equal((await service.ask({ body })).status, 400, body)
  }
})

t.test('a body of another type, charset or encoding is refused', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const headers: readonly Readonly<Record<string, string>>[] = [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/vnd.api+json' },
    { 'content-type': 'json' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-encoding': 'gzip' },
  ]
  for (const header of headers) {
    await errorOf(t, await service.ask({ headers: header }), 415, 'UNSUPPORTED_MEDIA_TYPE', JSON.stringify(header))
  }
})

t.test('JSON is JSON however its type is written', async (t) => {
  const service = await serve(t)
  for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"']) {
    t.equal((await service.ask({ headers: { 'content-type': type } })).status, 200, type)
  }
  t.equal((await service.ask({ body: `\ufeff${json}` })).status, 200, 'a byte order mark')
})

t.test('a body over 256 KiB is refused', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  await errorOf(t, await service.ask({ body: json.padEnd(256 * 1024 + 1) }), 413, 'BODY_TOO_LARGE')
  const fits = await service.ask({ body: '[]'.padEnd(256 * 1024) })
  t.equal(fits.status, 400, 'the limit itself is read')
  const head = `POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n`
  const chunk = 'x'.repeat(64 * 1024)
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n${`10000\r\n${chunk}\r\n`.repeat(5)}0\r\n\r\n`
  t.match(await raw(service.port, chunked), /^HTTP\/1.1 413 .*BODY_TOO_LARGE/s, 'without a length in advance')
})

t.test('a query parameter is refused rather than ignored', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const error = await errorOf(t, await service.ask({ path: '/v1/metrics/query?limit=3' }), 400, 'VALIDATION_FAILED')
  t.match(error.message, /"limit"/)
})

t.test('an unknown route names the nearest one', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const error = await errorOf(t, await service.ask({ path: '/v1/metric/query' }), 404, 'NOT_FOUND')
  t.match(error.message, 'The nearest is POST /v1/metrics/query.')
  await errorOf(t, await service.ask({ path: '/v1/metrics/query/' }), 404, 'NOT_FOUND', 'a trailing slash')
  await errorOf(t, await service.ask({ path: `/${'a'.repeat(5000)}` }), 404, 'NOT_FOUND', 'a long path')
  await errorOf(t, await service.ask({ path: '/nowhere', body: '{' }), 404, 'NOT_FOUND', 'whatever the body')
  const text = { 'content-type': 'text/plain' }
  await errorOf(t, await service.ask({ path: '/nowhere', headers: text }), 404, 'NOT_FOUND', 'whatever the type')
})

t.test('a known route with another method names the right one', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const reply = await service.ask({ method })
    t.equal(reply.headers.get('allow'), 'POST', method)
    await errorOf(t, reply, 405, 'METHOD_NOT_ALLOWED', method)
  }
  const health = await service.ask({ path: '/healthz' })
  t.equal(health.headers.get('allow'), 'GET, HEAD')
  await errorOf(t, health, 405, 'METHOD_NOT_ALLOWED', 'healthz')
  const odd = await raw(service.port, 'PROPFIND /v1/metrics/query HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  t.match(odd, /^HTTP\/1.1 405 .*METHOD_NOT_ALLOWED/s, 'a method of other protocols')
})

t.test('what is not a request at all is answered in the same shape', async (t) => {
  const service = await serve(t, { engine: forbiddenEngine(t) })
  const post = 'POST /v1/metrics/query HTTP/1.1\r\nhost: a\r\n'
  const cases: readonly (readonly [string, string])[] = [
    ['no HTTP', 'hello\r\n\r\n'],
    ['a length that is no number', `${post}content-length: many\r\n\r\n`],
    ['a negative length', `${post}content-length: -1\r\n\r\n`],
    ['two lengths', `${post}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`],
    ['length and chunks', `${post}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['headers over 16 KiB', `${post}x-long: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['a NUL in a header', `${post}x-nul: \0\r\n\r\n`],
    ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['an unknown expectation', `${post}expect: a-miracle\r\ncontent-length: 2\r\n\r\n{}`],
    ['a bad escape', 'GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['an escape that is no UTF-8', 'GET /%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    [
      'a bad chunk',
      `${post}authorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n`,
    ],
  ]
  for (const [name, text] of cases) {
    const reply = await raw(service.port, text)
    t.match(reply, /^HTTP\/1.1 400 Bad Request\r\n/, name)
    t.match(reply, /\r\nx-request-id: \S+\r\n/i, `${name}: request id`)
    t.match(
      reply,
      /\r\n\r\n\{"statusCode":400,"error":"Bad Request","code":"VALIDATION_FAILED","message":"[^"]+"\}$/,
      name,
    )
  }
  t.equal((await service.ask({ path: '/healthz', method: 'GET' })).status, 200, 'and the service lives on')
})
