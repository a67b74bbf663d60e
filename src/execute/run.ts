import type { Plan } from '../plan/plan.js'
import { noteRun, type Tracing } from '../plan/trace.js'
import { runCall } from './call.js'
import { add, fold, keep, merge, spread } from './combine.js'
import type { Run, Slots } from './context.js'
import { runEach } from './each.js'
import { Found, together } from './findings.js'
import { heldWindow, runRebucket } from './held-points.js'
import { lacksValue } from './hidden.js'
import { runMinus } from './minus.js'
import { runPair } from './pair.js'
import { runSubtract } from './subtract.js'
import { cellAt, type Table, tableOf } from './table.js'

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
      return runGuard(plan, slots, run)
    case 'balance':
      return runBalance(plan, slots, run)
    case 'empty':
      return tableOf([], plan.measures, [])
  }
}

/** The table of `of` with the guarded count equal to its requests, if nothing turns out to be without a value. */
async function runGuard(plan: Extract<Plan, { op: 'guard' }>, slots: Slots, run: Run): Promise<Table> {
  const [listing, table] = await together([runPlan(plan.listing, slots, run), runPlan(plan.of, slots, run)])
  if (await lacksValue(plan, listing, slots, run, runPlan)) throw new Found([{ kind: 'nulls', measure: plan.measure }])
  return { ...table, measures: new Map([...table.measures, [plan.measure, table.measures.get(plan.rowMeasure) ?? []]]) }
}

/** The listing, if what it multiplies back adds up to the whole: then no row was rounded, and none is hidden. */
async function runBalance(plan: Extract<Plan, { op: 'balance' }>, slots: Slots, run: Run): Promise<Table> {
  const [table, total] = await together([runPlan(plan.of, slots, run), runPlan(plan.total, slots, run)])
  const listed = (table.measures.get(plan.measure) ?? []).reduce((sum: number, cell) => sum + (cell ?? 0), 0)
  if (listed === (cellAt(total, plan.measure, 0) ?? 0)) return table
  throw new Found([{ kind: 'imprecise', endpoint: plan.of.endpoint, proof: 'hits' }])
}
