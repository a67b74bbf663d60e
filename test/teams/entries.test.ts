import t from 'tap'
import { readEntries } from '../../src/teams/entries.js'
import { atOnce } from '../../src/teams/steps.js'
import { entry } from './file.js'

const faultsOf = (json: unknown): readonly string[] => {
  const read = atOnce(readEntries(typeof json === 'string' ? json : JSON.stringify(json)))
  return read.ok ? [] : read.faults
}

t.test('a file with every property is read', async (t) => {
  const whole = entry('payments', {
    upstreamKey: 'PORTKEY_KEY_PAYMENTS',
    workspace: 'ws-payments',
    filters: [{ fieldName: 'team', operator: 'EQUAL', value: 'payments' }],
    datasources: ['modelMetrics'],
    requestsPerMinute: 60,
  })
  const read = atOnce(readEntries(JSON.stringify({ tokens: [whole] })))
  t.strictSame(read, { ok: true, entries: [whole] })
})

t.test('what is wrong is said with its place, all of it, and never with a value', async (t) => {
  t.strictSame(faultsOf('{'), ['it is not JSON: it ends before it is complete'])
  t.strictSame(faultsOf('{\n  "tokens": sekret'), [
    'it is not JSON: what stands at line 2, column 13 cannot stand there',
  ])
  t.match(faultsOf({}), [/tokens/])
  t.match(faultsOf({ tokens: [] }), [/^\/tokens must be a list of 1 to 10000 tokens$/])
  t.match(faultsOf({ tokens: [entry('a', { sha256: 'the-token-itself' })] }), [
    /^\/tokens\/0\/sha256 must be 64 lower case/,
  ])
  t.match(faultsOf({ tokens: [entry('a', { filter: [] })] }), [/^\/tokens\/0\/filter is not known/])
  t.match(faultsOf({ tokens: [{ name: 'a' }] }), [/^\/tokens\/0\/sha256 /])
  const many = faultsOf({ tokens: [entry('a b', { requestsPerMinute: 0 }), entry('c', { workspace: '' })] })
  t.equal(many.length, 3)
  t.notMatch(many.join('\n'), /a b/)
  t.equal(faultsOf({ tokens: Array.from({ length: 100 }, () => ({})) }).length, 21, 'a long list is cut')
})

t.test('a token is one principal', async (t) => {
  t.strictSame(faultsOf({ tokens: [entry('a'), entry('a', { name: 'b' })] }), ['/tokens/1/sha256 is that of /tokens/0'])
  t.strictSame(faultsOf({ tokens: [entry('a'), entry('b', { name: 'a' })] }), ['/tokens/1/name is that of /tokens/0'])
})

t.test(
  'a property that stands twice in one object is refused, wherever it is: JSON would drop the first',
  async (t) => {
    const digest = entry('a').sha256
    const twice = (line: number, column: number) =>
      `the property at line ${line}, column ${column} is one that its object has already: leave one of them out`
    const file = (entry: string) => `{"tokens": [\n${entry}\n]}`
    const start = `{"name":"a","sha256":"${digest}"`
    const filter = '{"fieldName":"team","operator":"EQUAL","value":"a"}'
    t.strictSame(faultsOf(file(`${start},\n"filters":[${filter}],\n"filters":[${filter}]}`)), [twice(4, 1)])
    t.strictSame(
      faultsOf(file(`${start},\n"filters":[${filter}],\n"f\\u0069lters":[]}`)),
      [twice(4, 1)],
      'spelt otherwise',
    )
    t.strictSame(faultsOf(file(`${start},\n"filters":[{"fieldName":"team",\n"value":"a","value":"b"}]}`)), [
      twice(4, 13),
    ])
    t.strictSame(faultsOf('{"tokens":[],\n"tokens":[]}'), [twice(2, 1)])
    t.equal(faultsOf(`{${'"a":1,'.repeat(100)}"b":2}`).length, 20)
    t.strictSame(faultsOf(file(`${start}},{"name":"b","sha256":"${entry('b').sha256}"}`)), [], 'in two objects it may')
  },
)

t.test('a byte order mark is no fault', async (t) => {
  t.strictSame(faultsOf(`\ufeff${JSON.stringify({ tokens: [entry('a')] })}`), [])
})
