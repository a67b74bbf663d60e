import t from 'tap'
import { deploy } from './service.js'

/** Advice names nothing that the question does not have, and what it names can be followed. */

t.test('rows of a config, where configs are not listed: one of them can be asked for', async (t) => {
  const service = await deploy(t, { profile: 'documented' })
  const config = service.seen().find((row) => row.config !== null)?.config ?? ''
  const asked = await service.ask({ datasource: 'configMetrics' })
  t.equal(asked.status, 422)
  t.notMatch(asked.message, /fewer/)
  t.match(asked.message, 'Filter loadbalanceRuleId with IN and one value.')
  const filters = [{ fieldName: 'loadbalanceRuleId', operator: 'IN', value: [config] }]
  const total = service.seen().filter((row) => row.config === config).length
  t.strictSame((await service.ask({ datasource: 'configMetrics', filters })).rows, [{ total }])
})

t.test('rescues have no listing: they are counted, and nothing else', async (t) => {
  const service = await deploy(t)
  const by = { datasource: 'configMetrics', groupBy: ['rescue'] }
  const asked = await service.ask({ ...by, aggregations: [{ type: 'avg', column: 'errorRate' }] })
  t.equal(asked.status, 422)
  t.notMatch(asked.message, /listing/)
  t.match(asked.message, /total alone/)
  t.equal((await service.ask(by)).status, 200)
})
