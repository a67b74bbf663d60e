/** A table in Markdown. A bar in a cell would end it, so it is escaped. */
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

/** Names as code, one after the other. */
export const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** A long table that opens on demand. */
export const folded = (summary: string, table: string): readonly string[] => [
  '<details>',
  `<summary>${summary}</summary>`,
  '',
  table,
  '',
  '</details>',
]
