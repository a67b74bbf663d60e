/** A window as it is asked for: both instants included, epoch ms. */
export type AskedWindow = { readonly min: number; readonly max: number }

const ISO_8601 = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i

/** Reads `time_of_generation_min` and `_max`; both are required. Adds to `problems` what is wrong and answers null then. */
export function parseWindow(query: URLSearchParams, problems: string[]): AskedWindow | null {
  const min = parseInstant(query, 'time_of_generation_min', problems)
  const max = parseInstant(query, 'time_of_generation_max', problems)
  if (min === null || max === null) return null
  if (min > max) {
    problems.push('time_of_generation_min is after time_of_generation_max')
    return null
  }
  return { min, max }
}

function parseInstant(query: URLSearchParams, name: string, problems: string[]): number | null {
  const text = query.get(name)
  if (text === null) {
    problems.push(`${name} is required`)
    return null
  }
  const instant = instantOf(text)
  if (instant === null) problems.push(`${name} must be an ISO 8601 time`)
  return instant
}

/** Epoch ms of an ISO 8601 time; a missing time of day is midnight, a missing offset UTC. `null` = not one. */
function instantOf(text: string): number | null {
  const [whole, date, time = '00:00', zone = 'Z'] = ISO_8601.exec(text) ?? []
  if (whole === undefined) return null
  const offset = zone.replace(/^(.\d{2})(\d{2})$/, '$1:$2').toUpperCase()
  const instant = Date.parse(`${date}T${time.replace(',', '.')}${offset}`)
  return Number.isNaN(instant) ? null : instant
}
