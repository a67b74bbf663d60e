import t from 'tap'
import { byValue, sameRows } from '../engine/scan.js'
import { deploy, TOKEN, YESTERDAY } from '../engine/service.js'
import { entry, tokensFile } from '../teams/file.js'

/** A field that moves to another key, one that leaves its key, one that Portkey has a listing of, and one that it does not know. */
const METADATA_BINDINGS = 'team=env,userEmail=team,virtualAccount=_user,conversationID=env'
const RANGE = { from: YESTERDAY.startTs, to: YESTERDAY.endTs }

const service = async (t: import('tap').Test, tokens: readonly unknown[] = []) => {
  const file = tokensFile(t, [entry('all'), ...tokens])
  const whole = await deploy(t, {}, { METADATA_BINDINGS, TOKENS_FILE: file.path })
  const send = async (path: string, body?: object, token = TOKEN): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const reply = await fetch(
      `${whole.url}${path}`,
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    )
    t.equal(reply.status, 200, path)
    return reply.json()
  }
  const having = (key: string) => (row: { readonly metadata: Readonly<Record<string, string>> }) =>
    row.metadata[key] || null
  return { ...whole, send, having }
}

t.test('a question groups, filters and counts by the key that a field is bound to', async (t) => {
  const { ask, seen, having } = await service(t)
  for (const [field, key, responseKey] of [
    ['team', 'env', 'team'],
    ['userEmail', 'team', 'createdBySubjectSlug'],
    ['virtualAccount', '_user', 'createdBySubjectSlug'],
    ['conversationID', 'env', 'conversationID'],
  ] as const) {
    const rows = byValue(seen(), responseKey, having(key))
    sameRows(t, (await ask({ groupBy: [field] })).rows, rows, field)
    const value = String(rows[0]?.[responseKey])
    const operator = field === 'team' ? 'ARRAY_HAS_ANY' : 'EQUAL'
    const filters = [{ fieldName: field, operator, value: field === 'team' ? [value] : value }]
    t.equal((await ask({ filters })).rows[0]?.total, rows[0]?.total, field)
    const counted = await ask({ aggregations: [{ type: 'countDistinct', column: field }] })
    const [count] = Object.entries(counted.rows[0] ?? {}).flatMap(([name, at]) => (name === 'total' ? [] : [at]))
    t.equal(count, rows.filter((row) => row[responseKey] !== null).length, field)
  }
})

t.test('fields that are no longer the same values stand in one groupBy', async (t) => {
  const { ask, seen, having } = await service(t)
  const both = await ask({ groupBy: ['userEmail', 'metadata._user'] })
  t.equal(both.status, 200, both.text)
  const pairs = new Set(seen().map((row) => JSON.stringify([having('team')(row), having('_user')(row)])))
  t.equal(both.rows.length, pairs.size)
})

t.test('values of a field are those of its key', async (t) => {
  const { send, seen, having } = await service(t)
  for (const [field, key] of [
    ['team', 'env'],
    ['virtualAccount', '_user'],
    ['conversationID', 'env'],
  ] as const) {
    const query = new URLSearchParams({ datasource: 'modelMetrics', field, ...YESTERDAY })
    const got = await send(`/v1/metrics/values?${query}`)
    t.strictSame(Object(got).data, byValue(seen(), 'value', having(key)), field)
  }
})

t.test('Grafana shows, offers and filters by the key', async (t) => {
  const { send, seen, having } = await service(t)
  for (const [field, key] of [
    ['team', 'env'],
    ['conversationID', 'env'],
  ] as const) {
    const rows = byValue(seen(), 'value', having(key))
    const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
    const variable = await send('/grafana/variable', { payload: { target: field }, range: RANGE })
    t.match(
      variable,
      values.map((value) => ({ __value: value })),
      field,
    )
    const tags = await send('/grafana/tag-values', { key: field, timeRange: RANGE })
    t.match(
      tags,
      values.map((value) => ({ value })),
      field,
    )
    t.match(JSON.stringify(await send('/grafana/tag-keys', {})), `"${field}"`)
    const payload = { type: 'distribution', aggregations: ['total'], groupBy: [field] }
    const panel = JSON.stringify(
      await send('/grafana/query', { range: RANGE, targets: [{ refId: 'A', target: 'modelMetrics', payload }] }),
    )
    for (const value of values) t.ok(panel.includes(JSON.stringify(value)), `${field} ${value}`)
  }
})

t.test('a token is held to the key', async (t) => {
  const of = (filter: object) => ({ filters: [filter], datasources: ['modelMetrics'] })
  const { ask, seen, having } = await service(t, [
    entry('prod', of({ fieldName: 'team', operator: 'EQUAL', value: 'production' })),
    entry('talk', of({ fieldName: 'conversationID', operator: 'EQUAL', value: 'production' })),
    entry('known', of({ fieldName: 'virtualAccount', operator: 'STRING_CONTAINS', value: '' })),
  ])
  const wanted = seen().filter((row) => having('env')(row) === 'production').length
  t.ok(wanted > 0 && wanted < seen().length)
  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  t.equal((await ask({}, as('prod'))).rows[0]?.total, wanted)
  t.equal((await ask({}, as('talk'))).rows[0]?.total, wanted)
  const named = seen().filter((row) => having('_user')(row) !== null).length
  t.ok(named < seen().length)
  t.equal((await ask({}, as('known'))).rows[0]?.total, named, 'what every request has of a key, not of another')
})
