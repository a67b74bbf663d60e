import type { TrafficRow } from '../../src/emulator/emulator.js'
import { DIMENSIONS, meaningOf } from './language.js'
import { type Bindings, fieldOf, tableOf, unknownNames } from './names.js'
import { orderPoints, topGroups } from './order.js'
import { begunEdges, filled, pointOf } from './points.js'
import type { Point, Question } from './question.js'
import {
  type Aggregation,
  aggregationsOf,
  filterConditions,
  type Reach,
  statementOf,
  windowConditions,
} from './statement.js'
import { createStore } from './store.js'

/** What the right answer is. */
export type Verdict =
  | {
      readonly kind: 'points'
      readonly points: readonly Point[]
      /** For sums, and averages made of them: the sum over the whole window, unfiltered, by key of the reply. */
      readonly wholes: ReadonlyMap<string, number>
    }
  /** The question is about things that Portkey does not know, so no answer is right. */
  | { readonly kind: 'unknown'; readonly names: readonly string[] }

/** Of what is counted: requests of the window that pass the filters of the question, or all of them. */
export type Among = 'filtered' | 'requests'

/** Answers questions by SQL over the same requests that the emulator serves. Shares no code with the service. */
export type Oracle = {
  ask(question: Question, reach: Reach): Promise<Verdict>
  /**
   * How many requests of the question's window pass the test on a field or a dimension, with `filtered` its filters too.
   */
  count(question: Question, reach: Reach, name: string, test: 'isNull' | 'holdsComma', among: Among): Promise<number>
  /** Different values of a field (null left out) over all requests, the most frequent first. */
  values(datasource: string, field: string): Promise<readonly (string | number | boolean)[]>
  close(): void
}

/** An oracle over the requests visible at `now` (epoch ms); rows that are not visible yet must not be among them. */
export async function createOracle(rows: readonly TrafficRow[], now: number, bindings: Bindings = {}): Promise<Oracle> {
  const store = await createStore(rows)

  async function wholesOf(question: Question, reach: Reach, aggregations: readonly Aggregation[]) {
    const shares = aggregations.filter(({ whole }) => whole !== null)
    if (shares.length === 0) return new Map<string, number>()
    const where = windowConditions(question, reach).join(' AND ')
    const [row = []] = await store.query(`SELECT ${shares.map(({ whole }) => whole)} FROM requests WHERE ${where}`)
    return new Map(shares.map(({ key }, index) => [key, Number(row[index] ?? 0)]))
  }

  return {
    async ask(question, reach) {
      const unknown = unknownNames(question, bindings)
      if (unknown.length > 0) return { kind: 'unknown', names: unknown }
      const edges = begunEdges(question, now)
      if (edges !== null && edges.length < 2) return { kind: 'points', points: [], wholes: new Map() }
      const datasource = meaningOf(question.datasource)
      const keys = (question.groupBy ?? []).map((name) => fieldOf(datasource, name, bindings).key)
      const aggregations = aggregationsOf(question, bindings)
      const names = ['', ...keys, 'total', ...aggregations.map(({ key }) => key)]
      const selected = await store.query(statementOf(question, reach, edges, bindings))
      const found = selected.map((row) => pointOf(row, names, edges))
      const points =
        keys.length > 0 ? topGroups(orderPoints(found, keys), keys, question.limit) : filled(found, edges, aggregations)
      return { kind: 'points', points, wholes: await wholesOf(question, reach, aggregations) }
    },
    async count(question, reach, name, test, among) {
      const sql = DIMENSIONS.get(name) ?? fieldOf(meaningOf(question.datasource), name, bindings).sql
      if (sql === null) throw new Error(`nothing is known of ${name}`)
      const where = [
        ...(among === 'filtered' ? filterConditions(question, reach, bindings) : windowConditions(question, reach)),
        test === 'isNull' ? `(${sql}) IS NULL` : `contains((${sql})::VARCHAR, ',')`,
      ].join(' AND ')
      const [row = []] = await store.query(
        `SELECT count(*)::DOUBLE FROM ${among === 'filtered' ? tableOf(question, bindings) : 'requests'} WHERE ${where}`,
      )
      return Number(row[0] ?? 0)
    },
    async values(datasource, field) {
      const { sql, unnests } = fieldOf(meaningOf(datasource), field, bindings)
      if (sql === null) return []
      const order = 'GROUP BY 1 ORDER BY count(*) DESC, 1'
      const found = await store.query(
        `SELECT ${sql} FROM ${unnests ? 'rescues' : 'requests'} WHERE (${sql}) IS NOT NULL ${order}`,
      )
      return found.flatMap(([value]) => (value === null || value === undefined ? [] : [value]))
    },
    close: store.close,
  }
}
