import fc from 'fast-check'
import t from 'tap'
import { learn, NOTHING_LEARNT, remember } from '../../src/plan/capabilities.js'
import { readLearnt, writeLearnt } from '../../src/plan/capabilities-text.js'

const lessons = [
  { kind: 'step', length: 86_400_000, step: 3_600_000 },
  { kind: 'listsUnattributed', family: 'newer' },
  { kind: 'preciseAverages' },
  { kind: 'answered', endpoint: { kind: 'graph', name: 'cost' } },
  { kind: 'values', dimension: 'model', count: 12 },
] as const
const findings = [
  { kind: 'missing', endpoint: { kind: 'metadataGroup', key: 'a "key"' } },
  { kind: 'lacking', endpoint: { kind: 'graph', name: 'tokens' }, fields: ['input', 'output'] },
  { kind: 'manyRows' },
] as const
const known = findings.reduce(learn, lessons.reduce(remember, NOTHING_LEARNT))

t.test('what one replica learnt another reads as it was', async (t) => {
  for (const capabilities of [NOTHING_LEARNT, known]) {
    const learnt = { since: 1_780_000_000_000, capabilities }
    t.strictSame(readLearnt(writeLearnt(learnt)), learnt)
  }
})

t.test('anything else is nothing', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      t.equal(readLearnt(text), null)
    }),
  )
  const text = writeLearnt({ since: 0, capabilities: known })
  for (const bent of [text.slice(1), text.replace('"newer"', '"other"'), text.replace('12', '-1'), `${text}x`]) {
    t.equal(readLearnt(bent), null, bent)
  }
})
