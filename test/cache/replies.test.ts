import { randomBytes } from 'node:crypto'
import t from 'tap'
import { createReplies, type HeldReply } from '../../src/cache/replies.js'

const MIB = 1_048_576
const NOW = Date.UTC(2026, 5, 10)

const reply = (text: string, parts: Partial<HeldReply> = {}): HeldReply => ({
  body: Buffer.from(text),
  about: null,
  format: 'json',
  oldestAt: NOW,
  expiresAt: NOW + 15_000,
  settledUntil: NOW - 600_000,
  ...parts,
})
const textOf = (held: HeldReply | undefined) => held?.body.toString()
const SPELT = Buffer.from('{"a":1}')
const OTHERWISE = Buffer.from(' { "a" : 1 }')

t.test('a reply is found by its question, then by every way the question was spelt', async (t) => {
  const replies = createReplies(MIB)
  t.equal(replies.sentAs('s', SPELT), undefined)
  t.equal(replies.askedAs('s', 'question', SPELT), undefined)
  replies.keep('s', 'question', reply('rows'), NOW)
  t.equal(textOf(replies.sentAs('s', SPELT)), 'rows', 'as it was asked')
  t.equal(replies.sentAs('s', OTHERWISE), undefined, 'another spelling is not known yet')
  t.equal(textOf(replies.askedAs('s', 'question', OTHERWISE)), 'rows')
  t.equal(textOf(replies.sentAs('s', OTHERWISE)), 'rows', 'now it is')
  replies.keep('s', 'question', reply('newer rows', { oldestAt: NOW + 1 }), NOW)
  for (const body of [SPELT, OTHERWISE]) t.equal(textOf(replies.sentAs('s', body)), 'newer rows', 'one reply for all')
  t.equal(replies.askedAs('s', 'another question', Buffer.from('{}')), undefined)
})

t.test('scopes share nothing', async (t) => {
  const replies = createReplies(MIB)
  replies.askedAs('one', 'question', SPELT)
  replies.keep('one', 'question', reply('of one'), NOW)
  t.equal(replies.sentAs('other', SPELT), undefined)
  t.equal(replies.askedAs('other', 'question', SPELT), undefined)
  replies.keep('other', 'question', reply('of other'), NOW)
  t.equal(textOf(replies.sentAs('one', SPELT)), 'of one')
  t.equal(textOf(replies.sentAs('other', SPELT)), 'of other')
})

t.test('bodies that differ in one byte are different, long or short, text or not', async (t) => {
  const replies = createReplies(MIB)
  const spellings = [
    Buffer.from([0xc3, 0xa9]),
    Buffer.from([0xe9]),
    Buffer.from('é'.repeat(9000)),
    Buffer.alloc(20_000),
  ]
  for (const [at, body] of spellings.entries()) {
    replies.askedAs('s', `question ${at}`, body)
    replies.keep('s', `question ${at}`, reply(`rows ${at}`), NOW)
  }
  for (const [at, body] of spellings.entries()) {
    const changed = Buffer.concat([body.subarray(0, -1), Buffer.from([7])])
    t.equal(replies.sentAs('s', changed), undefined, `${at}: changed`)
    if (at > 0) t.equal(textOf(replies.sentAs('s', body)), `rows ${at}`, `${at}: as it was`)
  }
  const long = 'q'.repeat(200_000)
  replies.keep('s', long, reply('long'), NOW)
  t.equal(textOf(replies.askedAs('s', long, SPELT)), 'long')
  t.equal(replies.askedAs('s', `${long}q`, OTHERWISE), undefined)
})

t.test('older data does not replace newer that is still good', async (t) => {
  const replies = createReplies(MIB)
  const keep = (text: string, parts: Partial<HeldReply>, now = NOW) => {
    replies.keep('s', 'question', reply(text, parts), now)
    return textOf(replies.askedAs('s', 'question', SPELT))
  }
  t.equal(keep('new', { oldestAt: NOW }), 'new')
  t.equal(keep('old', { oldestAt: NOW - 1 }), 'new')
  t.equal(keep('as old', { oldestAt: NOW }), 'as old')
  t.equal(keep('of no part', { oldestAt: null }), 'of no part')
  t.equal(keep('old', { oldestAt: NOW - 1 }), 'old')
  t.equal(keep('older', { oldestAt: NOW - 2 }, NOW + 15_000), 'older', 'the newer one has expired')
})

t.test('what is held stays within its bytes, whatever is asked', async (t) => {
  const most = 4 * MIB
  const replies = createReplies(most)
  for (let at = 0; at < 300; at++) {
    const body = randomBytes(at % 3 === 0 ? 250_000 : 1_500)
    const question = body.toString('hex')
    replies.askedAs('s', question, body)
    replies.keep('s', question, reply('x'.repeat(at % 5 === 0 ? 900_000 : 9_000)), NOW)
    t.ok(replies.bytes() <= most, `after ${at}`)
  }
  t.ok(replies.bytes() > most / 4, 'and it is used')
  replies.keep('s', 'question', reply('x'.repeat(most)), NOW)
  t.equal(replies.askedAs('s', 'question', SPELT), undefined, 'what is larger than all of it is not kept')
})

t.test('long bodies cost no more than short ones', async (t) => {
  const replies = createReplies(64 * MIB)
  const before = replies.bytes()
  for (let at = 0; at < 100; at++) {
    const body = randomBytes(256 * 1024)
    replies.askedAs('s', body.toString('latin1'), body)
  }
  t.ok(replies.bytes() - before < 100 * 2_000)
})

t.test('a body in a shared pool is copied out of it', async (t) => {
  const replies = createReplies(MIB)
  const body = Buffer.from('small')
  t.ok(body.buffer.byteLength > body.byteLength, 'it is in the pool')
  replies.keep('s', 'question', reply('', { body }), NOW)
  const held = replies.askedAs('s', 'question', SPELT)
  t.equal(held?.body.buffer.byteLength, body.byteLength)
  t.equal(textOf(held), 'small')
})
