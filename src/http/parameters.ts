import { at, type Faults } from '../query/faults.js'
import { didYouMean, oneOf, quote } from '../query/wording.js'

/**
 * The parameters of a query string by name. One that the route does not know, or that stands there twice, is reported: a parameter
 * that does nothing would be a question misread.
 */
export const readParameters = (
  query: unknown,
  known: readonly string[],
  faults: Faults,
): ReadonlyMap<string, string> => {
  const entries = typeof query === 'object' && query !== null ? Object.entries(query) : []
  const read = new Map<string, string>()
  for (const [name, value] of entries) {
    if (!known.includes(name)) {
      const near = didYouMean(name, known)
      const takes = `The route takes ${oneOf(known)}.`
      faults.report(at('', name), 'VALIDATION_FAILED', `There is no query parameter ${quote(name)}.${near} ${takes}`)
    } else if (typeof value === 'string') read.set(name, value)
    else faults.report(at('', name), 'VALIDATION_FAILED', `${name} was sent more than once: send it once.`)
  }
  return read
}

/** A whole number in a range; `undefined` when it was left out, or, with a fault, when it is none. */
export const readWhole = (
  parameters: ReadonlyMap<string, string>,
  name: string,
  [least, most]: readonly [number, number],
  faults: Faults,
): number | undefined => {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  faults.report(
    at('', name),
    'VALIDATION_FAILED',
    `${name} is a whole number from ${least} to ${most}; found ${quote(text)}.`,
  )
  return undefined
}
