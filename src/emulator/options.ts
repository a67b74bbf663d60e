import { DEFAULT_LADDER, type Ladder } from './ladder.js'
import { MAIN_WORKSPACE, type TrafficRow } from './row.js'

/** `live`: what live workspaces were seen to do. `documented`: what the published API document says, and no more. */
export type Profile = 'live' | 'documented'

/** What an `x-portkey-api-key` value may do. */
export type KeyGrant = {
  /** The workspace's slug; `null` = an organisation's key. */
  readonly workspace: string | null
  /** Without it every analytics call is a 403. */
  readonly analytics: boolean
  /** A member's key: only requests whose `_user` is this. */
  readonly user?: string
}

/** How the emulator answers; may change while it runs. */
export type Settings = {
  readonly profile: Profile
  readonly ladder: Ladder
  /** Decimals that averages (fields named avg…) are rounded to; `null` = full double precision. */
  readonly averageDecimals: number | null
  /** Decimals that rates in per cent (fields named `rate`, `…_rate`) are rounded to; `null` = full double precision. */
  readonly rateDecimals: number | null
  /** Some numbers travel as decimal text: cost and averages of listings, cost of graph points, documented request counts. */
  readonly numbersAsStrings: boolean
  /** Listings carry a `''` row for requests without a value. */
  readonly listsUnattributed: boolean
  /** Names of the token split in graphs/tokens: `total_request_units` / `total_response_units`, or `prompt` / `completion`. */
  readonly tokenSplitNames: 'units' | 'plain'
  /** Graphs answer without a summary. */
  readonly omitSummaries: boolean
  /** Endpoints below /analytics/ that this deployment lacks, e.g. `graphs/cache/latency`, `groups/model`, `groups/metadata`. */
  readonly missing: readonly string[]
  /** Delay before each answer. */
  readonly latencyMs: number
  /** What latencies of no requests are. */
  readonly emptyLatency: 'zero' | 'null'
  /** Rows a page at most, whatever `page_size` asks. */
  readonly maxPageSize: number
  readonly keys: Readonly<Record<string, KeyGrant>>
}

/** Everything that can be asked of a new emulator. */
export type EmulatorOptions = Partial<Settings> & {
  /** Default 1. Equal seed, rate and null share give equal rows for equal minutes. */
  readonly seed?: number
  /** The emulator's clock, epoch ms; left out = the real clock, and traffic goes on while it runs. */
  readonly now?: number
  /** Days of history before `now`; default 35. */
  readonly historyDays?: number
  /** Mean volume; default 60, fractions allowed. */
  readonly requestsPerHour?: number
  /** Share of requests without a model; default 0. */
  readonly nullModelShare?: number
  /** Fixed rows instead of generated ones. */
  readonly rows?: readonly TrafficRow[]
}

/** The default key of the main workspace. */
export const WORKSPACE_KEY = 'demo-workspace-key'
/** The default key of the whole organisation. */
export const ORGANISATION_KEY = 'demo-org-key'

/** Fills in what the options leave out. */
export function settingsOf(options: EmulatorOptions): Settings {
  return {
    profile: options.profile ?? 'live',
    ladder: options.ladder ?? DEFAULT_LADDER,
    averageDecimals: options.averageDecimals ?? null,
    rateDecimals: options.rateDecimals ?? null,
    numbersAsStrings: options.numbersAsStrings ?? true,
    listsUnattributed: options.listsUnattributed ?? true,
    tokenSplitNames: options.tokenSplitNames ?? 'units',
    omitSummaries: options.omitSummaries ?? false,
    missing: options.missing ?? [],
    latencyMs: options.latencyMs ?? 0,
    emptyLatency: options.emptyLatency ?? 'zero',
    maxPageSize: options.maxPageSize ?? 1000,
    keys: options.keys ?? {
      [WORKSPACE_KEY]: { workspace: MAIN_WORKSPACE, analytics: true },
      [ORGANISATION_KEY]: { workspace: null, analytics: true },
    },
  }
}
