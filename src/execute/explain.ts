import { NO_DOUBTS } from '../plan/capabilities.js'
import { partsOf } from '../plan/parts.js'
import type { Plan } from '../plan/plan.js'
import { planText } from '../plan/text.js'
import { planWithin } from '../plan/too-expensive.js'
import type { Trace } from '../plan/trace.js'
import { type PlanNode, viewOf } from '../plan/view.js'
import type { Query } from '../query/query.js'
import { callsOf } from './call.js'
import { type Asking, knowledgeOf } from './question.js'

/** A plan to look at: as JSON, as indented text, and the upstream calls it is expected to take. */
export type Explained = {
  readonly plan: PlanNode
  readonly text: string
  readonly estimatedCalls: number
}

/**
 * The plan that a question would be answered by, going by what is learnt so far. Nothing is asked upstream. Throws the 422 that the
 * question would get, as far as it shows without asking.
 */
export function explainQuestion(query: Query, asking: Asking): Explained {
  const plan = planWithin(query, knowledgeOf(asking, NO_DOUBTS), asking.maxCalls).root()
  refuseTooLong(plan, asking)
  return explained(plan, null)
}

/** A plan and, where it was run, how that went. */
export function explained(plan: Plan, trace: Trace | null): Explained {
  const node = viewOf(plan, trace)
  return { plan: node, text: planText(node), estimatedCalls: node.estimatedCalls }
}

/** Calls whose filters are known already must fit into URLs. */
function refuseTooLong(plan: Plan, asking: Asking): void {
  if (plan.op === 'call' && plan.where.constraints.every(({ values }) => values.kind === 'literal'))
    callsOf(plan, new Map(), asking.fits)
  for (const part of partsOf(plan)) if (part.when === null) refuseTooLong(part.plan, asking)
}
