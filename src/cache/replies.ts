import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Compressed, createCompressed } from './compressed.js'

/** What a reply may be written as. */
export type Format = 'json' | 'csv'

/** What may be said of a question and its reply in a log: never a value that it filters by, nor one of its rows. */
export type About = {
  readonly question: Readonly<Record<string, unknown>>
  readonly rows: number
  /** Members of a log line, as JSON text: what is said each time the reply is given again. */
  readonly text: string
}

/** A finished reply: what a caller is sent, and until when it is good. */
export type HeldReply = {
  /** The text, in UTF-8. */
  readonly body: Buffer
  /** `null` of a reply that is no question's. */
  readonly about: About | null
  readonly format: Format
  /** Epoch ms at which its oldest part was fetched; `null` when it has no part. */
  readonly oldestAt: number | null
  /** Epoch ms until which it may be given; after that it is good only where the upstream fails. */
  readonly expiresAt: number
  /** Epoch ms: data before this instant is settled. */
  readonly settledUntil: number
}

/**
 * Finished replies by who may see them and what was asked. `view` is a digest of what may be seen, and says in which format,
 * `question` the canonical text of a question, `body` the bytes it was sent as: the same question may be spelt in many ways.
 */
export type Replies = {
  /** The reply, good or expired, to a question that was sent in exactly these bytes. */
  readonly sentAs: (view: string, body: Buffer) => HeldReply | undefined
  /** The reply, good or expired, to a question however it was spelt. From now on these bytes find it too. */
  readonly askedAs: (view: string, question: string, body: Buffer | null) => HeldReply | undefined
  /**
   * Keeps a reply in place of an older one, and gives it back with the body to send. A reply that rests on older data never
   * replaces one at `now` still good.
   */
  readonly keep: (view: string, question: string, reply: HeldReply, now: number) => HeldReply
  /** Bodies compressed, each once while it is held; they count as bytes held. */
  readonly compressed: Pick<Compressed, 'made' | 'make'>
  /** Bytes held, as they are counted. */
  readonly bytes: () => number
}

/** Longer texts are known by their digest alone. Short ones are compared as they are, which is faster than digesting them. */
const LONGEST_NAME = 2_048
/** Spellings are small beside replies; so much of the memory is theirs. */
const SPELLINGS_PART = 1 / 8
/** What an entry takes beside its texts: places in the cache's tables, the objects around them. Measured on Node 20. */
const ENTRY_BYTES = 400

/** Holds replies in at most `maxBytes` bytes; the least recently used go first. What is larger than all of it is not kept. */
export function createReplies(maxBytes: number): Replies {
  const spellings = new LRUCache<string, string>({
    maxSize: Math.max(1, Math.floor(maxBytes * SPELLINGS_PART)),
    // The name of the question is shared with its reply, or lives on alone.
    sizeCalculation: (question, spelling) => sizeOfText(spelling) + sizeOfText(question) + ENTRY_BYTES,
  })
  const replies = new LRUCache<string, HeldReply>({
    maxSize: Math.max(1, Math.ceil(maxBytes * (1 - SPELLINGS_PART))),
    sizeCalculation: ({ body, about }, name) =>
      sizeOfText(name) +
      body.byteLength +
      compressed.bytesOf(body) +
      // What is said of it stands there twice, as a text and as its parts.
      2 * sizeOfText(about?.text ?? '') +
      ENTRY_BYTES,
  })
  const names = new WeakMap<Buffer, string>()
  const compressed = createCompressed((body) => {
    const name = names.get(body)
    const held = name === undefined ? undefined : replies.peek(name)
    // Set as another value, for its size is counted anew.
    if (name !== undefined && held?.body === body) replies.set(name, { ...held })
  })
  return {
    compressed,

    sentAs(view, body) {
      const name = spellings.get(spellingName(view, body))
      return name === undefined ? undefined : replies.get(name)
    },
    askedAs(view, question, body) {
      const name = questionName(view, question)
      if (body !== null) spellings.set(spellingName(view, body), name)
      return replies.get(name)
    },
    keep(view, question, reply, now) {
      const name = questionName(view, question)
      const held = replies.peek(name)
      const isNewer = held !== undefined && (held.oldestAt ?? 0) > (reply.oldestAt ?? Number.POSITIVE_INFINITY)
      if (isNewer && now < held.expiresAt) return reply
      const kept = { ...reply, body: unpooled(reply.body) }
      names.set(kept.body, name)
      replies.set(name, kept)
      return kept
    },
    bytes: () => spellings.calculatedSize + replies.calculatedSize,
  }
}

/** Latin-1 makes one character of each byte: different bytes, different names. */
function spellingName(view: string, body: Buffer): string {
  return body.length > LONGEST_NAME ? `${view}#${hash('sha256', body)}` : `${view}=${body.toString('latin1')}`
}

function questionName(view: string, question: string): string {
  return question.length > LONGEST_NAME ? `${view}#${hash('sha256', question)}` : `${view}=${question}`
}

/** A small buffer is a view of a pool that it would keep whole. */
function unpooled(body: Buffer): Buffer {
  if (body.byteLength === body.buffer.byteLength) return body
  const own = Buffer.allocUnsafeSlow(body.byteLength)
  body.copy(own)
  return own
}

function sizeOfText(text: string): number {
  return 40 + 2 * text.length
}
