import { ServiceError } from '../errors.js'
import { nameOfRef } from '../query/fields.js'
import type { Aggregation, Interval, Query } from '../query/query.js'
import { type Knowledge, type Planned, planQuery } from './planner.js'

/** The plan of a question. Throws as `planQuery` does, and `tooExpensive` where even the least it takes is more than `most` calls. */
export function planWithin(query: Query, knowledge: Knowledge, most: number): Planned {
  const planned = planQuery(query, knowledge)
  if (planned.least > most) throw tooExpensive(query, knowledge, planned.calls, most)
  return planned
}

/** The refusal of a question that needs more calls than it may make: its price, and the two changes that cut it most. */
export function tooExpensive(query: Query, knowledge: Knowledge, calls: number, most: number): ServiceError {
  const cuts = changes(query)
    .flatMap((change) => {
      const price = priceOf(change.query, knowledge)
      return price === null || price >= calls ? [] : [{ ...change, price }]
    })
    .toSorted((one, other) => one.price - other.price)
    .slice(0, 2)
    .map(({ text, price }) => `${text} (about ${price})`)
  const advice = cuts.length === 0 ? 'Ask for a shorter window.' : `What cuts it most: ${cuts.join(', or ')}.`
  return new ServiceError(
    'PLAN_TOO_EXPENSIVE',
    `This question needs about ${calls} calls of Portkey, and MAX_UPSTREAM_CALLS is ${most}. ${advice}`,
  )
}

type Change = { readonly text: string; readonly query: Query }

function changes(query: Query): readonly Change[] {
  const { start, end } = query.window
  const half = { start, end: start + Math.max(1, Math.floor((end - start) / 2)) }
  const sums = query.aggregations.filter((aggregation) => !isPercentile(aggregation))
  const groups = query.groupBy.map((ref): Change => {
    return {
      text: `leaving ${nameOfRef(ref)} out of groupBy`,
      query: { ...query, groupBy: query.groupBy.filter((other) => other !== ref) },
    }
  })
  return [
    ...groups,
    { text: 'half the window', query: { ...query, window: half } },
    ...(sums.length < query.aggregations.length
      ? [{ text: 'leaving percentiles out', query: { ...query, aggregations: sums } }]
      : []),
    ...longer(query.interval).map(({ text, interval }) => ({ text, query: { ...query, interval } })),
  ]
}

function isPercentile({ type }: Aggregation): boolean {
  return /^p\d/.test(type)
}

const LONGER = [
  { text: 'an interval of 1 hour', seconds: 3_600 },
  { text: 'an interval of 1 day', seconds: 86_400 },
]

function longer(interval: Interval | null): readonly { readonly text: string; readonly interval: Interval }[] {
  if (interval?.unit !== 'fixed') return []
  return LONGER.filter(({ seconds }) => seconds > interval.seconds)
    .slice(0, 1)
    .map(({ text, seconds }) => ({
      text,
      interval: { unit: 'fixed', seconds },
    }))
}

/** The price of a changed question; `null` when it has no exact answer. */
function priceOf(query: Query, knowledge: Knowledge): number | null {
  try {
    return planQuery(query, knowledge).calls
  } catch (error) {
    if (error instanceof ServiceError) return null
    throw error
  }
}
