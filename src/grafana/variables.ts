import { fieldsOf } from './record.js'

/** What the dashboard's variables hold, as the request carries them (older plugins send those of repeated panels alone). */
export type Variables = ReadonlyMap<string, readonly string[]>

/** Reads `scopedVars`: `{ team: { text, value } }`. */
export function readVariables(value: unknown): Variables {
  const entries = [...(fieldsOf(value) ?? [])].flatMap(([name, content]) => {
    const held = fieldsOf(content)?.get('value')
    const values = Array.isArray(held) ? held : [held]
    return held === undefined ? [] : [[name, values.filter(isScalar).map(String)] as const]
  })
  return new Map(entries)
}

/** The name in a text that is a variable and nothing else, which Grafana did not fill in; `null` for any other text. */
export function referenceIn(text: string): string | null {
  return (
    REFERENCE.exec(text.trim())
      ?.slice(1)
      .find((part) => part !== undefined) ?? null
  )
}

/** `$name`, `${name}`, `${name:format}`, `[[name]]`. */
const REFERENCE = /^(?:\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[(\w+)(?::[^\]]+)?\]\])$/

/** Whether something is a text, a number or a boolean: what a variable can hold. */
export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
