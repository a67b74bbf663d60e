import type { Credential } from './credential.js'
import type { AuthMode } from './curl.js'
import { byId, on } from './dom.js'

export type SignIn = {
  /** Asks for the credential, saying why. */
  readonly request: (why: string) => void
}

const WORDS: Readonly<Record<AuthMode, { readonly label: string; readonly why: string }>> = {
  token: { label: 'Token', why: 'This service answers to those who have one of its tokens.' },
  passthrough: { label: 'Portkey key', why: 'This service asks Portkey with your own key.' },
  none: { label: '', why: '' },
}

/** The panel that asks for the credential: shown while it is needed and not there. */
export const createSignIn = (credential: Credential, onGiven: () => void): SignIn => {
  const form = byId('sign-in', HTMLFormElement)
  const input = byId('secret', HTMLInputElement)
  const message = byId('sign-in-message', HTMLParagraphElement)
  const forget = byId('forget', HTMLButtonElement)
  const words = WORDS[credential.mode]
  byId('secret-label', HTMLLabelElement).textContent = words.label

  const request = (why: string) => {
    credential.forget()
    form.hidden = false
    forget.hidden = true
    message.textContent = why === '' ? words.why : why
    message.classList.toggle('fault', why !== '')
    input.setAttribute('aria-invalid', String(why !== ''))
    input.focus()
  }
  on(form, 'submit', (event) => {
    event.preventDefault()
    const secret = input.value.trim()
    // What no header can carry would fail without a reply.
    if (!/^[\x21-\x7e]+$/.test(secret))
      return request(`A ${words.label.toLowerCase()} is printable ASCII without spaces.`)
    credential.keep(secret)
    input.value = ''
    form.hidden = true
    forget.hidden = false
    onGiven()
  })
  on(forget, 'click', () => request(''))
  return { request }
}
