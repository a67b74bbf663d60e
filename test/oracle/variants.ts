import type { EmulatorOptions } from '../../src/emulator/emulator.js'
import { awkwardTraffic } from './awkward.js'
import type { Bindings } from './names.js'
import type { Reach } from './statement.js'

/** A deployment of Portkey as the service may meet it: its traffic, how it answers, and the key it is asked with. */
export type Variant = {
  readonly name: string
  readonly emulator: EmulatorOptions & { readonly now: number }
  /** Epoch ms of the first request there can be. */
  readonly since: number
  readonly key: string
  /** Workspace slug asked for with an organisation's key. */
  readonly workspace: string | null
  readonly reach: Reach
  readonly bindings: Bindings
  /** `MAX_UPSTREAM_CALLS` of the service. */
  readonly maxCalls: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The days before hold the start of summer time in Berlin, a Monday, and the turn of a month and a quarter. */
const SPRING = { now: Date.parse('2026-04-01T17:41:23.456Z'), historyDays: 5, requestsPerHour: 30 }
/** The days before hold the end of summer time in Sydney and, by half an hour, on Lord Howe Island. */
const AUTUMN = {
  now: Date.parse('2026-04-06T13:02:07.500Z'),
  historyDays: 4,
  requestsPerHour: 25,
  nullModelShare: 0.06,
}
/**
 * Listings that leave out what they do not attribute. The upstream's facts say that they show it as `''`, and the service relies on
 * that for models, so that one listing answers the commonest question; the other dimensions are held to the harder case too.
 */
const UNLISTED = { listsUnattributed: false, nullModelShare: 0 }
const AWKWARD = { now: SPRING.now, rows: awkwardTraffic(SPRING.now), historyDays: 3 }

const MODELLED = AWKWARD.rows.filter(({ model }) => model !== null)

type Parts = Partial<Omit<Variant, 'name' | 'emulator'>> & {
  readonly emulator: EmulatorOptions & { now: number; historyDays: number }
}

function variant(name: string, parts: Parts): Variant {
  return {
    name,
    since: parts.emulator.now - parts.emulator.historyDays * DAY,
    key: 'demo-workspace-key',
    workspace: null,
    reach: { workspace: 'production', user: null },
    bindings: {},
    maxCalls: 60,
    ...parts,
  }
}

/** Minute points up to 59 minutes, ten minutes' below a day, an hour's below 30 days. */
const WIDE_LADDER = [
  { upToMs: 59 * MINUTE, stepMs: MINUTE },
  { upToMs: DAY - 1, stepMs: 10 * MINUTE },
  { upToMs: 30 * DAY - 1, stepMs: HOUR },
  { upToMs: Number.POSITIVE_INFINITY, stepMs: DAY },
]
/** Switches as early as what is published lets it. */
const NARROW_LADDER = [
  { upToMs: 61 * MINUTE, stepMs: MINUTE },
  { upToMs: 2 * HOUR, stepMs: 10 * MINUTE },
  { upToMs: DAY, stepMs: HOUR },
  { upToMs: Number.POSITIVE_INFINITY, stepMs: DAY },
]
/** A member's key sees only what its owner did. */
const MEMBER = { 'member-key': { workspace: 'production', analytics: true, user: 'user1@example.com' } }

/** Both profiles, and what differs between deployments: each with its own emulator. */
export const VARIANTS: readonly Variant[] = [
  variant('live', { emulator: { ...SPRING } }),
  variant('documented', { emulator: { ...SPRING, profile: 'documented' } }),
  variant('rounded to 2', { emulator: { ...SPRING, averageDecimals: 2, rateDecimals: 2, listsUnattributed: false } }),
  variant('rounded to 0', {
    emulator: { ...SPRING, averageDecimals: 0, rateDecimals: 0, numbersAsStrings: false, emptyLatency: 'null' },
  }),
  variant('wide ladder', { emulator: { ...SPRING, ladder: WIDE_LADDER, tokenSplitNames: 'plain' } }),
  variant('narrow ladder', { emulator: { ...AUTUMN, ladder: NARROW_LADDER, omitSummaries: true } }),
  variant('no model', { emulator: { ...AUTUMN, maxPageSize: 4 } }),
  variant('unlisted', { emulator: { ...AUTUMN, ...UNLISTED, emptyLatency: 'null' } }),
  variant('documented, bare', {
    emulator: { ...AUTUMN, ...UNLISTED, profile: 'documented', omitSummaries: true },
  }),
  variant('few listings', { emulator: { ...SPRING, missing: ['groups/model', 'groups/config', 'graphs/errors'] } }),
  variant('few listings, rounded', {
    emulator: { ...AUTUMN, missing: ['groups/workspace', 'groups/ai_service', 'graphs/tokens'], averageDecimals: 3 },
  }),
  variant('no metadata', {
    emulator: { ...SPRING, missing: ['groups/status_code', 'groups/metadata', 'graphs/cost'] },
  }),
  variant('organisation', {
    emulator: { ...SPRING },
    key: 'demo-org-key',
    reach: { workspace: null, user: null },
  }),
  variant('organisation, one workspace', {
    emulator: { ...AUTUMN, profile: 'documented' },
    key: 'demo-org-key',
    workspace: 'sandbox',
    reach: { workspace: 'sandbox', user: null },
  }),
  variant('member', {
    emulator: { ...SPRING, keys: MEMBER },
    key: 'member-key',
    reach: { workspace: 'production', user: 'user1@example.com' },
  }),
  variant('bound', { emulator: { ...SPRING }, bindings: { requestType: 'env', team: 'agent', modelName: 'team' } }),
  variant('awkward', { emulator: { ...AWKWARD, maxPageSize: 5 }, maxCalls: 120 }),
  variant('awkward, documented', { emulator: { ...AWKWARD, profile: 'documented', numbersAsStrings: false } }),
  variant('awkward, rounded', {
    emulator: { ...AWKWARD, ...UNLISTED, rows: MODELLED, averageDecimals: 0, rateDecimals: 1 },
  }),
]
