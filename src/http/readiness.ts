import type { Config } from '../config.js'
import type { Engine, UpstreamState } from '../engine.js'
import { principalFrom, unlimited } from '../teams/principal.js'

/** Says whether questions can be answered now. Never throws. */
export type Readiness = () => Promise<UpstreamState>

/** How long an answer of the upstream is remembered: probes come often, from several places, and cost a call each. */
export const REMEMBER_MS = 5_000

/** Longest wait for one probe, whatever a question may take: orchestrators give up after a few seconds. */
const PROBE_MS = 5_000

/**
 * Probes the upstream with the configured key, at most once in `REMEMBER_MS`; probes at the same time share one. Where callers
 * bring their own keys and none is configured, an upstream that refuses the empty key is there, and that is all one can ask.
 */
export const createReadiness = (config: Config, engine: Engine, now: () => number): Readiness => {
  const principal = principalFrom(config, unlimited('readiness', config.portkeyApiKey ?? ''))
  let known: { readonly state: UpstreamState; readonly at: number } | null = null
  let flight: Promise<UpstreamState> | null = null

  const probe = async (): Promise<UpstreamState> => {
    try {
      const signal = AbortSignal.timeout(Math.min(PROBE_MS, config.upstreamTimeoutMs))
      const state = await Promise.race([engine.probe(principal, signal), unreachable(signal)])
      if (state.ready || isThrottled(state)) return { ready: true }
      return principal.upstreamKey === '' && refusesKey(state) ? { ready: true } : state
    } catch {
      return { ready: false, reason: 'The probe of Portkey failed.' }
    }
  }
  const refresh = async (): Promise<UpstreamState> => {
    const state = await probe()
    known = { state, at: now() }
    flight = null
    return state
  }
  return () => {
    if (known !== null && now() - known.at < REMEMBER_MS) return Promise.resolve(known.state)
    flight ??= refresh()
    return flight
  }
}

/** The upstream is there and took the key; a question is told when to come back, which beats losing every replica at once. */
const isThrottled = ({ code }: Extract<UpstreamState, { ready: false }>): boolean =>
  code === 'UPSTREAM_RATE_LIMITED' || code === 'UPSTREAM_QUOTA_EXCEEDED'

const refusesKey = (state: Extract<UpstreamState, { ready: false }>): boolean =>
  state.code === 'UPSTREAM_UNAUTHORIZED' || state.code === 'UPSTREAM_FORBIDDEN'

const unreachable = (signal: AbortSignal): Promise<UpstreamState> =>
  new Promise((resolve) => {
    const give = () => resolve({ ready: false, reason: 'Portkey did not answer the probe in time.' })
    signal.addEventListener('abort', give, { once: true })
  })
