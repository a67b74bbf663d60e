import t from 'tap'
import type { EmulatorOptions } from '../../src/emulator/emulator.js'
import { deploy } from '../engine/service.js'
import { earlier, every, latency, sum, where } from './minima/entry.js'

/** A question that an endpoint is asked for, and the deployment on which it is. */
type Use = { readonly body: Readonly<Record<string, unknown>>; readonly deployment?: EmulatorOptions }

const avg = (column: string) => ({ type: 'avg', column })
const by = (...groupBy: readonly string[]) => ({ groupBy })
const hourly = every('1 hour')
const users = { aggregations: [{ type: 'countDistinct', column: 'userEmail' }] }
const cache = { datasource: 'cacheMetrics' } as const
const documented: EmulatorOptions = { profile: 'documented' }

/** Every endpoint of the upstream's description, by its path, and a question that uses it. */
const USES: Readonly<Record<string, Use>> = {
  'graphs/requests': { body: {} },
  'graphs/cost': { body: { ...hourly, aggregations: [sum('costInUSD')] } },
  'graphs/latency': { body: { aggregations: [latency('p50')] } },
  'graphs/tokens': { body: { ...hourly, aggregations: [sum('inputTokens')] } },
  'graphs/users': { body: { ...hourly, ...users } },
  'graphs/users/requests': { body: { aggregations: [avg('requestsPerUser')] } },
  'graphs/errors': { body: { ...hourly, aggregations: [avg('errorRate')] } },
  'graphs/errors/rate': {
    body: { ...hourly, aggregations: [avg('errorRate')] },
    deployment: { missing: ['graphs/errors', 'groups/workspace', 'groups/ai_service', 'graphs/errors/stacks'] },
  },
  'graphs/errors/stacks': { body: { ...hourly, ...by('errorCode') } },
  'graphs/errors/status-codes': { body: by('errorCode'), deployment: documented },
  'graphs/requests/rescued': { body: { datasource: 'configMetrics', ...by('rescue') } },
  'graphs/cache/hit-rate': { body: { ...cache, ...by('cacheType') } },
  'graphs/cache/latency': { body: { ...cache, ...hourly, aggregations: [avg('cacheLatencyMs')] } },
  'graphs/feedbacks': { body: { ...hourly, aggregations: [sum('feedbackCount')] } },
  'graphs/feedbacks/scores': { body: by('feedbackScore') },
  'graphs/feedbacks/weighted': { body: { aggregations: [avg('weightedFeedback')] } },
  'graphs/feedbacks/ai-models': { body: { ...by('modelName'), aggregations: [avg('weightedFeedback')] } },
  'summary/cache': { body: { ...cache, aggregations: [avg('cacheSpeedup')] } },
  'groups/users': { body: by('userEmail'), deployment: { missing: ['groups/metadata'] } },
  'groups/ai-models': { body: by('modelName'), deployment: documented },
  'groups/ai_service': { body: by('providerAccountType') },
  'groups/model': { body: by('modelName') },
  'groups/status_code': { body: { datasource: 'guardrailMetrics', ...by('guardrailAction') } },
  'groups/api_key': { body: by('virtualAccount') },
  'groups/config': { body: { datasource: 'configMetrics', ...by('loadbalanceRuleId') } },
  'groups/workspace': { body: by('workspace') },
  'groups/provider': { body: by('providerSlug') },
  'groups/prompt': { body: { ...by('promptSlug'), filters: [where('promptSlug', 'IS_NULL', false)] } },
  'groups/metadata/mcp_server': { body: { datasource: 'mcpMetrics', ...by('mcpServerName') } },
}

t.equal(Object.keys(USES).filter((path) => path.startsWith('graphs/')).length, 17, 'all 17 graphs')
t.equal(
  Object.keys(USES).filter((path) => path.startsWith('groups/')).length,
  11,
  'ten listings, and those of metadata',
)

for (const [path, { body, deployment }] of Object.entries(USES)) {
  t.test(`${path} is asked for ${JSON.stringify(body)}`, async (t) => {
    const service = await deploy(t, deployment)
    // What the deployment lacks is learnt by a question about the day before, and the next one goes another way.
    await service.ask(earlier(body))
    const before = service.emulator.requests.length
    const asked = await service.ask(body)
    t.equal(asked.status, 200, asked.message)
    const paths = service.emulator.requests.slice(before).map((request) => request.path)
    t.ok(paths.includes(`/v1/analytics/${path}`), `asked ${paths}`)
    t.ok(asked.rows.length > 0)
  })
}
