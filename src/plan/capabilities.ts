import type { ProofName } from '../catalog/types.js'
import type { Endpoint } from '../portkey/call.js'
import { endpointId } from '../portkey/endpoints.js'
import { type Observation, observe } from './ladder.js'
import type { MeasureKey } from './plan.js'
import type { Refusal } from './refusal.js'

/**
 * What one upstream scope was seen to have. Everything is assumed until an answer says otherwise, so an empty value is
 * the newest deployment; it is an input of the planner and only `learn` makes a new one.
 */
export type Capabilities = {
  /** Endpoints (`placeOf`) that answered 404 and were not seen to answer otherwise. */
  readonly missing: ReadonlySet<string>
  /** Fields (`endpointId:field`) that were asked for and are in no answer. */
  readonly lacking: ReadonlySet<string>
  /** Families of listings that were seen to have a `''` row, so the lack of one means that nothing is unattributed. */
  readonly listsUnattributed: ReadonlySet<ListingFamily>
  /** An average with more digits than any rounding leaves was seen. */
  readonly preciseAverages: boolean
  /** A listing that should have had one row had more. */
  readonly manyRows: boolean
  readonly steps: readonly Observation[]
  /** How many values a dimension (`dimensionId`) was last seen to have. */
  readonly values: ReadonlyMap<string, number>
  /** Endpoints (`endpointId`) that answered. */
  readonly there: ReadonlySet<string>
}

/** Listings that treat requests without a value alike: by metadata key (`users` is one of them), or one of the newer ones. */
export type ListingFamily = 'metadata' | 'newer'

/** A scope that was never asked: it is taken to have everything. */
export const NOTHING_LEARNT: Capabilities = {
  missing: new Set(),
  lacking: new Set(),
  listsUnattributed: new Set(),
  preciseAverages: false,
  manyRows: false,
  steps: [],
  values: new Map(),
  there: new Set(),
}

/** What a run met that its plan did not assume. `Doubts` are about one question, capabilities about a scope. */
export type Finding =
  | { readonly kind: 'missing'; readonly endpoint: Endpoint }
  | { readonly kind: 'lacking'; readonly endpoint: Endpoint; readonly fields: readonly string[] }
  | { readonly kind: 'manyRows' }
  | { readonly kind: 'step'; readonly length: number; readonly step: number; readonly future: boolean }
  | { readonly kind: 'imprecise'; readonly endpoint: Endpoint; readonly proof: ProofName }
  /** Some requests are without a value of what is counted. */
  | { readonly kind: 'nulls'; readonly measure: MeasureKey }
  /** A part of the plan met what it cannot ask for: `at` names the part, so that the next plan goes without it. */
  | { readonly kind: 'barred'; readonly at: string; readonly refusal: Refusal }
  /** A listing of a metadata key has no rows at all, which shows nothing: the key may be unknown. */
  | { readonly kind: 'empty'; readonly dimension: string }
  /** A dimension has more values than the plan was priced for. */
  | { readonly kind: 'values'; readonly dimension: string; readonly count: number }

/** What an answer shows about its deployment beside its numbers. */
export type Lesson =
  | { readonly kind: 'step'; readonly length: number; readonly step: number }
  | { readonly kind: 'listsUnattributed'; readonly family: ListingFamily }
  | { readonly kind: 'preciseAverages' }
  | { readonly kind: 'answered'; readonly endpoint: Endpoint }
  | { readonly kind: 'values'; readonly dimension: string; readonly count: number }

/** What is doubted while one question is answered: plans that rest on it are passed over. */
export type Doubts = {
  /** `endpointId:proof` of listings whose averages do not multiply back. */
  readonly imprecise: ReadonlySet<string>
  /** Steps of windows that reach into the future: a deployment may cut those at its own now, so they are no rule. */
  readonly steps: readonly Observation[]
  /** Counts whose column was seen to be null somewhere in the window. */
  readonly nulls: ReadonlySet<MeasureKey>
  /** Dimensions whose listing was seen to have no rows. */
  readonly empty: ReadonlySet<string>
  /** Endpoints (`placeOf`) that answered 404 to this question. */
  readonly missing: ReadonlySet<string>
  /** Parts of plans that cannot be run here, and why. */
  readonly barred: ReadonlyMap<string, Refusal>
  /** Values of a dimension seen in this question. */
  readonly values: ReadonlyMap<string, number>
}

/** A question that has met nothing yet. */
export const NO_DOUBTS: Doubts = {
  imprecise: new Set(),
  steps: [],
  nulls: new Set(),
  missing: new Set(),
  barred: new Map(),
  empty: new Set(),
  values: new Map(),
}

/** Stable text of what a 404 is about: one metadata key may be in the way of a path without the others being so. */
export function placeOf(endpoint: Endpoint): string {
  return endpoint.kind === 'metadataGroup' ? `${endpointId(endpoint)}/${endpoint.key}` : endpointId(endpoint)
}

/** The family of a listing: what one of them showed of its `''` rows goes for all of the family. */
export function familyOf(endpoint: Endpoint): ListingFamily {
  return endpoint.kind === 'metadataGroup' || (endpoint.kind === 'group' && endpoint.name === 'users')
    ? 'metadata'
    : 'newer'
}

/** Capabilities after a finding. */
export function learn(known: Capabilities, finding: Finding): Capabilities {
  switch (finding.kind) {
    case 'missing': {
      // One 404 of an endpoint that answered before may be a passing fault, or about that one path; a second is believed.
      const id = endpointId(finding.endpoint)
      if (known.there.has(id)) return { ...known, there: new Set([...known.there].filter((other) => other !== id)) }
      return { ...known, missing: latest(known.missing, placeOf(finding.endpoint)) }
    }
    case 'lacking': {
      const fields = finding.fields.map((field) => `${endpointId(finding.endpoint)}:${field}`)
      return { ...known, lacking: new Set([...known.lacking, ...fields]) }
    }
    case 'manyRows':
      return { ...known, manyRows: true }
    case 'step':
      return finding.future ? known : { ...known, steps: observe(known.steps, finding) }
    case 'imprecise':
    case 'nulls':
    case 'values':
    case 'barred':
    case 'empty':
      return known
  }
}

/** Capabilities after a lesson; the same value when it teaches nothing new. */
export function remember(known: Capabilities, lesson: Lesson): Capabilities {
  switch (lesson.kind) {
    case 'step': {
      const steps = observe(known.steps, lesson)
      return steps === known.steps ? known : { ...known, steps }
    }
    case 'listsUnattributed':
      if (known.listsUnattributed.has(lesson.family)) return known
      return { ...known, listsUnattributed: new Set([...known.listsUnattributed, lesson.family]) }
    case 'answered': {
      const id = endpointId(lesson.endpoint)
      return known.there.has(id) ? known : { ...known, there: new Set([...known.there, id]) }
    }
    case 'values':
      // A short window shows fewer values than there are; what was learnt is forgotten in time.
      if ((known.values.get(lesson.dimension) ?? 0) >= lesson.count) return known
      return { ...known, values: bounded(new Map(known.values).set(lesson.dimension, lesson.count)) }
    case 'preciseAverages':
      return known.preciseAverages ? known : { ...known, preciseAverages: true }
  }
}

/** Doubts after a finding. */
export function doubt(doubts: Doubts, finding: Finding): Doubts {
  switch (finding.kind) {
    case 'missing':
      return { ...doubts, missing: new Set([...doubts.missing, placeOf(finding.endpoint)]) }
    case 'imprecise': {
      const id = `${endpointId(finding.endpoint)}:${finding.proof}`
      return { ...doubts, imprecise: new Set([...doubts.imprecise, id]) }
    }
    case 'step':
      return finding.future ? { ...doubts, steps: observe(doubts.steps, finding) } : doubts
    case 'empty':
      return { ...doubts, empty: new Set([...doubts.empty, finding.dimension]) }
    case 'barred':
      return { ...doubts, barred: new Map(doubts.barred).set(finding.at, finding.refusal) }
    case 'values':
      return { ...doubts, values: new Map(doubts.values).set(finding.dimension, finding.count) }
    case 'nulls':
      return { ...doubts, nulls: new Set([...doubts.nulls, finding.measure]) }
    case 'lacking':
    case 'manyRows':
      return doubts
  }
}

/** The set with one more; the oldest go when there are too many. */
function latest(places: ReadonlySet<string>, place: string): ReadonlySet<string> {
  return new Set([...places, place].slice(-MOST_DIMENSIONS))
}

/** Metadata keys are anyone's choice; only so many are remembered, the oldest go first. */
const MOST_DIMENSIONS = 500

function bounded(values: Map<string, number>): ReadonlyMap<string, number> {
  for (const key of values.keys()) {
    if (values.size <= MOST_DIMENSIONS) break
    values.delete(key)
  }
  return values
}
