import type { Tiles, Wanted } from '../cache/points.js'
import type { Lesson } from '../plan/capabilities.js'
import type { CallNode, Plan } from '../plan/plan.js'
import type { Tracing } from '../plan/trace.js'
import type { Answer } from '../portkey/answer.js'
import type { Call } from '../portkey/call.js'
import type { Table } from './table.js'

/** What a run works with. One run belongs to one question and one moment. */
export type Run = {
  /** Asks one call for a node; equal calls of a question are asked once. */
  readonly fetch: (call: Call, node: CallNode) => Promise<Answer>
  /** Whether a call's URL is short enough to travel. */
  readonly fits: (call: Call) => boolean
  readonly clock: Clock
  readonly preciseAverages: boolean
  /** Takes note of what an answer shows about the deployment beside its numbers. */
  readonly notice: (lesson: Lesson) => void
  /** Nothing can still arrive in the window of the question. */
  readonly settled: boolean
  /** Whether unsettled parts that were used so far are of different moments because some were held. */
  readonly torn: () => boolean
  /** Whether the answer to a call is held, so that asking for it costs nothing. */
  readonly holds: (call: Call) => boolean
  /** Points of a graph that are held from other windows. */
  readonly tiles: (call: Call, wanted: Pick<Wanted, 'span' | 'step' | 'fields' | 'stale'>) => Tiles | null
  /** The same run, but nothing that was asked for before this moment counts. */
  readonly afresh: () => Run
  /** Whether expired answers are good enough, for there are no others. */
  readonly stale: boolean
  /** Takes note of held points that became part of the answer. */
  readonly used: (tiles: Tiles) => void
  /** Whether the deployment was seen to have every endpoint that a plan is expected to ask; parts that run only under a condition aside. */
  readonly isKnown: (plan: Plan) => boolean
  /** Throws when so many further calls are more than the question may make. */
  readonly afford: (calls: number) => void
  /** Where each node's figures go, when somebody wants to see them. */
  readonly trace?: Tracing
}

/** Values bound by the `each` nodes around a plan. */
export type Slots = ReadonlyMap<string, readonly string[]>

/** The moment of a question, epoch ms: all its calls share it. */
export type Clock = { readonly now: number; readonly settledUntil: number }

/** Runs a part of a plan; handed down so that the operators need not know each other. */
export type RunPart = (plan: Plan, slots: Slots, run: Run) => Promise<Table>
