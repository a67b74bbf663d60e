import type { Redis } from 'ioredis'

/** Longest line of a reply: an error's message, a number, a length. */
const LONGEST_LINE = 4_096
/** Status, error, number, text or its absence: every reply to the commands of this room is one of them, none is a list. */
const LINE = /^(?:[+-][^\r\n]*|:-?\d{1,18}|\$(-1|\d{1,9}))\r\n$/

/**
 * Drops a connection whose other end does not answer as Redis answers us. The client itself takes what was never asked for as its
 * own fault and throws where nobody can catch it, so such bytes must not reach it. To be called when a connection is made.
 */
export function guardReplies(redis: Redis, longest: number): void {
  const { stream } = redis
  const admits = createReplyGuard(longest)
  const readers = stream.rawListeners('data')
  stream.removeAllListeners('data')
  stream.on('data', (chunk: Buffer) => {
    if (!admits(chunk, redis.commandQueue.length)) {
      stream.destroy(new Error('Not the replies of a Redis server'))
      return
    }
    for (const reader of readers) reader.call(stream, chunk)
  })
}

/**
 * Follows the frames of one connection: says of each chunk whether it is made of replies we can meet, none longer than `longest`
 * bytes and no more of them than are `expected` at its arrival.
 */
export function createReplyGuard(longest: number): (chunk: Buffer, expected: number) => boolean {
  let line = ''
  let rest = 0
  return (chunk, expected) => {
    let replies = 0
    let at = 0
    while (at < chunk.length) {
      if (rest > 0) {
        const taken = Math.min(rest, chunk.length - at)
        rest -= taken
        at += taken
        if (rest === 0) replies += 1
        continue
      }
      const end = chunk.indexOf('\n', at)
      const next = end < 0 ? chunk.length : end + 1
      line += chunk.toString('latin1', at, next)
      at = next
      if (line.length > LONGEST_LINE) return false
      if (end < 0) break
      const match = LINE.exec(line)
      if (match === null) return false
      line = ''
      const length = Number(match[1] ?? -1)
      if (length > longest) return false
      if (length < 0) replies += 1
      else rest = length + 2
    }
    const begun = rest > 0 || line !== '' ? 1 : 0
    return replies + begun <= expected
  }
}
