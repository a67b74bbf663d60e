import { placeOf, scanJson } from '../query/json-scan.js'

/**
 * Where a text stops being JSON, in words a person can act on: line, column and what stands there. For texts that
 * `JSON.parse` refuses; its own messages differ between releases of Node and often lack the place.
 */
export const jsonFault = (text: string): string => {
  const at = firstFault(text)
  if (at >= text.length) return 'The body is not JSON: it ends before the value is complete.'
  const { line, column } = placeOf(text, at)
  const found = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))
  return `The body is not JSON: unexpected ${found} at line ${line}, column ${column}.`
}

const firstFault = (text: string): number => {
  const steps = scanJson(text)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value.fault ?? text.length
  }
}
