/** What a look at the form of a JSON text shows; places are offsets into it. */
export type JsonScan = {
  /** The first character that cannot stand where it does; the text's length where more is expected; `null` = the text is JSON. */
  readonly fault: number | null
  /** Names of properties that their object has already, the first few: `JSON.parse` takes the last of each and says nothing. */
  readonly doubled: readonly number[]
}

/** Where an offset is, both counted from 1. */
export type TextPlace = { readonly line: number; readonly column: number }

/** The line and column of an offset. */
export function placeOf(text: string, at: number): TextPlace {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

/** Doubled names beyond these are not listed. */
const MOST_DOUBLED = 20
/** Tokens between two pauses: some tenths of a millisecond. */
const PAUSE_EVERY = 1_000

type State = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'after'

const literal =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const blank = /[ \t\n\r]*/y

/** Looks through a text in steps, so that a long one need not hold up other work. */
export function* scanJson(text: string): Generator<void, JsonScan> {
  const open: { readonly close: '}' | ']'; readonly names: Set<string> }[] = []
  const doubled: number[] = []
  const found = (fault: number | null): JsonScan => ({ fault, doubled })
  let state: State = 'value'
  let at = skip(text, 0)
  for (let token = 1; at < text.length; token += 1) {
    if (token % PAUSE_EVERY === 0) yield
    const char = text.charAt(at)
    const inner = open.at(-1)
    let next = at + 1
    if (state === 'after' && inner === undefined) return found(at)
    if (char === inner?.close && (state === 'after' || state === 'valueOrEnd' || state === 'nameOrEnd')) {
      open.pop()
      state = 'after'
    } else if (state === 'after' && char === ',') {
      state = inner?.close === '}' ? 'name' : 'value'
    } else if (state === 'colon' && char === ':') {
      state = 'value'
    } else if ((state === 'value' || state === 'valueOrEnd') && (char === '{' || char === '[')) {
      open.push({ close: char === '{' ? '}' : ']', names: new Set() })
      state = char === '{' ? 'nameOrEnd' : 'valueOrEnd'
    } else {
      const isName: boolean = state === 'name' || state === 'nameOrEnd'
      if (state === 'after' || state === 'colon' || (isName && char !== '"')) return found(at)
      next = matchEnd(literal, text, at)
      if (next === at) return found(char === '"' ? stringFault(text, at) : at)
      if (isName && inner !== undefined && !isNew(inner.names, text.slice(at, next)) && doubled.length < MOST_DOUBLED) {
        doubled.push(at)
      }
      state = isName ? 'colon' : 'after'
    }
    at = skip(text, next)
  }
  return found(state === 'after' && open.length === 0 ? null : text.length)
}

/** Notes a name as it reads, however it is spelt. */
function isNew(names: Set<string>, spelt: string): boolean {
  const name = spelt.includes('\\') ? String(JSON.parse(spelt)) : spelt.slice(1, -1)
  const before = names.size
  return names.add(name).size > before
}

/** The character inside an opened string that breaks it; the text's length when it is never closed. */
function stringFault(text: string, start: number): number {
  const inside = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
  return matchEnd(inside, text, start)
}

function skip(text: string, at: number): number {
  return matchEnd(blank, text, at)
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return at + (pattern.exec(text)?.[0].length ?? 0)
}
