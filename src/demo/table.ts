/** Rows as aligned text under their keys: numbers to the right and with four decimals at most, all else to the left. */
export const table = (rows: readonly object[]): string => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => column(name, rows))
  const lines = [0, ...rows.map((_, at) => at + 1)].map((at) => columns.map((cells) => cells[at] ?? ''))
  return lines.map((line) => `  ${line.join('  ').trimEnd()}`).join('\n')
}

/** A name and its cells, one below the other, all of one width. */
const column = (name: string, rows: readonly object[]): readonly string[] => {
  const values = rows.map((row) => new Map<string, unknown>(Object.entries(row)).get(name))
  const cells = [name, ...values.map(cell)]
  const width = Math.max(...cells.map((text) => text.length))
  const numeric = values.every((value) => typeof value === 'number' || value === null)
  return cells.map((text) => (numeric ? text.padStart(width) : text.padEnd(width)))
}

const cell = (value: unknown): string =>
  typeof value === 'number' ? String(Math.round(value * 1e4) / 1e4) : String(value ?? 'null')
