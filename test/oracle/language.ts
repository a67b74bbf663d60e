/**
 * What each datasource means, as SQL over the table of requests (`store.ts`): which requests are its rows, and what each
 * field and column is. Written from the design document alone; `null` stands for what the language has and Portkey has not.
 */

/** A field: how its value reads from a request, its key in a reply, other spellings. */
export type FieldMeaning = {
  /** `null` = unknown upstream. */
  readonly sql: string | null
  readonly key: string
  readonly aliases: readonly string[]
  /** `IS_NULL true` is no constraint. */
  readonly nullMeansAll?: true
  /** Filter values are USD, `sql` is cents. */
  readonly usd?: true
  /** A row is a rescue, once a question groups or filters by it. */
  readonly unnests?: true
}

/** A column: an expression over a request, or with `aggregate` one over a cell, which is all that can be asked of it. */
export type ColumnMeaning =
  | string
  | null
  /** `ofAll`: over all requests of the cell, rows of the datasource or not. */
  | { readonly aggregate: string; readonly ofAll: boolean }

export type DatasourceMeaning = {
  /** A condition on requests. */
  readonly rows: string
  /** The rows are counted among all requests, so that figures of the others can stand beside. */
  readonly counted?: true
  readonly fields: Readonly<Record<string, FieldMeaning>>
  /** Numeric columns; `null` = unknown upstream. */
  readonly columns: Readonly<Record<string, ColumnMeaning>>
}

/** The upstream's names of its dimensions, as they stand in reasons of refusals. */
export const DIMENSIONS: ReadonlyMap<string, string> = new Map([
  ['model', 'model'],
  ['ai_service', 'service'],
  ['config', 'config'],
  ['prompt', 'prompt'],
  ['provider', 'provider'],
  ['api_key', 'api_key'],
  ['status_code', 'status'],
])

/** The value of a metadata key, SQL; an empty value is none. */
export function metadataSql(key: string): string {
  return `nullif(metadata[${textSql(key)}], '')`
}

/** A text literal. */
export function textSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The six datasources. */
export function meaningOf(datasource: string): DatasourceMeaning {
  const meaning = DATASOURCES.get(datasource)
  if (meaning === undefined) throw new Error(`the oracle knows no datasource ${datasource}`)
  return meaning
}

const is = (sql: string | null, parts: Partial<FieldMeaning> = {}): Partial<FieldMeaning> => ({ ...parts, sql })
const unknown = is(null)

function fields(table: Readonly<Record<string, Partial<FieldMeaning>>>): Readonly<Record<string, FieldMeaning>> {
  const rows = Object.entries(table).map(
    ([name, row]) => [name, { sql: null, key: name, aliases: [], ...row }] as const,
  )
  return Object.fromEntries(rows)
}

const SUBJECTS = {
  userEmail: is(metadataSql('_user'), { key: 'createdBySubjectSlug' }),
  virtualAccount: is('api_key', { key: 'createdBySubjectSlug', aliases: ['virtualaccount'] }),
  team: is(metadataSql('team')),
  conversationID: unknown,
  createdBySubjectType: unknown,
}
const OUTCOMES = {
  httpStatusCode: is('status'),
  errorCode: is('CASE WHEN status >= 400 THEN status::VARCHAR END'),
  isFailure: is('status >= 400'),
}
const LATENCY = { latencyMs: is('latency_ms') }

const MODEL_FIELDS = {
  ...SUBJECTS,
  ...OUTCOMES,
  ...LATENCY,
  modelName: is('model'),
  providerModelName: is('model'),
  providerAccountType: is('service'),
  virtualModelName: is('config', { aliases: ['virtualModel'], nullMeansAll: true }),
  traceId: is('trace_id'),
  spanId: is('span_id'),
  inputTokens: is('input_tokens'),
  outputTokens: is('output_tokens'),
  totalTokens: is('input_tokens + output_tokens'),
  costInUSD: is('cost_cents', { usd: true }),
  promptSlug: is('prompt'),
  workspace: is('workspace'),
  providerSlug: is('provider'),
  feedbackScore: is('score'),
  weightedFeedback: is('feedback'),
  requestType: unknown,
}
const MODEL_COLUMNS = {
  costInUSD: 'cost_cents / 100',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  totalTokens: 'input_tokens + output_tokens',
  latencyMs: 'latency_ms',
  errorRate: '(status >= 400)::INTEGER',
  cacheHitRate: '(cache IS NOT NULL)::INTEGER',
  feedbackCount: '(feedback IS NOT NULL)::INTEGER',
  weightedFeedback: 'feedback',
  rescuedByRetry: '(retries > 0)::INTEGER',
  rescuedByFallback: 'fallback::INTEGER',
  requestsPerUser: {
    aggregate: `count(${metadataSql('_user')})::DOUBLE / nullif(count(DISTINCT ${metadataSql('_user')}), 0)`,
    ofAll: false,
  },
  timeToFirstTokenMs: null,
  interTokenLatencyMs: null,
  timePerOutputTokenLatencyMs: null,
}

/** By how many per cent hits are faster than what reached a provider; 0 where one of them is missing, null without a hit. */
const HIT_MS = 'avg(cache_latency_ms) FILTER (cache IS NOT NULL)'
const OTHER_MS = 'avg(latency_ms) FILTER (cache IS NULL)'
const SPEEDUP = `CASE WHEN count(cache) = 0 THEN NULL WHEN coalesce(${OTHER_MS}, 0) = 0 THEN 0
  ELSE (${OTHER_MS} - ${HIT_MS}) / ${OTHER_MS} * 100 END`

/** What guardrailMetrics and configMetrics know of a request beside their own fields. */
const BESIDE = {
  httpStatusCode: is('status'),
  providerAccountType: is('service'),
  promptSlug: is('prompt'),
  workspace: is('workspace'),
  providerSlug: is('provider'),
}

const DATASOURCES: ReadonlyMap<string, DatasourceMeaning> = new Map<string, DatasourceMeaning>([
  ['modelMetrics', { rows: 'true', fields: fields(MODEL_FIELDS), columns: MODEL_COLUMNS }],
  [
    'cacheMetrics',
    {
      rows: 'cache IS NOT NULL',
      counted: true,
      fields: fields({
        ...MODEL_FIELDS,
        feedbackScore: unknown,
        cacheType: is('cache'),
        cacheNamespace: unknown,
        cacheLookupStatus: unknown,
        cacheReadInputTokens: unknown,
        cacheCreationInputTokens: unknown,
      }),
      columns: {
        ...MODEL_COLUMNS,
        potentialCostSavings: 'cache_savings_cents / 100',
        cacheLatencyMs: 'cache_latency_ms',
        cacheHitRate: { aggregate: '(count(cache)::DOUBLE / nullif(count(*), 0))', ofAll: true },
        cacheSpeedup: { aggregate: SPEEDUP, ofAll: true },
        cacheLookupLatencyMs: null,
        cacheReadInputTokens: null,
        cacheCreationInputTokens: null,
      },
    },
  ],
  [
    'guardrailMetrics',
    {
      rows: 'status IN (246, 446)',
      fields: fields({
        ...SUBJECTS,
        ...BESIDE,
        modelName: is('model'),
        virtualModelName: is('config', { aliases: ['virtualModel'] }),
        guardrailResult: is("'fail'"),
        guardrailAction: is("CASE status WHEN 446 THEN 'deny' ELSE 'flag' END"),
        guardrailName: unknown,
        appliedOnEntityScope: unknown,
        latencyMs: unknown,
      }),
      columns: { latencyMs: null },
    },
  ],
  [
    'configMetrics',
    {
      rows: 'config IS NOT NULL',
      fields: fields({
        ...SUBJECTS,
        ...BESIDE,
        isFailure: is('status >= 400'),
        loadbalanceRuleId: is('config'),
        targetModel: is('model'),
        requestedModel: unknown,
        ratelimitRuleId: unknown,
        budgetRuleId: unknown,
        configType: unknown,
        status: unknown,
        rescue: is('rescue', { unnests: true }),
        rescueAttempt: is('attempt', { unnests: true }),
      }),
      columns: {
        loadbalanceTargetAttemptCount: null,
        rescuedByRetry: '(retries > 0)::INTEGER',
        rescuedByFallback: 'fallback::INTEGER',
        errorRate: '(status >= 400)::INTEGER',
      },
    },
  ],
  [
    'mcpMetrics',
    {
      rows: `${metadataSql('mcp_server')} IS NOT NULL`,
      fields: fields({
        ...SUBJECTS,
        ...OUTCOMES,
        ...LATENCY,
        mcpServerName: is(metadataSql('mcp_server')),
        toolName: is(metadataSql('mcp_tool')),
        method: is(metadataSql('mcp_method')),
      }),
      columns: MODEL_COLUMNS,
    },
  ],
  [
    'agentMetrics',
    {
      rows: 'true',
      fields: fields({
        ...SUBJECTS,
        ...OUTCOMES,
        ...LATENCY,
        agentName: is(metadataSql('agent')),
        agentFramework: is(metadataSql('agent_framework')),
        agentServerType: is(metadataSql('agent_server_type')),
      }),
      columns: MODEL_COLUMNS,
    },
  ],
])
