import { hash } from 'node:crypto'
import { isOutage, ServiceError } from '../errors.js'
import { type Doubts, NO_DOUBTS, placeOf } from '../plan/capabilities.js'
import { partsOf } from '../plan/parts.js'
import type { Plan } from '../plan/plan.js'
import { planWithin } from '../plan/too-expensive.js'
import { GROUP_NAMES } from '../portkey/call.js'
import { queryKey } from '../query/canonical.js'
import type { Query, Window } from '../query/query.js'
import { callOf } from './call.js'
import { add } from './combine.js'
import { summed } from './ledger.js'
import { type Answered, type Asking, answerQuestion, knowledgeOf } from './question.js'

/** What was settled of a question when it was last asked as a whole: `[start, end)`, epoch ms. */
export type Slides = {
  /** By question and scope, whatever the window. */
  readonly get: (key: string) => Window | undefined
  readonly set: (key: string, settled: Window) => void
}

/**
 * Answers a question as `answerQuestion` does, but looks first for a plan, dearer when nothing is held, that is cheaper now. Without
 * groups that is one of graphs alone, whose points other windows may have brought. A timeseries is asked as a whole the first time;
 * when it comes again with its window moved on, what had settled by then is held, and each later bucket is asked by itself.
 */
export async function answerSliding(query: Query, asking: Asking, scope: string, slides: Slides): Promise<Answered> {
  try {
    return await answerCheaply(query, asking, scope, slides)
  } catch (error) {
    const held = isOutage(error) && !asking.traced ? await expired(query, asking) : null
    if (held === null) throw error
    return held
  }
}

/** The answer of whatever is held, good or expired: by the plan that was meant, or by points of graphs. `null` where there is none. */
async function expired(query: Query, asking: Asking): Promise<Answered | null> {
  const standIn: Asking = {
    ...asking,
    stale: true,
    fetch: async (call) => {
      const part = asking.standIn(call)
      if (part === null) throw new NotHeld('nothing may stand in')
      return part
    },
  }
  return (await unlessMissing(query, standIn)) ?? (await unlessMissing(query, { ...standIn, doubts: GRAPHS_ALONE }))
}

async function answerCheaply(query: Query, asking: Asking, scope: string, slides: Slides): Promise<Answered> {
  const whole = () => answerQuestion(query, asking)
  if (asking.traced || asking.refresh) return whole()
  if (query.groupBy.length === 0) {
    const held = await heldWhole(query, { ...asking, doubts: GRAPHS_ALONE })
    if (held !== null) return held
  }
  if (query.interval === null) return whole()
  const { edges, calls } = planned(query, asking)
  if (edges === null || calls < 2) return whole()
  const key = hash('sha256', JSON.stringify([scope, queryKey({ ...query, window: { start: 0, end: 0 } })]))
  const settled = slides.get(key)
  const answered =
    settled === undefined || query.window.start < settled.start
      ? null
      : ((await heldWhole(query, asking)) ?? (await inSlices(query, asking, { edges, since: settled.end, calls })))
  if (answered !== null) return answered
  // Whole buckets alone: what lies between the last of them and the end of the window is asked again with its bucket.
  const end = edges.findLast((edge) => edge <= Math.min(asking.settledUntil, query.window.end)) ?? query.window.start
  if (end > query.window.start) slides.set(key, { start: query.window.start, end })
  return whole()
}

/** What would have to be asked is not held. */
class NotHeld extends Error {}

/** Calls upstream that the part before the slices may take: a listing of values is of a window that nobody asked for yet. */
const headCalls = (query: Query): number => (query.groupBy.length > 0 ? 2 : 0)

/** Nothing is listed. */
const GRAPHS_ALONE: Doubts = {
  ...NO_DOUBTS,
  missing: new Set(GROUP_NAMES.map((name) => placeOf({ kind: 'group', name }))),
}

type Sliding = { readonly edges: readonly number[]; readonly since: number; readonly calls: number }

/** The answer in slices, or `null` where that is dearer than the whole or turns out not to be possible. */
async function inSlices(query: Query, asking: Asking, { edges, since, calls }: Sliding): Promise<Answered | null> {
  const { window } = query
  const part = (start: number, end: number): Query => {
    const slice: Window = { start: Math.max(start, window.start), end: Math.min(end, window.end) }
    return { ...query, window: slice }
  }
  const later = edges.flatMap((edge, index) => {
    const end = edges[index + 1]
    return edge < since || end === undefined ? [] : [part(edge, end)]
  })
  try {
    const price = later.reduce((sum, slice) => sum + unheldCalls(slice, asking), 0)
    const early = window.start < since
    // Every moment of the window is in just one part.
    if (later[0]?.window.start !== (early ? since : window.start)) return null
    if (price + (early ? headCalls(query) : 0) >= calls) return null
    const head = early ? [await answerQuestion(part(window.start, since), heldBut(headCalls(query), asking))] : []
    const slices = [...head, ...(await Promise.all(later.map((slice) => answerQuestion(slice, asking))))]
    return joined(query, asking, slices)
  } catch (error) {
    // Whatever a slice cannot be answered for, the whole is asked: it says why, or needs no such thing.
    if (error instanceof NotHeld || (error instanceof ServiceError && !isOutage(error))) return null
    throw error
  }
}

/** One answer of slices whose buckets follow each other; `null` where they do not say the same things. */
function joined(query: Query, asking: Asking, slices: readonly Answered[]): Answered | null {
  const [first, ...others] = slices
  const names = JSON.stringify(first?.planned.outputs)
  if (first === undefined || others.some((other) => JSON.stringify(other.planned.outputs) !== names)) return null
  return {
    ...first,
    planned: { ...first.planned, edges: planned(query, asking).edges },
    table: add(slices.map(({ table }) => table)),
    parts: summed(slices.map(({ parts }) => parts)),
    planMs: slices.reduce((sum, { planMs }) => sum + planMs, 0),
    repairs: slices.flatMap(({ repairs }) => repairs),
  }
}

/** The whole answer, if all of it is held. */
const heldWhole = (query: Query, asking: Asking): Promise<Answered | null> => unlessMissing(query, heldBut(0, asking))

/** The answer, or `null` where something of it is not held or the upstream cannot give it so. */
async function unlessMissing(query: Query, asking: Asking): Promise<Answered | null> {
  try {
    return await answerQuestion(query, asking)
  } catch (error) {
    if (error instanceof NotHeld || error instanceof ServiceError) return null
    throw error
  }
}

/** Asks upstream so many calls at most, and throws `NotHeld` beyond. */
function heldBut(most: number, asking: Asking): Asking {
  let asked = 0
  return {
    ...asking,
    fetch: async (call, notBefore) => {
      if (!asking.holds(call, notBefore)) {
        asked += 1
        if (asked > most) throw new NotHeld('more is not held than may be asked for')
      }
      return asking.fetch(call, notBefore)
    },
  }
}

/** Calls that one slice takes, less those that are held; where values must be listed first, as many as are expected. */
function unheldCalls(slice: Query, asking: Asking): number {
  const { root, calls } = planned(slice, asking)
  const nodes = callNodes(root())
  if (nodes === null) return calls
  return nodes.filter((node) => !asking.holds(callOf(node, new Map()), () => 0)).length
}

/** The calls of a plan that lists nothing first; `null` for any other. */
function callNodes(plan: Plan): readonly Extract<Plan, { op: 'call' }>[] | null {
  if (plan.op === 'call') return [plan]
  if (plan.op === 'each' || plan.op === 'pair') return null
  const parts = partsOf(plan).flatMap((part) => (part.when === null ? [callNodes(part.plan)] : []))
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? [])
}

function planned(query: Query, asking: Asking) {
  return planWithin(query, knowledgeOf(asking, NO_DOUBTS), asking.maxCalls)
}
