/** Own properties of a JSON object. A Map, so that no name (`__proto__`, `constructor`) is special. */
export type Fields = ReadonlyMap<string, unknown>

/** The properties of a JSON object; `null` for anything else. Grafana sends many that nobody here reads. */
export function fieldsOf(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return new Map(Object.entries(value).filter(([, content]) => content !== undefined && content !== null))
}

/** The items of an array, or of one that was left out; `null` for anything else. */
export function itemsOf(value: unknown): readonly unknown[] | null {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : null
}
