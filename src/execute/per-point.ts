import type { SeriesAnswer } from '../portkey/answer.js'
import type { Endpoint } from '../portkey/call.js'
import { isCumulative } from '../portkey/graphs.js'

/**
 * A field of every point, as what belongs to that point alone. A sum that runs from the window's start becomes what each point adds
 * to it: the rise of its running maximum, for a sum may dip when a price is corrected (DESIGN, "Plan"). `undefined`: not there.
 */
export function pointsOf(
  answer: SeriesAnswer,
  endpoint: Endpoint,
  field: string,
): readonly (number | null)[] | undefined {
  const values = answer.fields[field]
  if (!values || !isCumulative(endpoint, field)) return values
  let reached = 0
  return values.map((value) => {
    const before = reached
    reached = Math.max(before, value ?? before)
    return reached - before
  })
}
