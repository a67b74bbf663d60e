/** What a member of a JSON object holds; `undefined` where it has none, or where `value` is no object. */
export const member = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? new Map(Object.entries(value)).get(key) : undefined

/** Whether a value is a JSON object; lists and `null` are none. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text, or `otherwise` where it is none. */
export const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)

/** The list, empty where it is none. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The texts of a list; all else in it is left out. */
export const texts = (value: unknown): readonly string[] => list(value).filter((one) => typeof one === 'string')

/** The value of a JSON text; `undefined` where it is none. */
export const parseJson = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}
