import { ENCODINGS, type Encoding } from '../cache/compressed.js'

/** Bodies shorter than this, in bytes, are sent as they are: they fill a packet or two either way. */
export const LEAST_COMPRESSED = 1_024

/**
 * How a reply to such an `accept-encoding` is best compressed (RFC 9110, 12.5.3); `null`: not at all. The most liked one, the better of
 * equals; none where the plain reply is liked more, or nothing else is taken.
 */
export const encodingOf = (accept: string | undefined): Encoding | null => {
  if (accept === undefined || accept === '') return null
  const known = negotiated.get(accept)
  if (known !== undefined) return known
  const encoding = best(accept)
  if (negotiated.size < MOST_REMEMBERED && accept.length <= LONGEST_REMEMBERED) negotiated.set(accept, encoding)
  return encoding
}

const best = (accept: string): Encoding | null => {
  const qualities = new Map(accept.split(',').map(rangeOf))
  const qualityOf = (name: Encoding) => qualities.get(name) ?? qualities.get('*') ?? 0
  const most = Math.max(...ENCODINGS.map(qualityOf))
  // Where it is not named, plain is what is sent when there is nothing better.
  if (most === 0 || most < (qualities.get('identity') ?? 0)) return null
  return ENCODINGS.find((name) => qualityOf(name) === most) ?? null
}

/** A quality that is none takes nothing. */
const rangeOf = (text: string): readonly [string, number] => {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.map((parameter) => /^q\s*=\s*(.*)$/.exec(parameter)?.[1]).find((q) => q !== undefined)
  const isQuality = quality !== undefined && /^(0(\.\d*)?|1(\.0*)?)$/.test(quality)
  return [name === 'x-gzip' ? 'gzip' : name, quality === undefined ? 1 : isQuality ? Number(quality) : 0]
}

/** Clients of a kind all send the same header; the first kinds that come are remembered, whatever strangers send later. */
const negotiated = new Map<string, Encoding | null>()
const MOST_REMEMBERED = 100
const LONGEST_REMEMBERED = 200
