import type { Datasource } from './catalogue.js'
import { findField, METADATA } from './catalogue.js'
import type { Draft } from './question.js'
import type { Window } from './span.js'

/** One data point as it came. */
export type Row = Readonly<Record<string, unknown>>

/** A key of rows that holds a figure. */
export type Figure = {
  readonly key: string
  /** `count` unless the column has another. */
  readonly unit: string
  /** Absent rows mean 0: a sum or a count of none. Otherwise nothing is known where there is no row. */
  readonly additive: boolean
}

/** An answer with what its keys mean. */
export type Answer = {
  readonly draft: Draft
  readonly window: Window
  /** Epoch ms: when it was asked. Later buckets have not begun. */
  readonly askedAt: number
  readonly rows: readonly Row[]
  /** Keys of group values, as grouped. */
  readonly groups: readonly string[]
  readonly figures: readonly Figure[]
}

const STAMPS = ['startTimestamp', 'endTimestamp']

/** Reads what the keys of an answer's rows mean from the question and the catalogue. */
export const readAnswer = (
  draft: Draft,
  { window, askedAt }: Pick<Answer, 'window' | 'askedAt'>,
  rows: readonly Row[],
  datasource: Datasource | undefined,
): Answer => {
  const groups = [...new Set(draft.groupBy.map((name) => groupKey(name, datasource)))]
  const units = new Map(draft.aggregations.map((one) => [figureKey(one.type, one.column), unitOf(one, datasource)]))
  const keys = new Set(rows.length > 0 ? rows.slice(0, 100).flatMap((row) => Object.keys(row)) : ['total'])
  const figures = [...keys]
    .filter((key) => !groups.includes(key) && !STAMPS.includes(key))
    .map((key) => ({ key, unit: units.get(key) ?? 'count', additive: /^(total$|sum|count(?!Distinct))/.test(key) }))
  return { draft, window, askedAt, rows, groups, figures }
}

/** The values of a row's groups as a key: equal for equal values alone. */
export const groupId = (row: Row, groups: readonly string[]): string =>
  JSON.stringify(groups.map((key) => row[key] ?? null))

/** Names for people of rows of different groups: their values, in quotes where two would read alike. */
export const groupNames = (rows: readonly Row[], groups: readonly string[]): readonly string[] => {
  const values = rows.map((row) => groups.map((key) => row[key] ?? null))
  const plain = values.map((one) => one.map(String).join(' · '))
  const times = new Map<string, number>()
  for (const name of plain) times.set(name, (times.get(name) ?? 0) + 1)
  const isDoubled = times.size < plain.length
  return plain.map((name, at) =>
    // A value that holds quotes itself must not read as one that was put into them.
    (times.get(name) ?? 0) > 1 || (isDoubled && name.includes('"'))
      ? (values[at] ?? []).map((value) => JSON.stringify(value)).join(' · ')
      : name,
  )
}

/** Names cut to a length, but for those that would then read alike. */
export const cutNames = (names: readonly string[], most: number): readonly string[] => {
  const cut = names.map((name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name))
  return names.map((name, at) => {
    const short = cut[at] ?? name
    return cut.indexOf(short) === cut.lastIndexOf(short) ? short : name
  })
}

const groupKey = (name: string, datasource: Datasource | undefined): string =>
  name.startsWith(METADATA) || datasource === undefined ? name : (findField(datasource, name)?.responseKey ?? name)

const figureKey = (type: string, column: string): string =>
  `${type}${column.slice(0, 1).toUpperCase()}${column.slice(1)}`

const unitOf = ({ type, column }: { type: string; column: string }, datasource: Datasource | undefined): string => {
  if (type === 'count' || type === 'countDistinct') return 'count'
  return datasource?.columns.find(({ name }) => name === column)?.unit ?? 'count'
}
