import { addressOf, draftOf } from './address.js'
import { member } from './json.js'
import type { Draft } from './question.js'

/**
 * The question in the address bar. What was asked stays a place of its own to go back to; what is being changed after it is one new
 * place that moves along until it is asked.
 */
export type Places = {
  readonly current: () => { readonly draft: Draft; readonly asked: boolean } | null
  readonly edited: (draft: Draft) => void
  readonly asked: (draft: Draft) => void
}

/** `onReturn`: back, forward or a changed address brought another question. */
export const createPlaces = (onReturn: () => void): Places => {
  // A link that was opened has no state, and is to be asked.
  const wasAsked = () =>
    history.state === null ? draftOf(location.hash) !== null : member(history.state, 'asked') === true
  const put = (draft: Draft, asked: boolean, isNew: boolean) => {
    const address = `#${addressOf(draft)}`
    if (isNew && address !== location.hash) history.pushState({ asked }, '', address)
    else history.replaceState({ asked }, '', address)
  }
  window.addEventListener('popstate', onReturn)
  return {
    current: () => {
      const draft = draftOf(location.hash)
      return draft === null ? null : { draft, asked: wasAsked() }
    },
    edited: (draft) => put(draft, false, wasAsked()),
    asked: (draft) => put(draft, true, wasAsked()),
  }
}
