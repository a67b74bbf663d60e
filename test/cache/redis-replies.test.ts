import fc from 'fast-check'
import t from 'tap'
import { createReplyGuard } from '../../src/cache/redis-replies.js'

const LONGEST = 1_000
const reply = fc.oneof(
  fc.constantFrom('+OK\r\n', '-ERR what\r\n', ':0\r\n', ':-12\r\n', '$-1\r\n', '$0\r\n\r\n'),
  fc.string({ unit: 'binary-ascii', maxLength: LONGEST }).map((text) => `$${text.length}\r\n${text}\r\n`),
)

/** Whether all chunks pass, each reply being taken off what is expected as it completes. */
function passes(chunks: readonly string[], expected: number, longest = LONGEST): boolean {
  const admits = createReplyGuard(longest)
  let whole = ''
  return chunks.every((chunk) => {
    const left = expected - countReplies(whole)
    whole += chunk
    return admits(Buffer.from(chunk, 'latin1'), left)
  })
}

function countReplies(text: string): number {
  let count = 0
  let at = 0
  for (;;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return count
    const length = text[at] === '$' ? Number(text.slice(at + 1, end)) : -1
    at = end + 2 + (length < 0 ? 0 : length + 2)
    if (at > text.length) return count
    count += 1
  }
}

t.test('replies that are expected pass, however they are cut', async () => {
  fc.assert(
    fc.property(fc.array(reply, { minLength: 1, maxLength: 8 }), fc.array(fc.nat()), (replies, cuts) => {
      const text = replies.join('')
      const places = [...new Set([0, ...cuts.map((cut) => cut % text.length)])].sort((a, b) => a - b)
      const chunks = places.map((place, i) => text.slice(place, places[i + 1] ?? text.length))
      return passes(chunks, replies.length) && !passes(chunks, replies.length - 1)
    }),
  )
})

t.test('what was never asked for does not', async (t) => {
  for (const text of ['$-1\r\n', '+OK\r\n', '$5\r\nhel', '+O']) t.notOk(passes([text], 0), JSON.stringify(text))
})

t.test('what is no reply of ours does not', async (t) => {
  const texts = [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '\r\n',
    '\n',
    '*1\r\n$-1\r\n',
    '>1\r\n_\r\n',
    '_\r\n',
    '%1\r\n+a\r\n+b\r\n',
    ':1.5\r\n',
    ':\r\n',
    '$-2\r\n',
    '$x\r\n',
    '+OK\n',
    '$1001\r\n',
    '$99999999999999\r\n',
    `+${'x'.repeat(5_000)}`,
  ]
  for (const text of texts) t.notOk(passes([text], 100), JSON.stringify(text.slice(0, 40)))
})
