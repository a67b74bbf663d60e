/**
 * Where a text stops being JSON, in words a person can act on: line, column and what stands there. For texts that
 * `JSON.parse` refuses; its own messages differ between releases of Node and often lack the place.
 */
export const jsonFault = (text: string): string => {
  const at = firstFault(text)
  if (at >= text.length) return 'The body is not JSON: it ends before the value is complete.'
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const column = at - before.lastIndexOf('\n')
  const found = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))
  return `The body is not JSON: unexpected ${found} at line ${line}, column ${column}.`
}

type State = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'after'

const literal =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const blank = /[ \t\n\r]*/y

/** Offset of the first character that cannot stand where it does; the text's length when more is expected. */
const firstFault = (text: string): number => {
  const open: string[] = []
  let state: State = 'value'
  let at = skip(text, 0)
  while (at < text.length) {
    const char = text.charAt(at)
    const closes = char === (open.at(-1) === '{' ? '}' : ']') && open.length > 0
    let next = at + 1
    if (state === 'after' && open.length === 0) return at
    if (closes && (state === 'after' || state === 'valueOrEnd' || state === 'nameOrEnd')) {
      open.pop()
      state = 'after'
    } else if (state === 'after' && char === ',') {
      state = open.at(-1) === '{' ? 'name' : 'value'
    } else if (state === 'colon' && char === ':') {
      state = 'value'
    } else if ((state === 'value' || state === 'valueOrEnd') && (char === '{' || char === '[')) {
      open.push(char)
      state = char === '{' ? 'nameOrEnd' : 'valueOrEnd'
    } else {
      const isName: boolean = state === 'name' || state === 'nameOrEnd'
      if (state === 'after' || state === 'colon' || (isName && char !== '"')) return at
      next = matchEnd(literal, text, at)
      if (next === at) return char === '"' ? stringFault(text, at) : at
      state = isName ? 'colon' : 'after'
    }
    at = skip(text, next)
  }
  return text.length
}

/** The character inside an opened string that breaks it; the text's length when it is never closed. */
const stringFault = (text: string, start: number): number => {
  const inside = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  return matchEnd(inside, text, start)
}

const skip = (text: string, at: number): number => matchEnd(blank, text, at)

const matchEnd = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}
