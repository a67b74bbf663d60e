import type { Config } from '../config.js'
import type { AskOptions, EngineState } from '../engine.js'
import { ServiceError } from '../errors.js'

/** The HTTP requests upstream of one question, as far as it is told of them. */
export type UpstreamWait = Required<Pick<AskOptions, 'onSent' | 'onEnded'>> & {
  /** An error as it is to be told: one of time that is up says what was waited for. */
  readonly worded: (error: unknown) => unknown
}

/** What is known of the way to Portkey. */
export type Way = Pick<Config, 'requestTimeoutMs' | 'upstreamTimeoutMs' | 'upstreamProxy'> & {
  readonly state: () => Pick<EngineState, 'queued' | 'inFlight'>
}

/** A call that ended so short a time ago, in ms, ended because the question did. */
const JUST_NOW_MS = 1_000

/** Watches what one question waits for; `now`: ms of a clock that only goes forward. */
export const createUpstreamWait = (way: Way, now: () => number = () => performance.now()): UpstreamWait => {
  let sent: readonly number[] = []
  let answered = 0
  let lost: { readonly sentAt: number; readonly at: number } | null = null

  /** When the call was sent that has been waited for longest; `null` where none is known to be under way. */
  const oldestSentAt = (): number | null => {
    // No call is waited for longer than that. Of some, those that check a key, it is not told when they end.
    const moment = now()
    const open = sent.filter((at) => moment - at <= way.upstreamTimeoutMs + JUST_NOW_MS)
    const cut = lost !== null && moment - lost.at <= JUST_NOW_MS ? [lost.sentAt] : []
    return [...open, ...cut].toSorted((one, other) => one - other)[0] ?? null
  }

  const cause = (): string | null => {
    const who = way.upstreamProxy === null ? 'Portkey' : 'Portkey, or the proxy HTTPS_PROXY,'
    const oldest = oldestSentAt()
    if (oldest !== null) {
      return `${who} has not answered a call that was sent ${((now() - oldest) / 1000).toFixed(1)} s ago`
    }
    const { queued, inFlight } = way.state()
    if (queued + inFlight === 0) return null
    return `${who} has not answered in time: ${inFlight} calls are under way and ${queued} wait for their turn`
  }

  return {
    onSent: () => {
      sent = [...sent, now()]
    },
    onEnded: ({ status, ms }) => {
      const at = now()
      const began = at - ms
      // Calls have no names here: it is the one that was sent when the one that ended was.
      const nearest = sent.toSorted((one, other) => Math.abs(one - began) - Math.abs(other - began))[0]
      const place = nearest === undefined ? -1 : sent.indexOf(nearest)
      sent = sent.filter((_, index) => index !== place)
      if (status === null) lost = { sentAt: began, at }
      else answered += 1
    },
    worded(error) {
      if (!(error instanceof ServiceError) || error.code !== 'REQUEST_TIMEOUT') return error
      const what = cause()
      if (what === null) return error
      const help =
        answered === 0
          ? 'Check that Portkey can be reached from here, then ask again'
          : 'Ask again, or for a shorter window or fewer groups, or raise REQUEST_TIMEOUT_MS'
      const message = `The question took longer than ${way.requestTimeoutMs} ms: ${what}. ${help}.`
      return new ServiceError('REQUEST_TIMEOUT', message, { cause: error })
    },
  }
}
