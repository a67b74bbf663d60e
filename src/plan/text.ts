import { dimensionId } from '../catalog/dimensions.js'
import { endpointId } from './capabilities.js'
import type { CallNode, Plan, Values } from './plan.js'

/** A plan as indented lines for people: one node a line, its parts below it. */
export function planText(plan: Plan): string {
  return lines(plan).join('\n')
}

function lines(plan: Plan): readonly string[] {
  switch (plan.op) {
    case 'call':
      return [`call ${callText(plan)}`]
    case 'merge':
    case 'add':
      return [plan.op, ...plan.parts.flatMap((part) => indented(part))]
    case 'minus':
      return ['minus', ...indented(plan.whole, 'whole: '), ...indented(plan.part, 'part: ')]
    case 'subtract':
      return [
        `subtract: the unattributed of ${plan.group.id}`,
        ...indented(plan.part, 'part: '),
        ...(plan.whole ? indented(plan.whole, 'if there are any, whole: ') : []),
      ]
    case 'each': {
      const { source, how } = plan
      const over = source.kind === 'literal' ? source.items.map((item) => String(item.value)).join(', ') : 'a listing'
      const manner =
        how.kind === 'group' ? 'one run a value' : how.kind === 'sum' ? 'one run a value, added up' : 'all at once'
      return [
        `each ${plan.slot} of ${over}: ${manner}`,
        ...(source.kind === 'listing' ? indented(source.of, 'over: ') : []),
        ...indented(plan.body),
      ]
    }
    case 'pair':
      return [
        `pair with ${plan.source.kind === 'known' ? 'every provider known, verified' : `the ${plan.field} listed`}`,
        ...(plan.source.kind === 'listing' ? indented(plan.source.of, 'over: ') : []),
        ...indented(plan.body),
      ]
    case 'rebucket':
      return [`rebucket into ${plan.edges.length - 1}`, ...indented(plan.of)]
    case 'keep':
      return [
        `keep ${plan.group.id}${plan.negated ? ' but' : ''} ${JSON.stringify(plan.tests.map(({ predicate }) => predicate))}`,
        ...indented(plan.of),
      ]
    case 'fold':
      return [
        `fold ${plan.group.id}${plan.counts.map(({ measure }) => ` → ${measure}`).join('')}`,
        ...indented(plan.of),
      ]
    case 'spread':
      return [`spread ${plan.from.id} into ${plan.to.map(({ id }) => id).join(', ')}`, ...indented(plan.of)]
    case 'guard':
      return [`guard: ${plan.measure} is every request`, ...indented(plan.listing, 'listing: '), ...indented(plan.of)]
    case 'empty':
      return ['empty: nothing can match']
  }
}

function indented(plan: Plan, label = ''): readonly string[] {
  return lines(plan).map((line, index) => (index === 0 ? `  ${label}${line}` : `  ${line}`))
}

function callText(call: CallNode): string {
  const name =
    call.endpoint.kind === 'metadataGroup' ? `groups/metadata/${call.endpoint.key}` : endpointId(call.endpoint)
  const window = `${new Date(call.window.start).toISOString()}/${new Date(call.window.end).toISOString()}`
  const where = call.where.constraints.map(({ dimension, values }) => `${dimensionId(dimension)}=${valuesText(values)}`)
  const ranges = Object.entries(call.where.ranges).map(
    ([name, range]) => `${name} ${range?.min ?? ''}..${range?.max ?? ''}`,
  )
  const filters = [...where, ...ranges].join(' ')
  const { read } = call
  const takes = read.takes
    .map((take) => (take.from === 'average' ? `${take.measure} (avg × requests)` : take.measure))
    .join(', ')
  const manner =
    read.kind === 'rows'
      ? `rows by ${read.group.id}`
      : read.kind === 'points'
        ? `points of ${read.step / 1000} s`
        : read.kind
  return [name, window, filters, `→ ${manner}: ${takes}`].filter((part) => part !== '').join(' ')
}

function valuesText(values: Values): string {
  if (values.kind === 'slot') return `{${values.slot}}`
  return values.values.length > 5
    ? `${values.values.slice(0, 5).join('|')}|…${values.values.length}`
    : values.values.join('|')
}
