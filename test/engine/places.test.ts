import t from 'tap'
import { deploy } from './service.js'

t.test('a refusal points at the part of the body as it was sent', async (t) => {
  const whole = await deploy(t)
  const detailsOf = async (fields: Readonly<Record<string, unknown>>, path = '/v1/metrics/query') => {
    const reply = await whole.ask(fields, { path })
    t.equal(reply.code, 'UNSUPPORTED_BY_UPSTREAM')
    const { details } = JSON.parse(reply.text)
    return details.map((detail: { readonly path: string }) => detail.path)
  }
  const total = { type: 'count', column: 'latencyMs' }
  const p75 = { type: 'p75', column: 'latencyMs' }
  const aggregations = [total, total, p75]
  t.strictSame(await detailsOf({ aggregations }), ['/aggregations/2'])
  t.strictSame(await detailsOf({ aggregations }, '/v1/metrics/query?explain=true'), ['/aggregations/2'])

  const unknown = { fieldName: 'conversationID', operator: 'IN', value: ['x'] }
  const team = { fieldName: 'team', operator: 'EQUAL', value: 'search' }
  const cost = { fieldName: 'costInUSD', operator: 'GREATER_THAN', value: 0 }
  t.strictSame(await detailsOf({ filters: [unknown, team, cost] }), ['/filters/0'])
  t.strictSame(await detailsOf({ filters: [team, cost, unknown] }), ['/filters/2'])

  t.strictSame(await detailsOf({ groupBy: ['team', 'team', 'traceId'] }), ['/groupBy/2'])
})
