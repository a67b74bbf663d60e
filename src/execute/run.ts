import type { Plan } from '../plan/plan.js'
import { noteRun, type Tracing } from '../plan/trace.js'
import { runBalance } from './balance.js'
import { runCall } from './call.js'
import { add, fold, keep, merge, spread } from './combine.js'
import type { Run, Slots } from './context.js'
import { runEach } from './each.js'
import { together } from './findings.js'
import { runGuard } from './guard.js'
import { heldWindow, runRebucket } from './held-points.js'
import { runMinus } from './minus.js'
import { runPair } from './pair.js'
import { runSubtract } from './subtract.js'
import { type Table, tableOf } from './table.js'

/**
 * Runs a plan to its table. Independent parts run at once. Throws `Found` when an answer shows that the plan assumed too much,
 * and what `fetch` throws.
 */
export function runPlan(plan: Plan, slots: Slots, run: Run): Promise<Table> {
  return run.trace === undefined ? runNode(plan, slots, run) : runTraced(plan, slots, run, run.trace)
}

async function runTraced(plan: Plan, slots: Slots, run: Run, trace: Tracing): Promise<Table> {
  const began = performance.now()
  const table = await runNode(plan, slots, run)
  noteRun(trace, plan, table.size, performance.now() - began)
  return table
}

async function runNode(plan: Plan, slots: Slots, run: Run): Promise<Table> {
  switch (plan.op) {
    case 'call':
      return heldWindow(plan, slots, run) ?? runCall(plan, slots, run)
    case 'merge':
      return merge(await together(plan.parts.map((part) => runPlan(part, slots, run))), run.settled)
    case 'add':
      return add(await together(plan.parts.map((part) => runPlan(part, slots, run))))
    case 'minus':
      return runMinus(plan, slots, run, runPlan)
    case 'rebucket':
      return runRebucket(plan, slots, run, runPlan)
    case 'keep':
      return keep(await runPlan(plan.of, slots, run), plan)
    case 'fold':
      return fold(await runPlan(plan.of, slots, run), plan)
    case 'spread':
      return spread(await runPlan(plan.of, slots, run), plan)
    case 'each':
      return runEach(plan, slots, run, runPlan)
    case 'pair':
      return runPair(plan, slots, run, runPlan)
    case 'subtract':
      return runSubtract(plan, slots, run, runPlan)
    case 'guard':
      return runGuard(plan, slots, run, runPlan)
    case 'balance':
      return runBalance(plan, slots, run, runPlan)
    case 'empty':
      return tableOf([], plan.measures, [])
  }
}
