import t from 'tap'
import { DATASOURCES } from '../../src/catalog/vocabulary.js'
import { restrictionOf } from '../../src/teams/restriction.js'

const TEAM = { fieldName: 'team', operator: 'EQUAL', value: 'red' }

const read = (entry: Parameters<typeof restrictionOf>[0]) => {
  const found = restrictionOf(entry)
  return found.ok
    ? { names: found.restriction && [...found.restriction.keys()], faults: [] }
    : { ...found, names: null }
}

t.test('without filters and datasources there is no restriction', async (t) => {
  t.strictSame(restrictionOf({}), { ok: true, restriction: null })
})

t.test('filters hold in every datasource that knows them', async (t) => {
  t.strictSame(read({ filters: [TEAM] }).names, [...DATASOURCES])
  t.strictSame(read({ filters: [{ fieldName: 'toolName', operator: 'IN', value: ['x'] }] }).names, ['mcpMetrics'])
  t.strictSame(read({ datasources: ['modelMetrics'] }).names, ['modelMetrics'])
})

t.test(
  'a datasource that is named and cannot be filtered so is a fault, as is a filter that nobody knows',
  async (t) => {
    const tool = { fieldName: 'toolName', operator: 'IN', value: ['x'] }
    t.match(read({ filters: [tool], datasources: ['mcpMetrics', 'modelMetrics'] }).faults, [/modelMetrics/])
    t.match(read({ filters: [{ ...TEAM, fieldName: 'taem' }] }).faults, [/^\/filters\/0\/fieldName .*taem/])
    t.match(read({ filters: [{ ...TEAM, operator: 'IS' }] }).faults, [/^\/filters\/0\/operator/])
    t.match(read({ datasources: ['model'] }).faults, [/^\/datasources must be some of "modelMetrics"/])
  },
)

t.test('a filter that leaves nothing out restricts nobody, and is refused', async (t) => {
  const none = { fieldName: 'virtualModelName', operator: 'IS_NULL', value: true }
  t.match(read({ filters: [none], datasources: ['modelMetrics'] }).faults, [/leaves nothing out/])
})
