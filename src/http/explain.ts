import type { ExplainMode, Explanation } from '../engine.js'
import { at, type Faults, newFaults } from '../query/faults.js'
import { oneOf, quote } from '../query/wording.js'
import { readParameters } from './parameters.js'

/** What `?explain=` takes, and what of the engine it asks for. */
const MODES: ReadonlyMap<string, ExplainMode> = new Map([
  ['true', 'plan'],
  ['analyze', 'analyze'],
])

/**
 * How a question is to be explained by its query parameters; `null`: it is asked. Any other parameter or value is
 * `VALIDATION_FAILED`: one that does nothing would be a question misread.
 */
export const explainMode = (parameters: unknown): ExplainMode | null => {
  // Nearly every question comes without, and none should pay for those that do not.
  if (typeof parameters !== 'object' || parameters === null || Object.keys(parameters).length === 0) return null
  const faults = newFaults()
  const given = readParameters(parameters, ['explain'], faults).get('explain')
  const mode = given === undefined ? null : modeOf(given, faults)
  if (faults.count() > 0) throw faults.toError()
  return mode
}

const modeOf = (given: string, faults: Faults): ExplainMode | null => {
  const mode = MODES.get(given)
  if (mode !== undefined) return mode
  const found = `explain takes ${oneOf([...MODES.keys()])}; found ${quote(given)}. Leave it out to have the answer alone.`
  faults.report(at('', 'explain'), 'VALIDATION_FAILED', found)
  return null
}

/** The body of a reply that explains: keys are stable. */
export const explainBody = ({ plan, text, estimatedCalls, analyzed }: Explanation) => {
  const explained = { plan, text, estimatedCalls }
  if (analyzed === null) return explained
  const { reply, repairs } = analyzed
  return { data: reply.data, ...explained, upstreamCalls: reply.upstreamCalls, repairs }
}
