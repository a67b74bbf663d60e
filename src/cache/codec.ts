import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { isHeld } from './codec-check.js'
import type { Held } from './held.js'

/** Shorter texts gain less than a round trip of the thread pool costs. */
const WORTH_DEFLATING = 512
/** Longest text of one value, in UTF-16 units before and bytes after: what is longer isn't kept, nor read. */
const LONGEST_TEXT = 32 * 1024 * 1024
/** Answers come down to two fifths at every level; 1 takes half the time of the default (7 ms for a listing of 10,000 rows and 5 columns). */
const LEVEL = 1

const PLAIN = 0
const DEFLATED = 1

const deflated = promisify(deflateRaw)
const inflated = promisify(inflateRaw)

/** An answer as compact bytes: columnar JSON as it is held, deflated where that is shorter; `null` where it isn't a whole answer. */
export async function encodeHeld(held: Held): Promise<Buffer | null> {
  // JSON has no NaN and would write null, which means something else.
  return isHeld(held) ? await encodeText(JSON.stringify(held)) : null
}

/** What `encodeHeld` wrote; `null` for anything that doesn't read as a whole, valid answer. Never throws. */
export async function decodeHeld(bytes: Buffer): Promise<Held | null> {
  const text = await decodeText(bytes)
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return isHeld(value) ? value : null
  } catch {
    return null
  }
}

/** A text as bytes: one that says whether they are deflated, then the text. `null` when it is too long to keep. */
export async function encodeText(text: string): Promise<Buffer | null> {
  if (text.length > LONGEST_TEXT) return null
  const plain = Buffer.from(text)
  const short = plain.length < WORTH_DEFLATING ? plain : await deflated(plain, { level: LEVEL })
  return short.length < plain.length
    ? Buffer.concat([Buffer.of(DEFLATED), short])
    : Buffer.concat([Buffer.of(PLAIN), plain])
}

/** What `encodeText` wrote; `null` for anything else. Never throws. */
export async function decodeText(bytes: Buffer): Promise<string | null> {
  const body = bytes.subarray(1)
  if (bytes[0] === PLAIN) return body.toString()
  if (bytes[0] !== DEFLATED) return null
  try {
    return (await inflated(body, { maxOutputLength: LONGEST_TEXT })).toString()
  } catch {
    return null
  }
}
