import t from 'tap'
import { deploy, LEAST } from '../engine/service.js'
import { entry, tokensFile } from '../teams/file.js'

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

const team = (value: string) => ({ filters: [{ fieldName: 'team', operator: 'EQUAL', value }] })

const teamsOf = async (t: import('tap').Test, tokens: readonly unknown[]) => {
  const file = tokensFile(t, tokens)
  return { file, whole: await deploy(t, {}, { API_TOKENS: '', TOKENS_FILE: file.path }) }
}

t.test('every question of a token gets its filters, on every route', async (t) => {
  const { whole } = await teamsOf(t, [entry('all'), entry('search', team('search'))])
  const seen = whole.seen().filter((row) => row.metadata.team === 'search')
  t.ok(seen.length > 0 && seen.length < whole.seen().length)
  t.equal((await whole.ask({}, as('all'))).rows[0]?.total, whole.seen().length)
  t.equal((await whole.ask({}, as('search'))).rows[0]?.total, seen.length)
  t.equal((await whole.ask({}, as('search'))).rows[0]?.total, seen.length, 'and again, as it is held')
  t.equal((await whole.ask({}, as('all'))).rows[0]?.total, whole.seen().length)

  const other = await whole.ask(
    { filters: [{ fieldName: 'team', operator: 'NOT_EQUAL', value: 'search' }] },
    as('search'),
  )
  t.equal(other.rows[0]?.total, 0)

  const get = async (path: string) => (await fetch(`${whole.url}${path}`, as('search'))).json()
  const window = `startTs=${LEAST.startTs}&endTs=${LEAST.endTs}`
  const teams = await get(`/v1/metrics/values?datasource=modelMetrics&field=team&${window}`)
  t.strictSame(teams, { data: [{ value: 'search', total: seen.length }] })
  const post = async (path: string, body: object) =>
    (
      await fetch(`${whole.url}${path}`, {
        method: 'POST',
        headers: { ...as('search').headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()
  const range = { from: LEAST.startTs, to: LEAST.endTs }
  const variable = await post('/grafana/variable', { payload: { target: 'team' }, range })
  t.match(variable, [{ __value: 'search' }])
  t.match(variable, { length: 1 })
  t.strictSame(await post('/grafana/tag-values', { key: 'team', timeRange: range }), [
    { text: 'search', value: 'search' },
  ])
})

t.test('the plan of such a question shows its price, and no values', async (t) => {
  const { whole } = await teamsOf(t, [
    entry('all'),
    entry('few', { filters: [{ fieldName: 'team', operator: 'NOT_IN', value: ['search', 'growth'] }] }),
  ])
  for (const explain of ['true', 'analyze']) {
    const path = `/v1/metrics/query?explain=${explain}`
    const plain = JSON.parse((await whole.ask({}, { ...as('all'), path })).text)
    t.ok(plain.plan.parts !== undefined && plain.text.includes('call'))
    const reply = await whole.ask({ aggregations: [{ type: 'sum', column: 'costInUSD' }] }, { ...as('few'), path })
    t.notMatch(reply.text, /search|growth/)
    const { plan, estimatedCalls } = JSON.parse(reply.text)
    t.match(plan, { op: 'withheld', parts: [] })
    t.equal(estimatedCalls, plan.estimatedCalls)
    t.ok(estimatedCalls >= 2)
  }
})

t.test('a refusal names no value that the token may not see', async (t) => {
  const { whole } = await teamsOf(t, [
    entry('all'),
    entry('some', { filters: [{ fieldName: 'team', operator: 'STRING_CONTAINS', value: 'e' }] }),
  ])
  const p99 = { aggregations: [{ type: 'p99', column: 'latencyMs' }] }
  const filters = [{ fieldName: 'team', operator: 'STRING_CONTAINS', value: 'e' }]
  const told = await whole.ask({ ...p99, filters }, as('all'))
  t.equal(told.code, 'UNSUPPORTED_BY_UPSTREAM')
  t.match(told.message, /values of metadata.team .*"search"/)
  const discreet = await whole.ask(p99, as('some'))
  t.equal(discreet.code, 'UNSUPPORTED_BY_UPSTREAM')
  t.match(discreet.message, /Several values of metadata.team pass the filters/)
  t.notMatch(discreet.text, /"search"|"growth"|platform/)
})

t.test('other datasources are forbidden, and not in the catalogue', async (t) => {
  const { whole } = await teamsOf(t, [entry('caches', { datasources: ['cacheMetrics', 'mcpMetrics'] })])
  const refused = await whole.ask({}, as('caches'))
  t.equal(refused.status, 403)
  t.equal(refused.code, 'FORBIDDEN')
  t.match(refused.message, /modelMetrics.*mcpMetrics, cacheMetrics/)
  t.equal(refused.calls, 0)
  t.equal((await whole.ask({}, { ...as('caches'), path: '/v1/metrics/query?explain=true' })).status, 403)
  t.equal((await whole.ask({ datasource: 'cacheMetrics' }, as('caches'))).status, 200)
  const catalogue = await (await fetch(`${whole.url}/v1/metrics/catalog`, as('caches'))).json()
  t.match(catalogue, { data: { datasources: [{ name: 'mcpMetrics' }, { name: 'cacheMetrics' }] } })
})

t.test('the lists beside analytics are not for who sees a part of the data', async (t) => {
  const { whole } = await teamsOf(t, [
    entry('search', team('search')),
    entry('models', { datasources: ['modelMetrics'] }),
  ])
  for (const path of ['/v1/workspaces', '/v1/virtual-keys', '/v1/log-exports']) {
    t.equal((await fetch(`${whole.url}${path}`, as('search'))).status, 403)
    t.equal((await fetch(`${whole.url}${path}`, as('models'))).status, 200)
  }
})

t.test('requests above a token’s rate are refused with the time to wait; those of others are not', async (t) => {
  const { whole } = await teamsOf(t, [entry('slow', { requestsPerMinute: 3 }), entry('other')])
  const statuses: number[] = []
  for (let at = 0; at < 5; at += 1) statuses.push((await whole.ask({}, as('slow'))).status)
  t.strictSame(statuses, [200, 200, 200, 429, 429], 'held replies count too')
  const refused = await whole.ask({}, as('slow'))
  t.equal(refused.code, 'RATE_LIMITED')
  const wait = Number(refused.headers.get('retry-after'))
  t.ok(wait >= 1 && wait <= 20, `a third of a minute at the most: ${wait}`)
  t.equal((await fetch(`${whole.url}/v1/metrics/catalog`, as('slow'))).status, 429)
  t.equal((await whole.ask({}, as('other'))).status, 200)
})

t.test('a token that is taken out of the file is not known any more, held replies or not', async (t) => {
  const { whole, file } = await teamsOf(t, [entry('old'), entry('kept')])
  t.equal((await whole.ask({}, as('old'))).status, 200)
  file.write([entry('kept')])
  for (;;) {
    const { status } = await whole.ask({}, as('old'))
    if (status === 401) break
    t.equal(status, 200)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.equal((await whole.ask({}, as('kept'))).status, 200)
})

const DASHBOARD = { range: { from: LEAST.startTs, to: LEAST.endTs } }
const panel = (refId: string, payload: object = {}) => ({ refId, target: 'modelMetrics', payload })

t.test('each question of a Grafana request counts: those above the rate fail alone', async (t) => {
  const { whole } = await teamsOf(t, [entry('slow', { requestsPerMinute: 4 })])
  const send = async (targets: readonly object[]) => {
    const reply = await fetch(`${whole.url}/grafana/query`, {
      method: 'POST',
      headers: { ...as('slow').headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...DASHBOARD, targets }),
    })
    return { status: reply.status, body: Object(await reply.json()) }
  }
  const groups = ['modelName', 'team', 'userEmail', 'virtualModel', 'httpStatusCode', 'metadata.env']
  const { status, body } = await send(
    groups.map((group, at) => panel(String(at), { type: 'distribution', groupBy: [group] })),
  )
  t.equal(status, 200)
  const codes = body.map((frame: { meta?: { custom?: { code?: string } } }) => frame.meta?.custom?.code ?? 'ok')
  t.strictSame(codes, ['ok', 'ok', 'ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED'])
  t.match(body[4].meta.notices[0].text, /4 questions a minute.*ask again in \d+ s/)
  t.equal((await send([panel('A')])).status, 429, 'and so does the request after it')
  t.equal(whole.logs.filter(({ msg, code }) => msg === 'question' && code === 'RATE_LIMITED').length, 2)
})

t.test('targets that one question answers are one, and those that ask none take nothing', async (t) => {
  const { whole } = await teamsOf(t, [entry('slow', { requestsPerMinute: 2 })])
  const send = (targets: readonly object[]) =>
    fetch(`${whole.url}/grafana/query`, {
      method: 'POST',
      headers: { ...as('slow').headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...DASHBOARD, targets }),
    })
  const same = { type: 'distribution', groupBy: ['modelName'] }
  const first = await send([panel('A', same), panel('B', same), panel('C', { groupBy: ['nothing'] })])
  t.notMatch(await first.text(), 'RATE_LIMITED')
  t.notMatch(await (await send([panel('A')])).text(), 'RATE_LIMITED', 'there was one left')
  t.equal((await send([panel('A')])).status, 429)
})

t.test('Grafana’s builder offers a token the datasources it may ask about', async (t) => {
  const { whole } = await teamsOf(t, [entry('some', { datasources: ['cacheMetrics', 'modelMetrics'] }), entry('all')])
  const post = async (path: string, token: string) => {
    const headers = { ...as(token).headers, 'content-type': 'application/json' }
    const reply = await fetch(`${whole.url}/grafana/${path}`, { method: 'POST', headers, body: '{}' })
    return Object(await reply.json())
  }
  const ofBuilder = async (token: string) =>
    (await post('metrics', token)).map(({ value }: { readonly value: string }) => value)
  t.strictSame(await post('search', 'some'), ['modelMetrics', 'cacheMetrics'])
  t.strictSame(await ofBuilder('some'), ['modelMetrics', 'cacheMetrics'])
  t.equal((await post('search', 'all')).length, 6)
  t.equal((await ofBuilder('all')).length, 6)
})
