import t from 'tap'
import { CATALOG, findColumn, findField } from '../../src/catalog/catalog.js'
import type { FieldEntry } from '../../src/catalog/types.js'
import { DATASOURCES, type Datasource } from '../../src/catalog/vocabulary.js'

/** What a refusal advises instead, by the name that is refused. */
const ADVICE = DATASOURCES.flatMap((datasource) => {
  const { fields, columns } = CATALOG[datasource]
  return [
    ...fields.flatMap(({ name, source }) =>
      source.kind === 'unknown' ? [{ datasource, name, instead: source.instead }] : [],
    ),
    ...columns.map(({ name, instead }) => ({ datasource, name, instead })),
  ]
})

/** Names of fields and columns in a sentence: words with a capital inside. */
const namesIn = (text: string): readonly string[] => text.match(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g) ?? []

const isHad = (field: FieldEntry | undefined): boolean => field !== undefined && field.source.kind !== 'unknown'

t.test('what a refusal names can be asked', async (t) => {
  t.ok(ADVICE.length > 50)
  for (const { datasource, name, instead } of ADVICE) {
    const other = DATASOURCES.find((candidate) => instead.includes(candidate))
    const at: Datasource = other ?? datasource
    for (const named of namesIn(instead).filter((word) => word !== other)) {
      const column = findColumn(at, named, CATALOG)
      const known =
        isHad(findField(at, named, CATALOG)) || (column !== undefined && Object.keys(column.formulas).length > 0)
      t.ok(known, `${datasource} ${name}: "${instead}" names ${named} of ${at}`)
    }
  }
})

t.test('what Portkey does not know is refused by name, on the datasource that the language has it in', async (t) => {
  const refused: Readonly<Record<Datasource, string>> = {
    modelMetrics: 'requestType conversationID createdBySubjectType latencyMs',
    cacheMetrics: 'cacheLookupStatus cacheNamespace cacheReadInputTokens cacheCreationInputTokens feedbackScore',
    guardrailMetrics: 'guardrailName appliedOnEntityScope latencyMs createdBySubjectType',
    configMetrics: 'status configType requestedModel ratelimitRuleId budgetRuleId',
    mcpMetrics: 'conversationID createdBySubjectType latencyMs',
    agentMetrics: 'conversationID latencyMs',
  }
  for (const datasource of DATASOURCES) {
    for (const name of refused[datasource].split(' '))
      t.equal(findField(datasource, name, CATALOG)?.source.kind, 'unknown', `${datasource} ${name}`)
  }
})

t.test('extensions are marked as such', async (t) => {
  const extensions: Readonly<Record<Datasource, string>> = {
    modelMetrics:
      'totalTokens promptSlug workspace providerSlug spanId feedbackScore weightedFeedback errorRate cacheHitRate feedbackCount rescuedByRetry rescuedByFallback requestsPerUser',
    cacheMetrics: 'cacheLatencyMs cacheHitRate cacheSpeedup',
    guardrailMetrics:
      'guardrailAction httpStatusCode modelName providerAccountType virtualModelName promptSlug workspace',
    configMetrics: 'rescue rescueAttempt httpStatusCode isFailure providerAccountType rescuedByRetry rescuedByFallback',
    mcpMetrics: 'errorRate',
    agentMetrics: 'errorRate',
  }
  for (const datasource of DATASOURCES) {
    for (const name of extensions[datasource].split(' ')) {
      const rows = [findField(datasource, name, CATALOG), findColumn(datasource, name, CATALOG)].filter(
        (row) => row !== undefined,
      )
      t.ok(rows.length > 0 && rows.every((row) => row.extension), `${datasource} ${name}`)
    }
  }
})
