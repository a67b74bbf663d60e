import { type Entry, every, hour, latency, sum, where } from './entry.js'

/** What the published API alone answers. */
export const DOCUMENTED: readonly Entry[] = [
  { name: 'the total', body: {}, calls: 1, why: 'One cell, one graph.' },
  {
    name: 'latencies by hour',
    body: { ...every('1 hour'), aggregations: [latency('p50'), latency('p99'), latency('avg')] },
    calls: 2,
    why: 'The latency graph counts no requests.',
  },
  {
    name: 'a percentile by five minutes',
    body: { ...every('5 minutes'), ...hour, aggregations: [latency('p99')] },
    calls: 13,
    why: 'There is no listing with one row: a latency graph a bucket, and one series of requests.',
  },
  {
    name: 'cost by team',
    body: { groupBy: ['team'], aggregations: [sum('costInUSD')] },
    calls: 1,
    why: 'Listings of metadata carry cost.',
  },
  {
    name: 'a median by model',
    body: { groupBy: ['modelName'], aggregations: [latency('p50')] },
    calls: 25,
    why: 'Providers are guessed, so for each of 12 models requests are asked beside latency and held against the listing.',
  },
  {
    name: 'cost by outcome',
    body: { groupBy: ['isFailure'], aggregations: [sum('costInUSD')] },
    calls: 4,
    why: 'Status codes have no listing: requests and cost, for each of the two.',
  },
  {
    name: 'cost of two users',
    body: { filters: [where('userEmail', 'IN', ['1001', '01001'])], aggregations: [sum('costInUSD')] },
    calls: 1,
    why: 'Their rows of the listing add up.',
  },
  {
    name: 'how many models',
    body: { aggregations: [{ type: 'countDistinct', column: 'modelName' }] },
    calls: 1,
    why: 'The older listing shows them too.',
  },
]
