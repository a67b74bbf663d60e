/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** An object that JSON can say. */
export type JsonObject = { readonly [key: string]: Json }

/** The same value with every number, and every decimal text, replaced by what `change` makes of it. */
export function mapNumbers(value: Json, change: (number: number) => Json): Json {
  if (typeof value === 'number') return change(value)
  if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? change(Number(value)) : value
  if (isList(value)) return value.map((item) => mapNumbers(item, change))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapNumbers(item, change)]))
  }
  return value
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
