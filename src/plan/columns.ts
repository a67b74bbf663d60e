import type { Group, MeasureKey, Plan } from './plan.js'

/** The measures of the table that a plan yields. */
export function measuresIn(plan: Plan): readonly MeasureKey[] {
  switch (plan.op) {
    case 'call':
      return plan.read.takes.map((take) => take.measure)
    case 'merge':
    case 'add':
      return plan.parts.flatMap(measuresIn)
    case 'minus':
      return measuresIn(plan.whole)
    case 'subtract':
      return measuresIn(plan.part)
    case 'each':
    case 'pair':
      return measuresIn(plan.body)
    case 'rebucket':
    case 'keep':
    case 'spread':
      return measuresIn(plan.of)
    case 'fold':
      return [...measuresIn(plan.of), ...plan.counts.map(({ measure }) => measure)]
    case 'guard':
      return [...measuresIn(plan.of), plan.measure]
    case 'balance':
      return measuresIn(plan.of)
    case 'empty':
      return plan.measures
  }
}

/** The groups of the table that a plan yields. */
export function groupsIn(plan: Plan): readonly Group[] {
  switch (plan.op) {
    case 'call':
      return plan.read.kind === 'rows' || plan.read.kind === 'split' ? [plan.read.group] : []
    case 'merge':
    case 'add':
      return plan.parts[0] ? groupsIn(plan.parts[0]) : []
    case 'minus':
      return groupsIn(plan.whole)
    case 'subtract':
      return groupsIn(plan.part)
    case 'each':
      return [...(plan.how.kind === 'group' ? [plan.how.group] : []), ...groupsIn(plan.body)]
    case 'pair':
      return groupsIn(plan.body)
    case 'rebucket':
    case 'keep':
    case 'guard':
    case 'balance':
      return groupsIn(plan.of)
    case 'fold':
      return groupsIn(plan.of).filter((group) => group.id !== plan.group.id)
    case 'spread':
      return [...groupsIn(plan.of).filter((group) => group.id !== plan.from.id), ...plan.to]
    case 'empty':
      return []
  }
}
