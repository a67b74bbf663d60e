import type { Plan } from './plan.js'

/** What running one node came to, over all its runs. */
export type Figures = {
  /** How often it ran: more than once inside an `each`. */
  readonly runs: number
  /** Rows of its tables, summed over the runs. */
  readonly rows: number
  /** Milliseconds, summed over the runs; runs at the same time each count whole. */
  readonly ms: number
  /** Answers it asked for, and the HTTP requests that were sent for them: 0 where they were held already. */
  readonly asked: number
  readonly calls: number
}

/** Figures of the nodes that ran, by the node itself: equal nodes at two places are two. */
export type Trace = ReadonlyMap<Plan, Figures>

/** What a run writes its trace into. */
export type Tracing = Map<Plan, Figures>

/** Notes one run of a node. */
export function noteRun(trace: Tracing, plan: Plan, rows: number, ms: number): void {
  const { runs, rows: before, ms: spent, ...rest } = trace.get(plan) ?? NOTHING
  trace.set(plan, { ...rest, runs: runs + 1, rows: before + rows, ms: spent + ms })
}

/** Notes an answer that a node asked for and the HTTP requests it took. */
export function noteAnswer(trace: Tracing, plan: Plan, requests: number): void {
  const { asked, calls, ...rest } = trace.get(plan) ?? NOTHING
  trace.set(plan, { ...rest, asked: asked + 1, calls: calls + requests })
}

/** Figures of a node that has not run. */
export const NOTHING: Figures = { runs: 0, rows: 0, ms: 0, asked: 0, calls: 0 }
