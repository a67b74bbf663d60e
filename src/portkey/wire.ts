/** An object as `JSON.parse` made it, not yet trusted. */
export type WireObject = { readonly [name: string]: unknown }

/** True for a JSON object; false for null, an array, or anything else. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const DECIMAL = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i

/** A JSON number or its decimal text; `undefined` for all else (hex, `''`, `NaN`, an overflow to infinity). */
export function readNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || !DECIMAL.test(value))) return undefined
  const number = Number(value)
  if (!Number.isFinite(number)) return undefined
  return number === 0 ? 0 : number // never -0
}

/**
 * The value of a dimension as text: numbers (status codes, scores) in their shortest form, `null` and a missing one as `''`.
 * `undefined` when it is neither, or a whole number too large to be told from its neighbours.
 */
export function readText(value: unknown): string | undefined {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
}
