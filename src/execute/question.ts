import { ServiceError } from '../errors.js'
import { type Capabilities, doubt, learn, NO_DOUBTS, remember } from '../plan/capabilities.js'
import { type Knowledge, type Planned, planQuery } from '../plan/planner.js'
import { endpointsOf } from '../plan/price.js'
import { tooExpensive } from '../plan/too-expensive.js'
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
}

/** An answered question, not yet shaped. */
export type Answered = {
  readonly planned: Planned
  readonly table: Table
  readonly upstreamCalls: number
  /** Epoch ms of the oldest part; `null` when no call was needed. */
  readonly fetchedAt: number | null
  readonly planMs: number
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
    const planned = planQuery(query, knowledge)
    planMs += performance.now() - began
    const refuseAt = (calls: number) => tooExpensive(query, knowledge, calls, asking.maxCalls)
    if (planned.least > asking.maxCalls) throw refuseAt(planned.calls)
    try {
      const table = await runPlan(planned.root(), new Map(), {
        fetch: async (call) => {
          const key = asking.keyOf(call)
          const pending = asked.get(key) ?? send(call)
          asked.set(key, pending)
          return (await pending).answer
        },
        fits: asking.fits,
        clock: { now: asking.knowledge.now, settledUntil: asking.settledUntil },
        preciseAverages: asking.capabilities.get().preciseAverages,
        settled: query.window.end <= asking.settledUntil,
        notice: (lesson) => asking.capabilities.set(remember(asking.capabilities.get(), lesson)),
        isKnown: (plan) => [...endpointsOf(plan)].every((id) => asking.capabilities.get().there.has(id)),
        afford: (calls) => {
          if (upstreamCalls + calls > asking.maxCalls) throw new TooMany(upstreamCalls + calls)
        },
      })
      return { planned, table, upstreamCalls, fetchedAt, planMs }
    } catch (error) {
      if (error instanceof Inconsistent && !refetched) {
        refetched = true
        asked.clear()
      } else if (error instanceof Found) {
        for (const finding of error.findings) {
          asking.capabilities.set(learn(asking.capabilities.get(), finding))
          doubts = doubt(doubts, finding)
        }
      } else throw error instanceof TooMany ? refuseAt(error.calls) : error
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
