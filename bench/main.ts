import { coldRows, LATENCY_MS } from './cold.js'
import { lastResult } from './compare.js'
import { dashboard } from './dashboard.js'
import { planningRows, REFERENCE_RUNS } from './planning.js'

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Lines of a table of text: the first column to the left, the others to the right. */
const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

print(
  `Parsing and planning, beside ${REFERENCE_RUNS} × JSON.parse(JSON.stringify(the example's body)) in the same process:\n`,
)
const planning = planningRows().map(({ name, ratio, medianMs, p95Ms, target }) => [
  name,
  ratio.toFixed(2),
  medianMs.toFixed(3),
  p95Ms.toFixed(3),
  target === null ? '' : `< ${target}: ${medianMs < target ? 'yes' : 'NO'}`,
])
for (const line of aligned([['', '÷ reference', 'median ms', 'p95 ms', 'target ms'], ...planning])) print(line)
if (lastResult() === undefined) throw new Error('the work gave nothing')

print(`\nQuestions nobody asked before, over an upstream whose every answer takes ${LATENCY_MS} ms:\n`)
const cold = (await coldRows()).map(({ name, calls, rounds, pathMs, wallMs }) => [
  name,
  String(calls),
  String(rounds),
  String(pathMs),
  wallMs.toFixed(0),
  (wallMs / pathMs).toFixed(2),
])
for (const line of aligned([['', 'calls', 'rounds', 'rounds × latency ms', 'wall ms', '÷'], ...cold])) print(line)

print('\nA dashboard of twelve panels over 24 hours, refreshed every minute for two hours; upstream requests:\n')
const board = await dashboard()
const panels = board.panels.map(({ name, afresh, perRefresh }) => [name, String(afresh), perRefresh.toFixed(2)])
for (const line of aligned([
  ['', 'asked afresh', 'a refresh'],
  ...panels,
  ['all', String(board.afresh), board.mean.toFixed(2)],
])) {
  print(line)
}
const share = (100 * board.mean) / board.afresh
print(
  `\nfirst refresh ${board.first}, later ones ${board.mean.toFixed(2)} on average (${share.toFixed(1)} % of afresh), at most ${board.most}; ` +
    `${board.distinct} different endpoints and filters at the live edge`,
)
