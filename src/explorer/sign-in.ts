import type { Credential } from './credential.js'
import type { AuthMode } from './curl.js'
import { byId, on } from './dom.js'

/** Why a credential is asked for. */
export type Reason = 'missing' | 'refused' | 'forgotten' | 'malformed'

/** The panel, to those who find that a credential is needed. */
export type SignIn = {
  /** Asks for the credential, saying why. */
  readonly request: (reason: Reason) => void
}

type Words = { readonly label: string; readonly missing: string; readonly refused: string }

const WORDS: Readonly<Record<AuthMode, Words>> = {
  token: {
    label: 'Token',
    missing: 'This service answers to those who have one of its tokens.',
    refused: 'This token is not one that the service knows, or no longer. Give one that is.',
  },
  passthrough: {
    label: 'Portkey key',
    missing: 'This service asks Portkey with your own key.',
    refused: 'Portkey does not take this key, or no longer. Give one that it takes.',
  },
  none: { label: '', missing: '', refused: '' },
}

/** What happens around the panel that asks for the credential. */
export type SignInOptions = {
  readonly credential: Credential
  readonly onGiven: () => void
  /** It was forgotten on request: what it brought must go too. */
  readonly onForget: () => void
}

/** The panel that asks for the credential: shown while it is needed and not there. */
export const createSignIn = ({ credential, onGiven, onForget }: SignInOptions): SignIn => {
  const form = byId('sign-in', HTMLFormElement)
  const input = byId('secret', HTMLInputElement)
  const message = byId('sign-in-message', HTMLParagraphElement)
  const forget = byId('forget', HTMLButtonElement)
  const words = WORDS[credential.mode]
  byId('secret-label', HTMLLabelElement).textContent = words.label

  const request = (reason: Reason) => {
    const isFault = reason === 'refused' || reason === 'malformed'
    credential.forget()
    form.hidden = false
    forget.hidden = true
    message.textContent = sentence(words, reason)
    message.classList.toggle('fault', isFault)
    input.setAttribute('aria-invalid', String(isFault))
    input.focus()
  }
  on(form, 'submit', (event) => {
    event.preventDefault()
    const secret = input.value.trim()
    // What no header can carry would fail without a reply.
    if (!/^[\x21-\x7e]+$/.test(secret)) return request('malformed')
    credential.keep(secret)
    input.value = ''
    form.hidden = true
    forget.hidden = false
    onGiven()
  })
  on(forget, 'click', () => {
    request('forgotten')
    onForget()
  })
  return { request }
}

const sentence = ({ label, missing, refused }: Words, reason: Reason): string => {
  switch (reason) {
    case 'missing':
      return missing
    case 'refused':
      return refused
    case 'forgotten':
      return `The ${label === 'Token' ? 'token' : label} is forgotten, and what it showed is cleared. ${missing}`
    case 'malformed':
      return `A ${label === 'Token' ? 'token' : label} is printable ASCII without spaces.`
  }
}
