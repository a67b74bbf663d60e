import t from 'tap'
import { CATALOG } from '../../src/catalog/catalog.js'
import type { Datasource } from '../../src/catalog/vocabulary.js'
import type { Catalogue, DescribedDatasource } from '../../src/engine/catalogue.js'
import { createCatalogues } from '../../src/engine/catalogues.js'
import { NOTHING_LEARNT } from '../../src/plan/capabilities.js'

// Every refusal names something that can really be asked: checked against the catalogue, whose claims are the planner's.

const catalogue: Catalogue = await createCatalogues(CATALOG, null, 200)(NOTHING_LEARNT, Date.UTC(2026, 5, 10))

/** Names in a message, `metadata.<key>` included. */
const namesIn = (message: string): ReadonlySet<string> => new Set(message.match(/metadata\.<key>|[A-Za-z]\w*/g) ?? [])

/** What can be asked of a datasource by name, but for `own`. */
const offeredBy = (datasource: DescribedDatasource, own: string): ReadonlySet<string> => {
  const { fields, columns, metadata } = datasource
  const asFields = fields.filter(({ groupable, filterable }) => groupable || filterable).map(({ name }) => name)
  const asColumns = columns.filter(({ aggregations }) => aggregations.length > 0).map(({ name }) => name)
  const names = [...asFields, ...asColumns, ...(metadata.groupable ? [metadata.name] : [])]
  return new Set(names.filter((name) => name !== own))
}

/** Whether a message about `own` sends the caller somewhere: in its own datasource, or in another that it names. */
const isHelpful = (message: string, datasource: DescribedDatasource, own: string): boolean => {
  const names = namesIn(message)
  const others = catalogue.datasources.filter((one) => one !== datasource && names.has(one.name))
  const offered = [datasource, ...others].flatMap((one) => [...offeredBy(one, one === datasource ? own : '')])
  const types = datasource.columns.find(({ name }) => name === own)?.aggregations ?? []
  // `total` is in every row; another datasource may answer the same question.
  return (
    [...offered, ...types, 'total'].some((name) => names.has(name)) || others.some((one) => offeredBy(one, '').size > 0)
  )
}

for (const datasource of catalogue.datasources) {
  t.test(`${datasource.name}: whatever is refused names what is not`, async (t) => {
    for (const { refused } of datasource.examples) {
      if (refused !== null) t.ok(isHelpful(refused.message, datasource, ''), refused.message)
    }
    // Of a datasource that cannot be asked at all one reason is enough.
    if (offeredBy(datasource, '').size === 0) return t.ok(datasource.examples[0]?.refused, 'it says so')
    for (const { name, refused } of [...datasource.fields, ...datasource.columns, datasource.metadata]) {
      for (const { uses, message } of refused) {
        t.ok(isHelpful(message, datasource, name), `${uses.join(', ')} of ${name}: ${message}`)
      }
    }
  })
}

/** Every name of the language's own tables (its sections 8 to 13): fields to group or filter by, and columns. */
const LANGUAGE: Readonly<Record<Datasource, { readonly fields: string; readonly columns: string }>> = {
  modelMetrics: {
    fields:
      'modelName virtualModel virtualModelName userEmail virtualaccount virtualAccount team errorCode requestType providerAccountType providerModelName createdBySubjectType httpStatusCode isFailure conversationID traceId latencyMs inputTokens outputTokens costInUSD',
    columns:
      'costInUSD inputTokens outputTokens latencyMs timeToFirstTokenMs interTokenLatencyMs timePerOutputTokenLatencyMs',
  },
  mcpMetrics: {
    fields:
      'mcpServerName toolName method userEmail virtualaccount virtualAccount team createdBySubjectType conversationID latencyMs isFailure httpStatusCode errorCode',
    columns: 'latencyMs',
  },
  guardrailMetrics: {
    fields:
      'guardrailName guardrailResult appliedOnEntityScope team userEmail virtualaccount virtualAccount conversationID createdBySubjectType latencyMs',
    columns: 'latencyMs',
  },
  cacheMetrics: {
    fields:
      'cacheType cacheNamespace cacheLookupStatus modelName virtualModel virtualModelName requestType errorCode providerAccountType providerModelName userEmail virtualAccount conversationID httpStatusCode isFailure costInUSD inputTokens outputTokens cacheCreationInputTokens cacheReadInputTokens latencyMs team traceId createdBySubjectType',
    columns:
      'potentialCostSavings cacheReadInputTokens cacheLookupLatencyMs cacheCreationInputTokens costInUSD latencyMs',
  },
  configMetrics: {
    fields:
      'configType status loadbalanceRuleId requestedModel targetModel team userEmail virtualaccount ratelimitRuleId budgetRuleId conversationID virtualAccount',
    columns: 'loadbalanceTargetAttemptCount',
  },
  agentMetrics: {
    fields:
      'agentName agentFramework agentServerType isFailure httpStatusCode userEmail virtualaccount virtualAccount team conversationID latencyMs',
    columns: 'latencyMs',
  },
}

for (const datasource of catalogue.datasources) {
  t.test(`${datasource.name}: every name of the language is usable, or refused for a reason`, async (t) => {
    const { fields, columns } = LANGUAGE[datasource.name]
    for (const name of fields.split(' ')) {
      const field = datasource.fields.find((one) => one.name === name || one.otherNames.includes(name))
      t.ok(field, `field ${name}`)
      t.ok(field?.groupable || field?.filterable || (field?.refused.length ?? 0) > 0, `field ${name} has a verdict`)
    }
    for (const name of columns.split(' ')) {
      const column = datasource.columns.find((one) => one.name === name || one.otherNames.includes(name))
      t.ok(column, `column ${name}`)
      t.ok((column?.aggregations.length ?? 0) + (column?.refused.length ?? 0) > 0, `column ${name} has a verdict`)
    }
  })
}

t.test('a message that names nothing is no help', async (t) => {
  const [models] = catalogue.datasources
  if (models === undefined) return t.fail('no datasource')
  t.notOk(isHelpful('Portkey has no listing of traceId.', models, 'traceId'))
  t.notOk(isHelpful('Portkey keeps no conversation id. Ask for conversationID.', models, 'conversationID'))
  t.ok(isHelpful('Ask for that key: metadata.<key>.', models, 'conversationID'))
})
