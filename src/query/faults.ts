import { type ErrorCode, type ErrorDetail, ServiceError } from '../errors.js'

/** Faults found so far in one body. Parsers report to it and carry on, so that a caller sees all of them at once. */
export type Faults = {
  /** `path` is a JSON pointer made by `at`. */
  report(path: string, code: ErrorCode, message: string): void
  /** How many were reported. */
  count(): number
  /** The error to throw. */
  toError(): ServiceError
}

/** More than this are counted, not listed: a reply must not be many times the size of the body. */
const MOST_LISTED = 200
/** How many of several faults the message itself repeats. */
const MOST_IN_MESSAGE = 5
/** Characters of a property name in a pointer. */
const LONGEST_SEGMENT = 128

/** An empty collection of faults. */
export function newFaults(): Faults {
  const listed: ErrorDetail[] = []
  const codes = new Set<ErrorCode>()
  let count = 0
  return {
    report(path, code, message) {
      count += 1
      codes.add(code)
      if (listed.length < MOST_LISTED) listed.push({ path, code, message })
    },
    count: () => count,
    toError() {
      const [only] = codes
      const code = codes.size === 1 && only !== undefined ? only : 'VALIDATION_FAILED'
      const hidden = count - listed.length
      const more: ErrorDetail[] =
        hidden > 0 ? [{ path: '', code, message: `${hidden} more faults are not listed.` }] : []
      return new ServiceError(code, summary(listed, count), { details: [...listed, ...more] })
    },
  }
}

/** A JSON pointer (RFC 6901) one step below another; the whole body is `''`. Over-long names are cut. */
export function at(path: string, step: string | number): string {
  const text = String(step)
  const cut = text.length > LONGEST_SEGMENT ? `${text.slice(0, LONGEST_SEGMENT)}…` : text
  return `${path}/${cut.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function summary(listed: readonly ErrorDetail[], count: number): string {
  const [first] = listed
  if (first === undefined) return 'The body is not a valid question.'
  if (count === 1) return first.message
  const shown = listed.slice(0, MOST_IN_MESSAGE).map((fault) => `[${fault.path}] ${fault.message}`)
  const rest = count > shown.length ? ` And ${count - shown.length} more: see details.` : ''
  return `${count} faults. ${shown.join(' ')}${rest}`
}
