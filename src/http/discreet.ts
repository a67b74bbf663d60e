import { ServiceError } from '../errors.js'

/**
 * An error as it may be logged where values of the data are not: message, stack, details and every cause in their discreet wording. One
 * that has nothing to hide is given back as it is.
 */
export const discreetly = (error: Error): Error => {
  const cause = error.cause instanceof Error ? discreetly(error.cause) : error.cause
  const wording = error instanceof ServiceError ? error.discreet : null
  if (cause === error.cause && wording === null) return error
  const message = wording?.message ?? error.message
  const shown =
    error instanceof ServiceError
      ? new ServiceError(error.code, message, {
          details: wording?.details ?? error.details,
          cause,
          ...(error.retryAfterSeconds !== null && { retryAfterSeconds: error.retryAfterSeconds }),
        })
      : new Error(message, { cause })
  shown.name = error.name
  shown.stack = [`${error.name}: ${message}`, ...framesOf(error)].join('\n')
  return shown
}

/** Where it was thrown, without what it says: that may have lines of its own. */
const framesOf = ({ stack = '' }: Error): readonly string[] => stack.split('\n').filter((line) => FRAME.test(line))

const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>|native)\)?$/
