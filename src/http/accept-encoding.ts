import { negotiate } from '@fastify/accept-negotiator'
import { ENCODINGS, type Encoding } from '../cache/compressed.js'

/** Bodies shorter than this, in bytes, are sent as they are: they fill a packet or two either way. */
export const LEAST_COMPRESSED = 1_024

/** How a reply to such an `accept-encoding` is best compressed; `null`: not at all. */
export const encodingOf = (accept: string | undefined): Encoding | null => {
  if (accept === undefined || accept === '') return null
  const known = negotiated.get(accept)
  if (known !== undefined) return known
  const name = negotiate(accept, [...ENCODINGS, 'identity'])
  const encoding = ENCODINGS.find((one) => one === name) ?? null
  if (negotiated.size < MOST_REMEMBERED && accept.length <= LONGEST_REMEMBERED) negotiated.set(accept, encoding)
  return encoding
}

/** Clients of a kind all send the same header; the first kinds that come are remembered, whatever strangers send later. */
const negotiated = new Map<string, Encoding | null>()
const MOST_REMEMBERED = 100
const LONGEST_REMEMBERED = 200
