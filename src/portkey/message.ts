import { isWireObject } from './wire.js'

const LONGEST = 200

/**
 * The upstream's own words in the raw text of an error body, in any of its forms (`message`, `error.message`, `data.message`,
 * `error`): on one line of at most 200 characters, every copy of `key` removed; `null` when it has none. Text that is not JSON is
 * quoted when it is plain and short (the edge says `1010`), never when it is a page of HTML.
 */
export function messageIn(text: string, key: string): string | null {
  const found = findMessage(text)
  if (found === null) return null
  const redacted = key === '' ? found : found.replaceAll(key, '[redacted]')
  const line = redacted.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()
  if (line === '') return null
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}

function findMessage(text: string): string | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return text.length > LONGEST || text.includes('<') ? null : text
  }
  if (typeof body === 'string' || typeof body === 'number') return String(body)
  if (!isWireObject(body)) return null
  const nested = [body.error, body.data].filter(isWireObject).map((inner) => inner.message)
  const found = [body.message, ...nested, body.error].find((words) => typeof words === 'string' && words.trim() !== '')
  return typeof found === 'string' ? found : null
}
