import { assemblingRows, ROWS } from './assemble.js'
import { coldRows, LATENCY_MS } from './cold.js'
import { lastResult } from './compare.js'
import { dashboard } from './dashboard.js'
import { CONNECTIONS, hot } from './hot.js'
import { planningRows, REFERENCE_RUNS } from './planning.js'
import { aligned, type Print } from './print.js'
import { NOISE, refusalRows } from './refusals.js'

/** What assembling may take of the reference's time. */
const MOST_ASSEMBLING = 2

/** Prints every table of the benchmark, one after the other. */
export async function tables(print: Print): Promise<void> {
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
  const cold = (await coldRows()).map(({ name, calls, rounds, pathMs, wallMs, overMs }) => [
    name,
    String(calls),
    String(rounds),
    pathMs.toFixed(1),
    wallMs.toFixed(1),
    overMs.toFixed(1),
    `<= 5: ${overMs <= 5 ? 'yes' : 'NO'}`,
  ])
  for (const line of aligned([
    ['', 'calls', 'rounds', 'critical path ms', 'wall ms', 'over it ms', 'target ms'],
    ...cold,
  ]))
    print(line)

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

  print(`\nReplies of ${ROWS} rows, assembled and serialised, beside JSON.stringify of the same rows:\n`)
  const assembling = assemblingRows().map(({ name, ratio, medianMs, p95Ms, bytes }) => [
    name,
    ratio.toFixed(2),
    medianMs.toFixed(1),
    p95Ms.toFixed(1),
    String(bytes),
    `<= ${MOST_ASSEMBLING}: ${ratio <= MOST_ASSEMBLING ? 'yes' : 'NO'}`,
  ])
  for (const line of aligned([['', '÷ reference', 'median ms', 'p95 ms', 'bytes', 'target'], ...assembling]))
    print(line)

  print(
    `\nHeld replies over ${CONNECTIONS} connections, beside a bare Fastify route with the same schema sending the same bytes:\n`,
  )
  const held = await hot()
  const perSecond = [held.service, held.bare].map((count) => count.toFixed(0))
  const fastEnough = `>= 1: ${held.ratio >= 1 ? 'yes' : 'NO'}`
  for (const line of aligned([
    ['', 'replies/s', 'bare/s', 'replies ÷ bare', 'bytes', 'target'],
    ['the published example', ...perSecond, held.ratio.toFixed(2), String(held.replyBytes), fastEnough],
  ]))
    print(line)

  print('\nRefusals of wrong tokens, beside those of a random token that is as long as a good one:\n')
  const refusals = (await refusalRows()).map(({ name, sameLength, check, http }) => {
    const isLevel = [check, http].every((ratio) => Math.abs(ratio - 1) <= NOISE)
    return [name, check.toFixed(3), http.toFixed(3), sameLength ? `1 ± ${NOISE}: ${isLevel ? 'yes' : 'NO'}` : '']
  })
  for (const line of aligned([['', 'check alone', 'over HTTP', 'target'], ...refusals])) print(line)
}
