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
  readonly rows: readonly Row[]
  /** Keys of group values, as grouped. */
  readonly groups: readonly string[]
  readonly figures: readonly Figure[]
}

const STAMPS = ['startTimestamp', 'endTimestamp']

/** Reads what the keys of an answer's rows mean from the question and the catalogue. */
export const readAnswer = (
  draft: Draft,
  window: Window,
  rows: readonly Row[],
  datasource: Datasource | undefined,
): Answer => {
  const groups = [...new Set(draft.groupBy.map((name) => groupKey(name, datasource)))]
  const units = new Map(draft.aggregations.map((one) => [figureKey(one.type, one.column), unitOf(one, datasource)]))
  const keys = new Set(rows.length > 0 ? rows.slice(0, 100).flatMap((row) => Object.keys(row)) : ['total'])
  const figures = [...keys]
    .filter((key) => !groups.includes(key) && !STAMPS.includes(key))
    .map((key) => ({ key, unit: units.get(key) ?? 'count', additive: /^(total$|sum|count(?!Distinct))/.test(key) }))
  return { draft, window, rows, groups, figures }
}

/** The values of a row's groups, as a name for people. */
export const groupName = (row: Row, groups: readonly string[]): string =>
  groups.map((key) => nameOf(row[key])).join(' · ')

const nameOf = (value: unknown): string => (value === null || value === undefined ? 'null' : String(value))

const groupKey = (name: string, datasource: Datasource | undefined): string =>
  name.startsWith(METADATA) || datasource === undefined ? name : (findField(datasource, name)?.responseKey ?? name)

const figureKey = (type: string, column: string): string =>
  `${type}${column.slice(0, 1).toUpperCase()}${column.slice(1)}`

const unitOf = ({ type, column }: { type: string; column: string }, datasource: Datasource | undefined): string => {
  if (type === 'count' || type === 'countDistinct') return 'count'
  return datasource?.columns.find(({ name }) => name === column)?.unit ?? 'count'
}
