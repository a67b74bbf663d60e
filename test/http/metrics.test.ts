import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ServiceError } from '../../src/errors.js'
import { createMetricsAccess } from '../../src/http/auth.js'
import { openTeams } from '../../src/teams/teams.js'
import { config, engine, errorOf, KEY, QUESTION, REPLY, raw, type Service, serve, TOKEN } from './harness.js'

/** A good long time, so that a reply is held. */
const HELD = { ...REPLY, expiresAt: Date.now() + 3_600_000 }

const read = (service: Service, headers: Record<string, string> = {}) =>
  fetch(`${service.url}/metrics`, { headers: { ...headers } })

/** The value of one sample. */
const sampleOf = (text: string, sample: string): number | null => {
  const line = text.split('\n').find((one) => one.startsWith(`${sample} `))
  return line === undefined ? null : Number(line.slice(sample.length + 1))
}

t.test('metrics are open to this machine, and to nobody for whom a proxy on it asks', async (t) => {
  const service = await serve(t)
  const open = await read(service)
  t.equal(open.status, 200)
  t.match(open.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.equal(open.headers.get('cache-control'), 'no-store')
  const names = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-proto', 'x-forwarded-anything']
  for (const name of [...names, 'cf-connecting-ip', 'true-client-ip', 'x-client-ip', 'x-envoy-external-address']) {
    await errorOf(t, await read(service, { [name]: '127.0.0.1' }), 401, 'UNAUTHENTICATED', name)
    const known = await read(service, { [name]: '127.0.0.1', authorization: `Bearer ${TOKEN}` })
    t.equal(known.status, 200, `${name}, with a token`)
  }
  t.equal((await read(service, { 'x-forwarded-for': '' })).status, 401, 'an empty header is a proxy’s too')
})

t.test('metrics are open under a name of this machine and the port of the service alone', async (t) => {
  const service = await serve(t)
  const statusFor = async (host: string | null) => {
    const head = `GET /metrics HTTP/1.${host === null ? 0 : 1}\r\n${host === null ? '' : `host: ${host}\r\n`}connection: close\r\n\r\n`
    return Number((await raw(service.port, head)).split(' ')[1])
  }
  const { port } = service
  for (const host of [
    `127.0.0.1:${port}`,
    `127.1.2.3:${port}`,
    `localhost:${port}`,
    `LocalHost:${port}`,
    `[::1]:${port}`,
  ]) {
    t.equal(await statusFor(host), 200, host)
  }
  const others = [
    'localhost',
    '127.0.0.1',
    `127.0.0.1:${port + 1}`,
    `metrics.example.com:${port}`,
    'metrics.example.com',
  ]
  for (const host of [...others, `127.0.0.1.example.com:${port}`, `localhost:${port}0`, `[::2]:${port}`, '', null]) {
    t.equal(await statusFor(host), 401, String(host))
  }
})

t.test('who trusts a proxy has one: metrics take a token on loopback too', async (t) => {
  const service = await serve(t, { env: { TRUST_PROXY: '10.0.0.0/8' } })
  await errorOf(t, await read(service), 401, 'UNAUTHENTICATED')
  t.equal((await read(service, { authorization: `Bearer ${TOKEN}` })).status, 200)
})

t.test('in every mode a token opens metrics, and without any it says what to set', async (t) => {
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  for (const AUTH_MODE of ['token', 'passthrough', 'none']) {
    const service = await serve(t, { env: { AUTH_MODE } })
    t.equal((await read(service, { ...headers, authorization: `Bearer ${TOKEN}` })).status, 200, AUTH_MODE)
    await errorOf(t, await read(service, { ...headers, authorization: 'Bearer another' }), 401, 'UNAUTHENTICATED')
    await errorOf(t, await read(service, { ...headers, 'x-portkey-api-key': KEY }), 401, 'UNAUTHENTICATED')
  }
  for (const AUTH_MODE of ['passthrough', 'none']) {
    const service = await serve(t, { env: { AUTH_MODE, API_TOKENS: '' } })
    const refused = await errorOf(t, await read(service, headers), 401, 'UNAUTHENTICATED')
    t.match(refused.message, /API_TOKENS/)
  }
})

/** The check of a token that is known by a file. */
const checkOf = (t: Test, entry: object) => {
  const folder = mkdtempSync(join(tmpdir(), 'pmp-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'tokens.json')
  const sha256 = createHash('sha256').update('token-of-a-team').digest('hex')
  writeFileSync(file, JSON.stringify({ tokens: [{ name: 'team', sha256, ...entry }] }))
  const teams = openTeams(config({ TOKENS_FILE: file }))
  t.teardown(() => teams.close())
  return createMetricsAccess(teams)
}

t.test('who sees a part of the data alone does not see the metrics of all of it', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const ask = async (entry: object) => {
    const check = checkOf(t, entry)
    const outcome = new Promise<string>((resolve) => {
      server.once('request', (incoming, response) => {
        response.end()
        try {
          resolve(check(incoming).name)
        } catch (error) {
          resolve(error instanceof ServiceError ? error.code : String(error))
        }
      })
    })
    request({ port, host: '127.0.0.1', headers: { authorization: 'Bearer token-of-a-team' } })
      .on('response', (response) => response.resume())
      .end()
    return outcome
  }
  t.equal(await ask({}), 'team')
  t.equal(await ask({ filters: [{ fieldName: 'team', operator: 'EQUAL', value: 'red' }] }), 'FORBIDDEN')
  t.equal(await ask({ datasources: ['modelMetrics'] }), 'FORBIDDEN')
  t.equal(await ask({ workspace: 'ws-one' }), 'FORBIDDEN')
})

t.test('questions are counted by how they end, held replies too, wherever they are answered', async (t) => {
  let fails = false
  const service = await serve(t, {
    engine: engine({
      ask: async () => {
        if (fails) throw new ServiceError('UPSTREAM_UNAVAILABLE', 'Portkey is away.')
        return HELD
      },
    }),
  })
  await (await service.ask()).text()
  for (let hit = 0; hit < 3; hit++) t.equal((await service.ask()).headers.get('x-cache'), 'hit')
  // The long way: a header that the shortcut leaves to the framework.
  await service.ask({ headers: { 'x-forwarded-for': '203.0.113.7' } })
  await service.ask({ body: '{' })
  await service.ask({ headers: { authorization: 'Bearer nobody' } })
  await service.ask({ path: '/v1/metrics/query?explain=true' })
  fails = true
  await service.ask({ headers: { 'cache-control': 'no-cache' } })
  await service.ask({
    body: JSON.stringify({ ...QUESTION, groupBy: ['team'] }),
  })
  await service.logged(({ code }) => code === 'UPSTREAM_UNAVAILABLE')
  const text = await (await read(service)).text()
  t.equal(sampleOf(text, 'pmp_questions_total{outcome="ok"}'), 6, 'a stale one is an answer')
  t.equal(sampleOf(text, 'pmp_questions_total{outcome="VALIDATION_FAILED"}'), 1)
  t.equal(sampleOf(text, 'pmp_questions_total{outcome="UNAUTHENTICATED"}'), 1)
  t.equal(sampleOf(text, 'pmp_questions_total{outcome="UPSTREAM_UNAVAILABLE"}'), 1)
  t.equal(sampleOf(text, 'pmp_question_duration_seconds_count{cache="hit"}'), 4)
  t.equal(sampleOf(text, 'pmp_question_duration_seconds_count{cache="miss"}'), 1)
  t.equal(sampleOf(text, 'pmp_question_duration_seconds_count{cache="stale"}'), 1)
  t.equal(sampleOf(text, 'pmp_question_duration_seconds_count{cache="error"}'), 3)
  t.equal(sampleOf(text, 'pmp_cache_replies_total{result="hit"}'), 4)
  t.equal(sampleOf(text, 'pmp_cache_replies_total{result="stale"}'), 1)
  t.equal(sampleOf(text, 'pmp_cache_replies_total{result="miss"}'), 2, 'the first, and the one that failed; no refusal')
  t.equal(sampleOf(text, 'pmp_plan_price_calls_count'), 1, 'a plan that was made')
  t.equal(sampleOf(text, 'pmp_plan_price_calls_sum'), 2)
  t.equal(sampleOf(text, 'pmp_upstream_breaker{state="open"}'), 0)
  t.equal(sampleOf(text, 'pmp_redis_up'), null, 'there is no Redis')
  t.ok((sampleOf(text, 'pmp_cache_bytes{store="replies"}') ?? 0) > 0)
  const again = await (await read(service)).text()
  t.equal(sampleOf(again, 'pmp_questions_total{outcome="ok"}'), 6, 'reading counts nothing')
})

t.test('two apps of one process count apart', async (t) => {
  const one = await serve(t)
  const other = await serve(t)
  await one.ask()
  t.equal(sampleOf(await (await read(one)).text(), 'pmp_questions_total{outcome="ok"}'), 1)
  t.equal(sampleOf(await (await read(other)).text(), 'pmp_questions_total{outcome="ok"}'), 0)
})

t.test('while the service stops, metrics are answered', async (t) => {
  let answer: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    answer = resolve
  })
  const service = await serve(t, {
    engine: engine({
      ask: async () => {
        await gate
        return REPLY
      },
    }),
  })
  const early = service.ask()
  await service.received(1)
  const closed = service.close()
  let refused = await service.ask({ path: '/v1/metrics/query', body: '{}' })
  while (refused.status !== 503) refused = await service.ask({ body: '{}' })
  const metrics = await read(service)
  t.equal(metrics.status, 200)
  t.equal(sampleOf(await metrics.text(), 'pmp_questions_under_way'), 1)
  t.equal((await fetch(`${service.url}/healthz`)).status, 200)
  answer()
  t.equal((await early).status, 200)
  await closed
})
