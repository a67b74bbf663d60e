import type { FilterView, PlanNode } from './view.js'
import { listText } from './words.js'

/** A plan as indented lines for people: one node a line, its parts below it. Says nothing that the view does not. */
export function planText(node: PlanNode): string {
  return linesOf(node).join('\n')
}

function linesOf(node: PlanNode): readonly string[] {
  return [lineOf(node), ...node.parts.flatMap((part) => linesOf(part).map((line) => `  ${line}`))]
}

function lineOf({ as, when, op, does, ...rest }: PlanNode): string {
  const role = [as, when === undefined ? undefined : `only ${when}`].filter((text) => text !== undefined).join(', ')
  const what = op === 'call' ? callText(rest) : op
  return oneLine(`${role === '' ? '' : `${role}: `}${what}: ${does} (${factsOf(rest)})`)
}

/** Keys and values are anyone's choice: what would break or hide a line is written out. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}

function callText({ endpoint, window, filters = [], columns = [] }: Partial<PlanNode>): string {
  const conditions = filters.map(filterText)
  return [
    `call ${endpoint}`,
    ...(window ? [`${short(window.start)}/${short(window.end)}`] : []),
    ...(conditions.length === 0 ? [] : [`where ${conditions.join(' and ')}`]),
    ...(columns.length === 0 ? [] : [`with ${columns.join(', ')}`]),
  ].join(' ')
}

/** An instant without the seconds and milliseconds that it does not have. */
function short(instant: string): string {
  return instant.replace(/(:00)?\.000Z$/, 'Z')
}

function filterText(filter: FilterView): string {
  if ('values' in filter) return `${filter.on}=${listText(filter.values)}`
  if ('slot' in filter) return `${filter.on}={${filter.slot}}`
  return `${filter.on}=${filter.min ?? ''}..${filter.max ?? ''}`
}

function factsOf({
  exactness,
  estimatedCalls,
  shared,
  actual,
}: Pick<PlanNode, 'exactness' | 'estimatedCalls' | 'shared' | 'actual'>): string {
  const expected = shared
    ? 'the same call as above'
    : `${estimatedCalls === 0 ? 'no call' : counted(estimatedCalls, 'call')} expected`
  if (!actual) return `${expected}, ${exactness}`
  const { calls, rows, ms, runs, cached } = actual
  const went =
    runs === 0
      ? 'not run'
      : [
          `${calls} sent${cached ? ', held already' : ''}`,
          counted(rows, 'row'),
          `${ms} ms`,
          ...(runs === 1 ? [] : [counted(runs, 'run')]),
        ].join(', ')
  return `${expected}, ${went}, ${exactness}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
