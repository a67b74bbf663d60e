import fc from 'fast-check'
import t from 'tap'
import { decodeHeld, encodeHeld } from '../../src/cache/codec.js'
import { isHeld } from '../../src/cache/codec-check.js'
import { anyHeld } from './arbitrary-held.js'
import { heldOf } from './second-level-open.js'

/** As JSON sees it: -0 is 0, prototypes are plain. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

t.test('every answer comes back as it was', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyHeld, async (held) => {
      const bytes = await encodeHeld(held)
      return bytes !== null && JSON.stringify(await decodeHeld(bytes)) === JSON.stringify(held)
    }),
  )
  t.strictSame(await decodeHeld((await encodeHeld(heldOf(1))) ?? Buffer.alloc(0)), heldOf(1))
})

t.test('a large answer is kept in a fraction of its text', async (t) => {
  const held = heldOf(1, 10_000)
  const bytes = await encodeHeld(held)
  t.ok(bytes !== null && bytes.length < JSON.stringify(held).length / 2)
})

t.test('a number that is none is not written: JSON would make it null', async (t) => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const summary = { kind: 'summary', summary: { hits: wrong } } as const
    t.equal(await encodeHeld({ fetchedAt: 1, answer: summary }), null)
    t.equal(await encodeHeld({ fetchedAt: wrong, answer: { ...summary, summary: {} } }), null)
  }
})

t.test('bytes that are no answer are none', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      async (bytes) => (await decodeHeld(Buffer.from(bytes))) === null,
    ),
  )
  const texts = [
    '',
    'null',
    '[]',
    '{}',
    '{"fetchedAt":1}',
    '{"fetchedAt":1e999,"answer":{"kind":"summary","summary":{}}}',
  ]
  for (const text of texts) t.equal(await decodeHeld(Buffer.from(`\0${text}`)), null, text)
})

t.test('a shorter part of an answer is none', async (t) => {
  const bytes = (await encodeHeld(heldOf(1, 500))) ?? Buffer.alloc(0)
  for (const length of [0, 1, 2, 100, bytes.length - 1]) t.equal(await decodeHeld(bytes.subarray(0, length)), null)
})

t.test('an answer of another shape is none', async (t) => {
  const series = {
    kind: 'series',
    starts: [0, 10, 20],
    step: 10,
    fields: { total: [1, null, 3] },
    summary: { total: 4 },
  }
  const listing = { kind: 'listing', values: ['a', ''], fields: { requests: [1, 2] } }
  const whole = (answer: unknown) => isHeld({ fetchedAt: 1, answer })
  for (const right of [series, listing, { ...series, starts: [5], step: null, fields: { total: [1] } }])
    t.ok(whole(right))
  const wrong: readonly unknown[] = [
    null,
    { ...series, kind: 'graph' },
    { ...series, starts: [0, 20, 10] },
    { ...series, starts: [0, 10, 30] },
    { ...series, starts: [0, 10, 10] },
    { ...series, starts: [0, 10.5, 21], step: 10.5 },
    { ...series, starts: ['0', '10', '20'] },
    { ...series, step: null },
    { ...series, step: 20 },
    { ...series, starts: [], fields: {} },
    { ...series, fields: { total: [1, 2] } },
    { ...series, fields: { total: [1, '2', 3] } },
    { ...series, fields: [[1, 2, 3]] },
    { ...series, summary: { total: '4' } },
    { ...series, summary: undefined },
    { ...listing, values: ['a', 'a'] },
    { ...listing, values: ['a', 1] },
    { ...listing, values: 'ab' },
    { ...listing, fields: { requests: [1, 2, 3] } },
    { kind: 'summary' },
    { kind: 'summary', summary: [] },
  ]
  for (const answer of wrong) t.notOk(whole(answer), JSON.stringify(plain(answer)))
  for (const fetchedAt of [null, '1', -1, Number.NaN]) t.notOk(isHeld({ fetchedAt, answer: listing }))
})
