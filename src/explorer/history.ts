import { addressOf } from './address.js'
import { member } from './json.js'
import { type Link, readLink } from './link.js'
import type { Draft } from './question.js'

/**
 * The question in the address bar. What was asked stays a place of its own to go back to; what is being changed after it is one new
 * place that moves along until it is asked.
 */
export type Places = {
  /** `asked`: it was asked, or is a link that is to be: one that could be read whole. */
  readonly current: () => (Link & { readonly asked: boolean }) | null
  readonly edited: (draft: Draft) => void
  readonly asked: (draft: Draft) => void
}

/** `onReturn`: back, forward or a changed address brought another question. */
export const createPlaces = (onReturn: () => void): Places => {
  const current = () => {
    const link = readLink(location.hash)
    if (link === null) return null
    // A link that was opened has no state.
    const wasAsked = history.state === null || member(history.state, 'asked') === true
    return { ...link, asked: wasAsked && link.faults.length === 0 }
  }
  const put = (draft: Draft, asked: boolean) => {
    const address = `#${addressOf(draft)}`
    if (current()?.asked && address !== location.hash) history.pushState({ asked }, '', address)
    else history.replaceState({ asked }, '', address)
  }
  window.addEventListener('popstate', onReturn)
  return {
    current,
    edited: (draft) => put(draft, false),
    asked: (draft) => put(draft, true),
  }
}
