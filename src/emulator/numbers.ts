import type { JsonObject } from './json.js'

/** How many decimals a deployment writes; `null` = all there are. */
export type Rounding = { readonly averageDecimals: number | null; readonly rateDecimals: number | null }

/** The same figures with averages (fields named `avg`, `avg_…`) and rates (`rate`, `…_rate`) rounded. */
export function roundFigures(figures: JsonObject, { averageDecimals, rateDecimals }: Rounding): JsonObject {
  const rounded = Object.entries(figures).map(([name, value]) => {
    const decimals = isAverage(name) ? averageDecimals : isRate(name) ? rateDecimals : null
    return [name, decimals !== null && typeof value === 'number' ? Number(value.toFixed(decimals)) : value] as const
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

function isRate(name: string): boolean {
  return name === 'rate' || name.endsWith('_rate')
}

function asText(figures: JsonObject, chosen: (name: string) => boolean): JsonObject {
  const texts = Object.entries(figures).map(([name, value]) => {
    return [name, chosen(name) && typeof value === 'number' ? String(value) : value] as const
  })
  return Object.fromEntries(texts)
}
