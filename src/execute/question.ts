import type { Tiles, Wanted } from '../cache/points.js'
import type { Part } from '../cache/upstream.js'
import { ServiceError } from '../errors.js'
import { type Capabilities, type Doubts, doubt, learn, NO_DOUBTS, remember } from '../plan/capabilities.js'
import type { Plan } from '../plan/plan.js'
import type { Knowledge, Planned } from '../plan/planner.js'
import { endpointsOf } from '../plan/price.js'
import { findingText, repairText } from '../plan/repairs.js'
import { planWithin, tooExpensive } from '../plan/too-expensive.js'
import { noteAnswer, type Trace, type Tracing } from '../plan/trace.js'
import type { Call } from '../portkey/call.js'
import { MissingEndpoint } from '../portkey/missing.js'
import type { Query } from '../query/query.js'
import type { Run } from './context.js'
import { Inconsistent } from './difference.js'
import { Found } from './findings.js'
import { openLedger, type Summary } from './ledger.js'
import { runPlan } from './run.js'
import type { Table } from './table.js'

/** The moment, epoch ms, before which an answer counts for nothing; `live`: of one whose data was unsettled then. */
export type NotBefore = (live: boolean) => number

/** What answering one question works with. */
export type Asking = {
  readonly knowledge: Omit<Knowledge, 'capabilities' | 'doubts'>
  readonly settledUntil: number
  /** The clock, epoch ms. */
  readonly now: () => number
  /** How old unsettled numbers may be, in ms. */
  readonly liveTtlMs: number
  readonly maxCalls: number
  /** What the scope was seen to have, now; and where what is learnt goes. */
  readonly capabilities: { readonly get: () => Capabilities; readonly set: (learnt: Capabilities) => void }
  /** The answer to a call, held or fetched; only what was asked for at or after `notBefore` (epoch ms) counts. */
  readonly fetch: (call: Call, notBefore: NotBefore) => Promise<Part>
  /** An answer that is held, good or expired; `null` when there is none that may stand in. */
  readonly standIn: (call: Call) => Part | null
  /** Whether `fetch` would ask nothing upstream. */
  readonly holds: (call: Call, notBefore: NotBefore) => boolean
  /** Points of a graph that are held from other windows. */
  readonly tiles: (call: Call, wanted: Omit<Wanted, 'now'>) => Tiles | null
  /** Nothing held is good enough. */
  readonly refresh: boolean
  /** HTTP requests sent for this question so far. */
  readonly sent: () => number
  /** Whether a call's URL is short enough to travel. */
  readonly fits: (call: Call) => boolean
  /** Equal calls have equal keys. */
  readonly keyOf: (call: Call) => string
  /** Whether expired answers are good enough, for there are no others. */
  readonly stale?: boolean
  /** What is doubted from the beginning; nothing unless told. */
  readonly doubts?: Doubts
  /** Whether the run of the plan is traced. */
  readonly traced?: boolean
}

/** An answered question, not yet shaped. */
export type Answered = {
  readonly planned: Planned
  readonly table: Table
  /** What its parts were. */
  readonly parts: Summary
  readonly planMs: number
  /** The plan that answered. */
  readonly plan: Plan
  /** How it went, if that was asked for. */
  readonly trace: Trace | null
  /** Why plans before it were given up, in words. */
  readonly repairs: readonly string[]
}

/** Plans are repaired as long as answers teach something; a deployment has far fewer surprises than this. */
const MOST_PLANS = 20

/**
 * Plans a question and runs it; where an answer shows that the plan assumed too much, plans it again with what was learnt.
 * Nothing is asked twice. Throws a `ServiceError`: what the upstream failed with, or a 422.
 */
export async function answerQuestion(query: Query, asking: Asking): Promise<Answered> {
  const asked = new Map<string, Promise<Part>>()
  let doubts = asking.doubts ?? NO_DOUBTS
  let started = 0
  const moment = asking.knowledge.now
  let notBefore: NotBefore = asking.refresh ? later(moment) : () => 0
  let ledger = openLedger(moment)
  let planMs = 0
  let refetched = false
  const repairs: string[] = []

  async function send(call: Call, since: NotBefore): Promise<Part> {
    started += 1
    if (started > asking.maxCalls) throw new TooMany(started)
    // A run that was given up may still have calls under way: what they bring is not of the next one.
    const own = ledger
    try {
      const part = await asking.fetch(call, since)
      own.part(part)
      return part
    } catch (error) {
      if (!(error instanceof MissingEndpoint)) throw error
      own.sent()
      throw new Found([{ kind: 'missing', endpoint: error.endpoint }])
    }
  }

  for (let attempt = 0; attempt < MOST_PLANS; attempt++) {
    const began = performance.now()
    const knowledge = { ...asking.knowledge, capabilities: asking.capabilities.get(), doubts }
    const planned = planWithin(query, knowledge, asking.maxCalls)
    const plan = planned.root()
    planMs += performance.now() - began
    const precise = asking.capabilities.get().preciseAverages
    const trace: Tracing | null = asking.traced ? new Map() : null
    const callsBefore = asking.sent()
    const own = ledger
    const repair = (why: string) => repairs.push(repairText(why, asking.sent() - callsBefore))
    try {
      const run: Run = {
        fetch: async (call, node) => {
          const key = asking.keyOf(call)
          const held = asked.get(key)
          const pending = held ?? send(call, notBefore)
          asked.set(key, pending)
          const part = await pending
          if (trace) noteAnswer(trace, node, held ? 0 : part.requests)
          return part.answer
        },
        holds: (call) => asked.has(asking.keyOf(call)) || asking.holds(call, notBefore),
        tiles: (call, wanted) => asking.tiles(call, { ...wanted, notBefore }),
        used: (tiles) => own.tiles(tiles),
        torn: () => own.torn(),
        ...(trace && { trace }),
        fits: asking.fits,
        clock: { now: asking.knowledge.now, settledUntil: asking.settledUntil },
        preciseAverages: precise,
        settled: query.window.end <= asking.settledUntil,
        notice: (lesson) => asking.capabilities.set(remember(asking.capabilities.get(), lesson)),
        isKnown: (plan) => [...endpointsOf(plan)].every((id) => asking.capabilities.get().there.has(id)),
        afford: (calls) => {
          if (started + calls > asking.maxCalls) throw new TooMany(started + calls)
        },
        afresh: () => ({
          ...run,
          holds: () => false,
          tiles: () => null,
          fetch: async (call) => (await send(call, later(asking.now()))).answer,
        }),
        stale: asking.stale ?? false,
      }
      const table = await runPlan(plan, new Map(), run)
      // Figures of one reply belong together: an average over parts of two moments is of neither.
      if (!run.settled && !refetched && ledger.torn()) throw new Torn()
      return { planned, table, parts: coherent(ledger.sum(), asking.liveTtlMs), planMs, plan, trace, repairs }
    } catch (error) {
      if ((error instanceof Inconsistent || error instanceof Torn) && !refetched) {
        refetched = true
        notBefore = ledger.torn() ? sinceNow(notBefore, moment) : later(asking.now())
        asked.clear()
        // All of it is asked once more, and may take as much again.
        started = 0
        ledger = openLedger(moment)
        repair(error instanceof Torn ? 'parts were of different moments' : 'parts did not agree with their whole')
      } else if (error instanceof Found) {
        repair([...new Set(error.findings.map(findingText))].join('; '))
        // Other answers of the same run may have shown meanwhile that averages are precise here.
        const shown = !precise && asking.capabilities.get().preciseAverages
        for (const finding of error.findings) {
          if (shown && finding.kind === 'imprecise' && finding.proof === 'tokens') continue
          asking.capabilities.set(learn(asking.capabilities.get(), finding))
          doubts = doubt(doubts, finding)
        }
      } else throw error instanceof TooMany ? tooExpensive(query, knowledge, error.calls, asking.maxCalls) : error
    }
  }
  throw new ServiceError(
    'UPSTREAM_INCONSISTENT',
    'Portkey changes the shape of its answers from call to call, so no plan holds. Try again later.',
  )
}

/** Parts of an answer over unsettled time are of different moments, as some were held. */
class Torn extends Error {}

/** Only what is asked for from here on counts. A clock may stand still between two calls. */
function later(now: number): NotBefore {
  return () => now + 0.001
}

/** Unsettled parts must be of this question's own moment; what was settled is good as it is. */
function sinceNow(before: NotBefore, moment: number): NotBefore {
  return (live) => (live ? Math.max(moment, before(live)) : before(live))
}

/**
 * The parts, if they can stand beside each other: where some are stale, unsettled ones must be of about one moment. Throws
 * `UPSTREAM_UNAVAILABLE` otherwise.
 */
function coherent(parts: Summary, liveTtlMs: number): Summary {
  const apart = parts.live === null ? 0 : parts.live.newest - parts.live.oldest
  if (parts.cache !== 'stale' || apart <= Math.max(liveTtlMs, 2_000)) return parts
  throw new ServiceError(
    'UPSTREAM_UNAVAILABLE',
    'Portkey fails at the moment, and what is held of this answer is of different moments. Ask again shortly.',
    { retryAfterSeconds: 5 },
  )
}

/** A run that turns out to need more calls than a question may make. */
class TooMany extends Error {
  readonly calls: number

  constructor(calls: number) {
    super(`${calls} calls are too many`)
    this.name = 'TooMany'
    this.calls = calls
  }
}
