import t from 'tap'
import { answersOf, keepAnswer } from '../../src/cache/answers.js'
import { createColumnsInUse } from '../../src/cache/columns.js'
import { createStore } from '../../src/cache/store.js'
import type { Call, GroupColumn } from '../../src/portkey/call.js'

const listing = (columns: readonly GroupColumn[], filters: Call['filters'] = {}): Call => ({
  endpoint: { kind: 'group', name: 'model' },
  window: { start: 0, end: 3_600_000 },
  filters,
  columns,
})
const graph: Call = { ...listing([]), endpoint: { kind: 'graph', name: 'cost' } }

t.test('a listing is asked for the columns that questions of its scope use these days', async (t) => {
  let now = 1_000
  const inUse = createColumnsInUse(() => now)
  const widened = (call: Call, scope = 'mine') => inUse.widened(call, scope).columns
  t.strictSame(widened(listing(['cost'])), ['cost'])
  inUse.note(listing(['p99_latency']), 'mine')
  t.strictSame(widened(listing(['cost'])), ['cost', 'p99_latency'])
  t.strictSame(widened(listing(['cost']), 'another'), ['cost'], 'scopes are apart')
  t.strictSame(widened({ ...listing(['cost']), endpoint: { kind: 'group', name: 'config' } }), ['cost'])
  t.strictSame(widened(listing([])), [], 'a call that needs no columns stays as small as it is')
  t.equal(inUse.widened(graph, 'mine'), graph)
  const long = listing(['cost'], { configs: Array.from({ length: 500 }, (_, at) => `a-config-${at}`) })
  t.strictSame(widened(long), ['cost'], 'there is no room in the URL')
  now += 600_001
  t.strictSame(widened(listing(['cost'])), ['cost'], 'what nobody asks for any more is carried no longer')
})

t.test('an answer with more columns answers for fewer, the newest first', async (t) => {
  const store = createStore(1_000_000)
  const mine = { scope: 'mine', workspace: null }
  const keep = (columns: readonly GroupColumn[], fetchedAt: number) =>
    keepAnswer(store, listing(columns), mine, { answer: { kind: 'listing', values: [], fields: {} }, fetchedAt })
  const held = (columns: readonly GroupColumn[]) =>
    answersOf(store, listing(columns), mine).map(({ fetchedAt }) => fetchedAt)
  keep(['cost'], 1)
  keep(['p99_latency'], 2)
  t.strictSame(held(['cost']), [1])
  t.strictSame(held(['cost', 'p99_latency']), [])
  t.strictSame(held([]), [2, 1])
  keep(['cost', 'p99_latency'], 3)
  t.strictSame(held(['cost']), [3], 'what the wider one makes needless is gone')
  keep(['cost'], 4)
  t.strictSame(held(['cost']), [4, 3])
  t.strictSame(held(['p99_latency']), [3])
  keep(['cost'], 2)
  t.strictSame(held(['cost']), [4, 3, 2], 'an older one takes nothing away')
  t.strictSame(answersOf(store, listing([]), { ...mine, scope: 'another' }), [])
})
