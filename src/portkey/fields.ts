import { readInstant } from './instant.js'
import { malformed } from './malformed.js'
import { readNumber, type WireObject } from './wire.js'

/** One figure of an answer: our name, the wire names it may come under (the first found wins), and how it reads. */
export type FieldSpec = {
  readonly name: string
  readonly wire: readonly [string, ...string[]]
  readonly kind: FieldKind
  /** A row without it makes the answer malformed; an optional one that no row has is absent from the answer. */
  readonly required: boolean
}

/**
 * `requests`: a whole number ≥ 0, never null. `count`: the same, or null. `amount`: ≥ 0 or null. `signed`: any number or null.
 * `instant`: a stamp, read as epoch ms, or null.
 */
export type FieldKind = 'requests' | 'count' | 'amount' | 'signed' | 'instant'

/** An optional figure. */
export function optional(name: string, kind: FieldKind, ...wire: [string, ...string[]]): FieldSpec {
  return { name, wire, kind, required: false }
}

/** A figure that every form of the answer carries. */
export function required(name: string, kind: FieldKind, ...wire: [string, ...string[]]): FieldSpec {
  return { name, wire, kind, required: true }
}

/** One array a field, as long as `rows`. A field that only some rows have is malformed: absence is not zero. */
export function readColumns(
  rows: readonly WireObject[],
  specs: readonly FieldSpec[],
  path: string,
): Readonly<Record<string, readonly (number | null)[]>> {
  const columns: [string, readonly (number | null)[]][] = []
  for (const spec of specs) {
    const wire = spec.wire.find((name) => rows.some((row) => Object.hasOwn(row, name)))
    if (wire !== undefined) columns.push([spec.name, readColumn(rows, wire, spec.kind, path)])
    else if (spec.required && rows.length > 0)
      throw malformed(path, `${spec.wire[0]} is in none of ${rows.length} rows`)
    else if (spec.required) columns.push([spec.name, []])
  }
  return Object.fromEntries(columns)
}

/** The figures of one object, such as a summary. */
export function readFigures(
  object: WireObject,
  specs: readonly FieldSpec[],
  path: string,
): Readonly<Record<string, number | null>> {
  const columns = readColumns([object], specs, path)
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[0] ?? null]))
}

/** One figure by its kind; `undefined` when it does not read as one. */
export function readFigure(value: unknown, kind: FieldKind): number | null | undefined {
  if (value === null) return kind === 'requests' ? undefined : null
  if (kind === 'instant') return readInstant(value)
  const number = readNumber(value)
  if (number === undefined || (number < 0 && kind !== 'signed')) return undefined
  // Above 2^53 a count has already lost digits in parsing.
  return (kind === 'count' || kind === 'requests') && !Number.isSafeInteger(number) ? undefined : number
}

function readColumn(rows: readonly WireObject[], wire: string, kind: FieldKind, path: string): (number | null)[] {
  const column: (number | null)[] = []
  let missing = 0
  for (const row of rows) {
    if (!Object.hasOwn(row, wire)) missing += 1
    const figure = readFigure(row[wire], kind)
    if (figure !== undefined) column.push(figure)
  }
  const failed = rows.length - column.length - missing
  if (failed > 0) throw malformed(path, `${wire} is not ${KIND_WORDS[kind]} in ${failed} of ${rows.length} rows`)
  if (missing > 0) throw malformed(path, `${wire} is missing in ${missing} of ${rows.length} rows`)
  return column
}

const KIND_WORDS: Readonly<Record<FieldKind, string>> = {
  requests: 'a whole number from 0',
  count: 'a whole number from 0',
  amount: 'a number from 0',
  signed: 'a number',
  instant: 'a time',
}
