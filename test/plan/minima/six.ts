import { day, type Entry, every, hour, latency, sum, where } from './entry.js'

const avg = (column: string) => ({ type: 'avg', column })
const cache = (fields: Entry['body'] = {}) => ({ datasource: 'cacheMetrics', ...fields })
const guardrail = (fields: Entry['body'] = {}) => ({ datasource: 'guardrailMetrics', ...fields })
const config = (fields: Entry['body'] = {}) => ({ datasource: 'configMetrics', ...fields })
const mcp = (fields: Entry['body'] = {}) => ({ datasource: 'mcpMetrics', ...fields })
const agent = (fields: Entry['body'] = {}) => ({ datasource: 'agentMetrics', ...fields })

/** What a live deployment answers on the other datasources, and of the extensions. */
export const SIX: readonly Entry[] = [
  { name: 'cache hits', body: cache(), calls: 1, why: 'The cache’s summary counts them.' },
  {
    name: 'hits, their rate, latency and speed-up',
    body: cache({ aggregations: [avg('cacheHitRate'), avg('cacheLatencyMs'), avg('cacheSpeedup')] }),
    calls: 1,
    why: 'The summary has them all, the requests too.',
  },
  {
    name: 'hits and savings by kind of cache',
    body: cache({ groupBy: ['cacheType'], aggregations: [sum('potentialCostSavings')] }),
    calls: 1,
    why: 'The points of one graph are split by it.',
  },
  {
    name: 'savings of one kind of cache by hour',
    body: cache({
      ...every('1 hour'),
      filters: [where('cacheType', 'IN', ['semantic'])],
      aggregations: [sum('potentialCostSavings')],
    }),
    calls: 1,
    why: 'A bucket’s savings are what its points add to the running total of one call.',
  },
  {
    name: 'savings by ten minutes of a day',
    body: cache({ ...every('10 minutes'), aggregations: [sum('potentialCostSavings')] }),
    calls: 4,
    why: 'Six hours are the most that come so fine; each call’s total runs from its own start.',
  },
  {
    name: 'hits by model',
    body: cache({ groupBy: ['modelName'] }),
    calls: 2,
    why: 'The listing’s hit rates, and the hits in all that prove them.',
  },
  {
    name: 'savings by config',
    body: cache({ groupBy: ['virtualModel'], aggregations: [sum('potentialCostSavings')] }),
    calls: 5,
    why: 'No listing carries savings: the configs, a graph for each of 3, and the whole for what has none.',
  },
  {
    name: 'hit rate by model, of all requests',
    body: { groupBy: ['modelName'], aggregations: [avg('cacheHitRate')] },
    calls: 2,
    why: 'As the hits, which the listing counts the requests beside.',
  },
  {
    name: 'what guardrails did',
    body: guardrail({ groupBy: ['guardrailAction'] }),
    calls: 1,
    why: 'The listing of statuses, narrowed to two.',
  },
  {
    name: 'what guardrails did by hour',
    body: guardrail({ ...every('1 hour'), groupBy: ['guardrailAction'] }),
    calls: 2,
    why: 'A series for each of the two statuses; both are known.',
  },
  {
    name: 'what guardrails judged by model',
    body: guardrail({ groupBy: ['modelName', 'guardrailResult'] }),
    calls: 1,
    why: 'The listing of models, with both statuses as its filter.',
  },
  {
    name: 'rescues with attempts',
    body: config({ groupBy: ['rescue', 'rescueAttempt'] }),
    calls: 2,
    why: 'The configs there are, then one graph for all of them.',
  },
  {
    name: 'rescues by hour',
    body: config({ ...every('1 hour'), groupBy: ['rescue'] }),
    calls: 2,
    why: 'As before: its points are split by rescue.',
  },
  {
    name: 'rescues of one config by target model',
    body: config({
      groupBy: ['loadbalanceRuleId'],
      aggregations: [sum('rescuedByRetry'), sum('rescuedByFallback')],
    }),
    calls: 4,
    why: 'The configs, and a graph for each of 3.',
  },
  { name: 'requests by server', body: mcp({ groupBy: ['mcpServerName'] }), calls: 1, why: 'One listing of metadata.' },
  {
    name: 'median by framework',
    body: agent({
      groupBy: ['agentFramework'],
      filters: [where('agentFramework', 'IN', ['langgraph'])],
      aggregations: [latency('p50')],
    }),
    calls: 2,
    why: 'The listing, and a graph for the one value.',
  },
  {
    name: 'users by hour',
    body: { ...every('1 hour'), aggregations: [{ type: 'countDistinct', column: 'userEmail' }] },
    calls: 2,
    why: 'Users and requests are a graph each.',
  },
  {
    name: 'users of five minutes each',
    body: { ...every('5 minutes'), ...hour, aggregations: [{ type: 'countDistinct', column: 'userEmail' }] },
    calls: 13,
    why: 'They do not add up: a call a bucket. A listing without rows shows nothing, so requests are one series more.',
  },
  {
    name: 'feedback by model',
    body: { groupBy: ['modelName'], aggregations: [sum('feedbackCount'), avg('weightedFeedback')] },
    calls: 2,
    why: 'The listing, and the one of models that were judged.',
  },
  {
    name: 'feedback by team',
    body: { groupBy: ['team'], aggregations: [sum('feedbackCount'), avg('weightedFeedback')] },
    calls: 1,
    why: 'Listings of metadata carry both.',
  },
  {
    name: 'feedback scores',
    body: { groupBy: ['feedbackScore'] },
    calls: 2,
    why: 'The scores, and all requests for those without one.',
  },
  {
    name: 'error codes by hour',
    body: { ...every('1 hour'), groupBy: ['errorCode'] },
    calls: 2,
    why: 'One graph’s points are split by error code, one more counts what is none.',
  },
  {
    name: 'failures by status and hour',
    body: { ...every('1 hour'), groupBy: ['httpStatusCode'], filters: [where('isFailure', 'EQUAL', true)] },
    calls: 1,
    why: 'One graph’s points are split by them.',
  },
  {
    name: 'cache hits of the future',
    body: cache({ startTs: day('2026-07-01'), endTs: day('2026-07-02'), groupBy: ['cacheType'] }),
    calls: 0,
    why: 'Nothing has happened there.',
  },
]
