import type { DataPoint } from '../engine.js'

/** The media type of what `csvOf` writes (RFC 7111 has the parameter). */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/**
 * Rows as CSV (RFC 4180): a line of column names, then a line a row, each ended by CRLF. Numbers are what JSON has, null is an empty
 * field and an empty text a quoted one. Texts are never altered, not even one that a spreadsheet would take for a formula: what is
 * read back must be what was asked for.
 */
export const csvOf = (columns: readonly string[], rows: readonly DataPoint[]): string => {
  const lines = rows.map((row) => columns.map((column) => fieldOf(row[column])).join(','))
  return `${[columns.map(quoted).join(','), ...lines].join('\r\n')}\r\n`
}

const fieldOf = (value: DataPoint[string] | undefined): string => {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
}

/** Quotes also what some readers would trim, and the empty text, which is not null. */
const quoted = (text: string): string =>
  text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
