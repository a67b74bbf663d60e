import type { About } from '../cache/replies.js'
import type { Reply } from '../engine.js'
import { outlineOf } from '../query/outline.js'
import type { Query } from '../query/query.js'

/** What a log says of a question and its reply, made once for all who are given that reply. */
export const aboutOf = (query: Query, { data }: Pick<Reply, 'data'>): About => {
  const question = outlineOf(query)
  const rows = data.dataPoints.length
  const members = JSON.stringify({ cache: 'hit', price: null, rows, question })
  return { question, rows, text: members.slice(1, -1) }
}
