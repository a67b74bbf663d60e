import type { ExplainMode, Explanation } from '../engine.js'
import { ServiceError } from '../errors.js'

/** What `?explain=` takes, and what of the engine it asks for. */
const MODES: Readonly<Record<string, ExplainMode>> = { true: 'plan', analyze: 'analyze' }

/**
 * How a question is to be explained by its query parameters; `null`: it is asked. Any other parameter or value is
 * `VALIDATION_FAILED`: one that does nothing would be a question misread.
 */
export const explainMode = (parameters: unknown): ExplainMode | null => {
  const entries = typeof parameters === 'object' && parameters !== null ? Object.entries(parameters) : []
  const unknown = entries.find(([name]) => name !== 'explain')
  if (unknown !== undefined) {
    const found = JSON.stringify(unknown[0].slice(0, 100))
    throw new ServiceError(
      'VALIDATION_FAILED',
      `The route takes no query parameter but explain, and ${found} was sent: leave it out.`,
    )
  }
  const [given] = entries
  if (given === undefined) return null
  const [, value] = given
  const mode = typeof value === 'string' && Object.hasOwn(MODES, value) ? MODES[value] : undefined
  if (mode !== undefined) return mode
  const found = Array.isArray(value) ? 'several values were' : `${JSON.stringify(String(value).slice(0, 100))} was`
  throw new ServiceError(
    'VALIDATION_FAILED',
    `explain takes one of ${Object.keys(MODES).join(', ')}, and ${found} sent: leave it out to have the answer alone.`,
  )
}

/** The body of a reply that explains: keys are stable. */
export const explainBody = ({ plan, text, estimatedCalls, analyzed }: Explanation) => {
  const explained = { plan, text, estimatedCalls }
  if (analyzed === null) return explained
  const { reply, repairs } = analyzed
  return { data: reply.data, ...explained, upstreamCalls: reply.upstreamCalls, repairs }
}
