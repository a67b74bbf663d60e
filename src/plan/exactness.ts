import { isAdditive, labelOf, needsOneRow } from './measures.js'
import type { CallNode, EachNode, Plan } from './plan.js'
import { travelsInList } from './travel.js'
import { durationText } from './words.js'

/**
 * `exact`, or `exact if …` with what the run checks of this node itself, in words. Where a condition fails another plan is taken;
 * its parts have conditions of their own.
 */
export function exactnessOf(plan: Plan): string {
  const conditions = conditionsOf(plan)
  return conditions.length === 0 ? 'exact' : `exact if ${conditions.join(', and if ')}`
}

function conditionsOf(plan: Plan): readonly string[] {
  switch (plan.op) {
    case 'call':
      return ofCall(plan)
    case 'minus':
      return ['no cell of the part is more than that of the whole']
    case 'subtract': {
      if (plan.whole !== null && plan.indivisible.length > 0) return [`what has no ${plan.group.label} has no rows`]
      if (plan.alone !== null) return [`every request has ${plan.group.label}, or none has`]
      if (plan.whole !== null) return ['what has a value is nowhere more than the whole']
      const shown = plan.own ? ', or a row of the listing shows those that have none' : ''
      return [`every request has ${plan.group.label}${shown}`]
    }
    case 'each':
      return ofEach(plan)
    case 'pair':
      return plan.source.kind === 'known'
        ? ['these pairs account for all requests']
        : [`every ${plan.field} can travel in a comma separated list, or the others have no requests`]
    case 'guard':
      return [`no request of the window is left out of ${labelOf(plan.measure)}`]
    case 'balance':
      return [`the rows add up to ${labelOf(plan.measure)} in all`]
    case 'merge':
    case 'add':
    case 'rebucket':
    case 'keep':
    case 'fold':
    case 'spread':
    case 'empty':
      return []
  }
}

function ofCall({ endpoint, read }: CallNode): readonly string[] {
  const proofs = new Set(read.takes.flatMap((take) => (take.from === 'average' ? [take.proof] : [])))
  return [
    ...(read.kind === 'points' || (read.kind === 'split' && read.step !== null)
      ? [
          stepText(
            read.step ?? 0,
            read.takes.every((take) => isAdditive(take.measure)),
          ),
        ]
      : []),
    ...(read.kind === 'sum' && needsOneRow(read.takes) ? ['there is no more than one row'] : []),
    ...(read.kind === 'sum' && endpoint.kind === 'metadataGroup' ? ['the listing has rows'] : []),
    ...(proofs.has('tokens') ? ['averages times requests are whole and input and output add up to the total'] : []),
    ...(proofs.has('hits') ? ['hit rates times requests are whole, and their digits leave no other number'] : []),
    ...(proofs.has('precision') ? ['the averages are not rounded'] : []),
  ]
}

function stepText(step: number, additive: boolean): string {
  const finer = additive ? ', or in steps that divide it' : ''
  return `Portkey answers in steps of ${durationText(step)}${finer}`
}

function ofEach(node: EachNode): readonly string[] {
  const { check, field, how, most, source } = node
  return [
    ...(how.kind === 'unless' ? [`no request has such a ${field}`] : []),
    ...(most === null ? [] : [`no more than ${most} of them passes`]),
    ...(check === null ? [] : [`every request has ${field}`]),
    ...(travelsInList(node) && source.kind === 'listing' ? [`no ${field} holds a comma`] : []),
  ]
}
