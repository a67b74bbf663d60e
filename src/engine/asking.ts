import type { Upstream } from '../cache/upstream.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Config } from '../config.js'
import type { LearntScopes } from '../execute/learnt.js'
import type { Asking } from '../execute/question.js'
import type { Ask } from '../portkey/ask.js'
import type { Credentials, PortkeyClient } from '../portkey/client.js'
import { encode, urlLength } from '../portkey/encode.js'
import type { AskOptions, Observer, Principal } from './contract.js'

/** An `Ask` whose deadline stands, and a count of what it sent. */
export type Asked = Omit<Ask, 'deadline'> & { readonly deadline: number; readonly sent: () => number }

/** How questions of principals reach the upstream. */
export type Askers = {
  /** Asks the graph that every deployment has. Throws as the client does. */
  readonly ping: (credentials: Credentials, ask: Ask) => Promise<void>
  /** Who asks the client for a question, until when, and how often it did. */
  readonly askOf: (principal: Principal, options: AskOptions, signal: AbortSignal) => Asked
  /** What answering a question of this moment works with. */
  readonly askingOf: (principal: Principal, ask: Asked, refresh: boolean) => Asking
}

/** What the way to the upstream is made of. */
export type AskersParts = {
  readonly catalog: Catalog
  readonly client: Pick<PortkeyClient, 'fetch'>
  readonly upstream: Pick<Upstream, 'fetch' | 'standIn' | 'holds' | 'tiles'>
  readonly learnt: Pick<LearntScopes, 'get' | 'set'>
  readonly observe: Observer | undefined
  /** The clock, epoch ms. */
  readonly now: () => number
}

/** URLs beyond this are cut or refused by proxies on the way (DESIGN, "Plan": under 6 KB). */
const LONGEST_URL = 6_000
const MINUTE = 60_000

/** The way of questions to one upstream. */
export function createAskers(config: Config, { catalog, client, upstream, learnt, observe, now }: AskersParts): Askers {
  return {
    async ping(credentials, ask) {
      const end = Math.floor(now() / MINUTE) * MINUTE
      const window = { start: end - MINUTE, end }
      const call = { endpoint: { kind: 'graph', name: 'requests' }, window, filters: {}, columns: [] } as const
      await client.fetch(call, credentials, ask)
    },

    askOf(principal, options, signal) {
      let sent = 0
      return {
        signal,
        deadline: options.deadline ?? performance.now() + config.requestTimeoutMs,
        share: principal.share,
        lane: {},
        onSent: () => {
          sent += 1
          options.onSent?.()
        },
        ...(options.onEnded && { onEnded: options.onEnded }),
        sent: () => sent,
      }
    },

    askingOf(principal, ask, refresh) {
      const { scope, workspace } = principal
      const caller = { scope, ...credentialsOf(principal) }
      const moment = now()
      return {
        knowledge: { catalog, now: moment, retentionDays: config.retentionDays },
        settledUntil: moment - config.settleSeconds * 1000,
        maxCalls: config.maxUpstreamCalls,
        capabilities: {
          get: () => learnt.get(scope),
          set: (capabilities) => learnt.set(scope, capabilities),
        },
        fetch: async (call, notBefore) => {
          const part = await upstream.fetch(call, caller, { ...ask, notBefore })
          observe?.onLookup(part.origin)
          return part
        },
        standIn: (call) => upstream.standIn(call, caller),
        holds: (call, notBefore) => upstream.holds(call, caller, notBefore),
        tiles: (call, wanted) => upstream.tiles(call, caller, wanted),
        refresh,
        sent: ask.sent,
        now,
        liveTtlMs: config.liveTtlSeconds * 1000,
        fits: (call) => urlLength(call, config.portkeyBaseUrl, workspace) <= LONGEST_URL,
        keyOf: (call) => encode(call, workspace),
      }
    },
  }
}

/** What a principal's calls travel with. */
export function credentialsOf({ upstreamKey, workspace }: Pick<Principal, 'upstreamKey' | 'workspace'>): Credentials {
  return { key: upstreamKey, workspace }
}

/** The ask for a call by itself. */
export function asLong(ask: Asked): Ask {
  return { ...ask, deadline: () => ask.deadline }
}
