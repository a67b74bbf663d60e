import { ServiceError } from '../errors.js'
import { type Capabilities, doubt, learn, NO_DOUBTS, remember } from '../plan/capabilities.js'
import type { Plan } from '../plan/plan.js'
import type { Knowledge, Planned } from '../plan/planner.js'
import { endpointsOf } from '../plan/price.js'
import { findingText, repairText } from '../plan/repairs.js'
import { planWithin, tooExpensive } from '../plan/too-expensive.js'
import { noteAnswer, type Trace, type Tracing } from '../plan/trace.js'
import type { Fetched } from '../portkey/answer.js'
import type { Call } from '../portkey/call.js'
import { MissingEndpoint } from '../portkey/missing.js'
import type { Query } from '../query/query.js'
import { Inconsistent } from './difference.js'
import { Found } from './findings.js'
import { runPlan } from './run.js'
import type { Table } from './table.js'

/** What answering one question works with. */
export type Asking = {
  readonly knowledge: Omit<Knowledge, 'capabilities' | 'doubts'>
  readonly settledUntil: number
  readonly maxCalls: number
  /** What the scope was seen to have, now; and where what is learnt goes. */
  readonly capabilities: { readonly get: () => Capabilities; readonly set: (learnt: Capabilities) => void }
  readonly fetch: (call: Call) => Promise<Fetched>
  /** Whether a call's URL is short enough to travel. */
  readonly fits: (call: Call) => boolean
  /** Equal calls have equal keys. */
  readonly keyOf: (call: Call) => string
  /** Whether the run of the plan is traced. */
  readonly traced?: boolean
}

/** An answered question, not yet shaped. */
export type Answered = {
  readonly planned: Planned
  readonly table: Table
  readonly upstreamCalls: number
  /** Epoch ms of the oldest part; `null` when no call was needed. */
  readonly fetchedAt: number | null
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
  const asked = new Map<string, Promise<Fetched>>()
  let doubts = NO_DOUBTS
  let upstreamCalls = 0
  let started = 0
  let fetchedAt: number | null = null
  let planMs = 0
  let refetched = false
  const repairs: string[] = []

  async function send(call: Call): Promise<Fetched> {
    started += 1
    if (started > asking.maxCalls) throw new TooMany(started)
    try {
      const fetched = await asking.fetch(call)
      upstreamCalls += fetched.requests
      fetchedAt = Math.min(fetchedAt ?? fetched.fetchedAt, fetched.fetchedAt)
      return fetched
    } catch (error) {
      if (!(error instanceof MissingEndpoint)) throw error
      upstreamCalls += 1
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
    const callsBefore = upstreamCalls
    const repair = (why: string) => repairs.push(repairText(why, upstreamCalls - callsBefore))
    try {
      const table = await runPlan(plan, new Map(), {
        fetch: async (call, node) => {
          const key = asking.keyOf(call)
          const held = asked.get(key)
          const pending = held ?? send(call)
          asked.set(key, pending)
          const fetched = await pending
          if (trace) noteAnswer(trace, node, held ? 0 : fetched.requests)
          return fetched.answer
        },
        ...(trace && { trace }),
        fits: asking.fits,
        clock: { now: asking.knowledge.now, settledUntil: asking.settledUntil },
        preciseAverages: precise,
        settled: query.window.end <= asking.settledUntil,
        notice: (lesson) => asking.capabilities.set(remember(asking.capabilities.get(), lesson)),
        isKnown: (plan) => [...endpointsOf(plan)].every((id) => asking.capabilities.get().there.has(id)),
        afford: (calls) => {
          if (upstreamCalls + calls > asking.maxCalls) throw new TooMany(upstreamCalls + calls)
        },
      })
      return { planned, table, upstreamCalls, fetchedAt, planMs, plan, trace, repairs }
    } catch (error) {
      if (error instanceof Inconsistent && !refetched) {
        refetched = true
        asked.clear()
        repair('parts of a settled window were more than their whole')
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

/** A run that turns out to need more calls than a question may make. */
class TooMany extends Error {
  readonly calls: number

  constructor(calls: number) {
    super(`${calls} calls are too many`)
    this.name = 'TooMany'
    this.calls = calls
  }
}
