import t from 'tap'
import { ask, faultsOf, LEAST, refusal } from './question.js'

const groups = (groupBy: readonly string[], datasource = 'modelMetrics') => ask({ datasource, groupBy }).groupBy
const field = (name: string) => ({ kind: 'field', name })

t.test('groups', async (t) => {
  t.same(groups(['modelName', 'userEmail']), [field('modelName'), field('userEmail')], 'stay in the order asked')
  t.same(groups(['userEmail', 'modelName']), [field('userEmail'), field('modelName')])
  t.same(groups(['virtualModel']), [field('virtualModelName')], 'by either spelling')
  t.same(groups(['virtualModelName']), [field('virtualModelName')])
  t.same(groups(['virtualaccount']), groups(['virtualAccount']))
  t.same(groups(['modelName', 'modelName', 'virtualModel', 'virtualModelName']).length, 2, 'count once')
  t.same(groups(['metadata.env']), [{ kind: 'metadata', key: 'env' }])
  t.same(groups(['metadata.a.b']), [{ kind: 'metadata', key: 'a.b' }], 'the key is all after the first dot')
  t.same(groups(['metadata.total', 'metadata.modelName', 'modelName']).length, 3, 'a key never clashes with a field')
  t.same(groups(['team', 'metadata.team']).length, 2)
  t.same(groups(['requestType']), [field('requestType')], 'known to the language: the planner refuses it')
  t.same(groups(['httpStatusCode', 'isFailure', 'errorCode']).length, 3)
  t.same(groups([]), [])
})

t.test('names elsewhere or misspelt are refused with where they belong', async (t) => {
  const message = (groupBy: readonly string[]) => refusal({ ...LEAST, groupBy }).message
  t.match(message(['toolName']), 'It belongs to mcpMetrics.')
  t.match(message(['modelname']), 'Did you mean "modelName"?')
  t.match(message(['costInUSD']), 'modelMetrics has "costInUSD", but it cannot be grouped by.')
  t.match(message(['metadata']), 'metadata.<key>')
})

t.test('two groups cannot answer under one key', async (t) => {
  t.match(refusal({ ...LEAST, groupBy: ['userEmail', 'virtualaccount'] }), {
    code: 'VALIDATION_FAILED',
    message: /"userEmail" and "virtualaccount".*"createdBySubjectSlug"/,
    details: [{ path: '/groupBy/1' }],
  })
  for (const groupBy of [
    ['metadata._user', 'userEmail'],
    ['userEmail', 'metadata._user'],
  ]) {
    t.same(faultsOf({ groupBy }), ['VALIDATION_FAILED /groupBy/1'])
    const [one, other] = groupBy
    const reason = `"${one}" and "${other}" cannot stand in one groupBy: they are the same values.`
    t.match(refusal({ ...LEAST, groupBy }).message, reason, 'the keys differ, the values do not')
  }
  t.ok(groups(['metadata._user']), 'alone it is a key like any other')
})

t.test('limit', async (t) => {
  t.equal(ask({ groupBy: ['modelName'], limit: 10 }).limit, 10)
  t.equal(ask({ groupBy: ['modelName'] }).limit, null)
  t.same(faultsOf({ limit: 10 }), ['VALIDATION_FAILED /limit'])
})
