import t from 'tap'
import { MissingEndpoint } from '../../src/portkey/missing.js'
import { readRetryAfter } from '../../src/portkey/refusal.js'
import { CREDENTIALS, patient, REQUESTS, reply, startUpstream } from './upstream.js'

type Case = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
type Expected = { readonly code: string; readonly message?: RegExp; readonly retryAfterSeconds?: number | null }

const cases: Readonly<Record<string, readonly [Case, Expected]>> = {
  'a bad key': [
    { status: 401, body: '{"message":"Invalid API Key","code":"AB05"}' },
    { code: 'UPSTREAM_UNAUTHORIZED', message: /Invalid API Key/ },
  ],
  'no permission': [
    { status: 403, body: '{"success":false,"data":{"message":"No scope","errorCode":"AB03"}}' },
    { code: 'UPSTREAM_FORBIDDEN', message: /permission.*plan.*No scope/ },
  ],
  'the edge blocks the client': [
    { status: 403, body: '1010' },
    { code: 'UPSTREAM_FORBIDDEN', message: /: 1010\)/ },
  ],
  'the edge blocks in words': [
    { status: 403, body: 'error code: 1010' },
    { code: 'UPSTREAM_FORBIDDEN', message: /error code: 1010/ },
  ],
  'an exhausted subscription': [
    { status: 402, body: '{"status_code":402,"success":false,"error":{"message":"Exhausted","code":"AB09"}}' },
    { code: 'UPSTREAM_QUOTA_EXCEEDED', message: /Exhausted/ },
  ],
  'a bad request': [
    { status: 400, body: '{"message":"time_of_generation_min is\\n required","code":"AB01"}' },
    { code: 'UPSTREAM_ERROR', message: /time_of_generation_min is required/ },
  ],
  'an error that is a text': [
    { status: 422, body: '{"error":"no such thing"}' },
    { code: 'UPSTREAM_ERROR', message: /no such thing/ },
  ],
  'a null body': [
    { status: 400, body: 'null' },
    { code: 'UPSTREAM_ERROR', message: /\(400 from graphs\/requests\)/ },
  ],
  'an empty body': [{ status: 418 }, { code: 'UPSTREAM_ERROR', message: /\(418 from graphs\/requests\)/ }],
  'a rate limit': [
    { status: 429, headers: { 'retry-after': '120' } },
    { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 120 },
  ],
  'a rate limit without a time': [
    { status: 429, body: 'null' },
    { code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 1 },
  ],
  'a server error': [
    { status: 500, body: '<html><h1>Oops</h1></html>' },
    { code: 'UPSTREAM_UNAVAILABLE', message: /^((?!Oops).)*$/, retryAfterSeconds: null },
  ],
  maintenance: [
    { status: 503, headers: { 'retry-after': '120' } },
    { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 120 },
  ],
  'a key that is echoed': [
    { status: 400, body: `{"message":"key ${CREDENTIALS.key} and ${CREDENTIALS.key} again"}` },
    { code: 'UPSTREAM_ERROR', message: /key \[redacted\] and \[redacted\] again/ },
  ],
  'a key echoed where the text is cut': [
    { status: 400, body: `{"message":"${'x'.repeat(193)}${CREDENTIALS.key}"}` },
    { code: 'UPSTREAM_ERROR', message: /^((?!pk-).)*…\)\.$/ },
  ],
  'a key echoed in escapes': [
    { status: 400, body: `{"message":"\\u0070k-secret-0123"}` },
    { code: 'UPSTREAM_ERROR', message: /^((?!pk-).)*$/ },
  ],
}

/** What passes is asked for again, unless the upstream asks for more time than there is. */
const TRIES: Readonly<Record<string, number>> = { 'a rate limit without a time': 6 }

for (const [name, [{ status, body = '', headers }, expected]] of Object.entries(cases)) {
  t.test(`${name}: ${status} is ${expected.code}`, async (t) => {
    const { client, seen } = await startUpstream(t, (_, response) => reply(response, status, body, headers))
    await t.rejects(client.fetch(REQUESTS, CREDENTIALS, patient()), { name: 'ServiceError', ...expected })
    t.equal(seen.length, TRIES[name] ?? 1, 'times asked')
  })
}

t.test('a 404 is a missing endpoint, which is no error of the service', async (t) => {
  const { client } = await startUpstream(t, (_, response) =>
    reply(response, 404, '{"message":"Not found","code":"AB02"}'),
  )
  const error = await client.fetch(REQUESTS, CREDENTIALS, patient()).catch((caught: unknown) => caught)
  t.ok(error instanceof MissingEndpoint)
  t.match(error, { endpoint: { kind: 'graph', name: 'requests' } })
})

t.test('a key that no header can carry is refused without a call', async (t) => {
  const { client, seen } = await startUpstream(t, (_, response) => reply(response, 200, '{}'))
  for (const key of ['', 'a\r\nx-evil: 1', 'clé']) {
    await t.rejects(client.fetch(REQUESTS, { key, workspace: null }, patient()), { code: 'UPSTREAM_UNAUTHORIZED' })
  }
  t.equal(seen.length, 0)
})

t.test('Retry-After is seconds or an HTTP date, within an hour', async (t) => {
  const now = Date.UTC(2026, 3, 21)
  const table: readonly (readonly [string | null, number | null])[] = [
    [null, null],
    ['', null],
    ['soon', null],
    ['-5', null],
    ['2026-04-21', null],
    ['0', 1],
    ['1.2', 2],
    ['90', 90],
    ['99999999', 3600],
    ['Tue, 21 Apr 2026 00:00:30 GMT', 30],
    ['Mon, 20 Apr 2026 00:00:30 GMT', 1],
    ['Tue, nonsense', null],
  ]
  for (const [header, seconds] of table) t.equal(readRetryAfter(header, now), seconds, String(header))
})
