import t from 'tap'
import { readEntries } from '../../src/teams/entries.js'
import { entry } from './file.js'

const faultsOf = (json: unknown): readonly string[] => {
  const read = readEntries(typeof json === 'string' ? json : JSON.stringify(json))
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
  const read = readEntries(JSON.stringify({ tokens: [whole] }))
  t.strictSame(read, { ok: true, entries: [whole] })
})

t.test('what is wrong is said with its place, all of it, and never with a value', async (t) => {
  t.strictSame(faultsOf('{'), ['it is not JSON'])
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
