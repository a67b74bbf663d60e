import { CATALOG } from '../src/catalog/catalog.js'
import { NO_DOUBTS, NOTHING_LEARNT } from '../src/plan/capabilities.js'
import { type Knowledge, planQuery } from '../src/plan/planner.js'
import { parseQuery } from '../src/query/parse.js'
import { compare } from './compare.js'
import { EXAMPLE, HARD, HARD_SERIES, NOW } from './questions.js'

/** One row of the table. */
export type PlanningRow = {
  readonly name: string
  readonly medianMs: number
  readonly p95Ms: number
  readonly ratio: number
  /** Milliseconds that are promised; `null` = none. */
  readonly target: number | null
}

/** The reference: the example's body to text and back, so many times. */
export const REFERENCE_RUNS = 10

/** Times parser and planner on questions of every weight. */
export function planningRows(): readonly PlanningRow[] {
  const knowledge: Knowledge = {
    capabilities: NOTHING_LEARNT,
    doubts: NO_DOUBTS,
    catalog: CATALOG,
    now: NOW,
    retentionDays: null,
  }
  const reference = () => {
    let body: unknown = EXAMPLE
    for (let run = 0; run < REFERENCE_RUNS; run++) body = JSON.parse(JSON.stringify(body))
    return body
  }
  return [
    { name: 'example', body: EXAMPLE, target: 0.2 },
    { name: '3 dimensions, 10 filters', body: HARD, target: 2 },
    { name: 'the same, by the hour', body: HARD_SERIES, target: null },
  ].flatMap(({ name, body, target }) => {
    const query = parseQuery(body, CATALOG)
    // The tree is built too: without it a plan is only a price.
    const plan = () => planQuery(query, knowledge).root()
    return [
      { name: `plan: ${name}`, ...compare(plan, reference), target },
      { name: `parse: ${name}`, ...compare(() => parseQuery(body, CATALOG), reference), target: null },
      {
        name: `parse + plan: ${name}`,
        ...compare(() => planQuery(parseQuery(body, CATALOG), knowledge).root(), reference),
        target: null,
      },
    ]
  })
}
