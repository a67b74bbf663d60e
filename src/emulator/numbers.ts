import type { JsonObject } from './json.js'

/** The same figures with averages (fields named `avg`, `avg_…`) rounded to `decimals`; `null` leaves them alone. */
export function roundAverages(figures: JsonObject, decimals: number | null): JsonObject {
  if (decimals === null) return figures
  const rounded = Object.entries(figures).map(([name, value]) => {
    const round = isAverage(name) && typeof value === 'number'
    return [name, round ? Number(value.toFixed(decimals)) : value] as const
  })
  return Object.fromEntries(rounded)
}

/** The same listing row with cost and averages as decimal text, and with `alsoRequests` the requests too. */
export function rowAsText(row: JsonObject, alsoRequests: boolean): JsonObject {
  return asText(row, (name) => name === 'cost' || isAverage(name) || (alsoRequests && name === 'requests'))
}

/** The same point of the cost graph with its figures as decimal text. */
export function costAsText(point: JsonObject): JsonObject {
  return asText(point, () => true)
}

function isAverage(name: string): boolean {
  return name === 'avg' || name.startsWith('avg_')
}

function asText(figures: JsonObject, chosen: (name: string) => boolean): JsonObject {
  const texts = Object.entries(figures).map(([name, value]) => {
    return [name, chosen(name) && typeof value === 'number' ? String(value) : value] as const
  })
  return Object.fromEntries(texts)
}
