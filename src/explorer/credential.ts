import type { AuthMode } from './curl.js'

/** What proves who asks. It lives in this variable alone: not in storage, not in an address, gone with the page. */
export type Credential = {
  readonly mode: AuthMode
  /** It is needed and not there. */
  readonly isMissing: () => boolean
  readonly keep: (secret: string) => void
  readonly forget: () => void
  /** The headers that carry it. */
  readonly headers: () => Readonly<Record<string, string>>
}

/** A credential that is not there yet; with `none` there is never one, and none is missing. */
export const createCredential = (mode: AuthMode): Credential => {
  let secret = ''
  return {
    mode,
    isMissing: () => mode !== 'none' && secret === '',
    keep: (given) => {
      secret = given.trim()
    },
    forget: () => {
      secret = ''
    },
    headers: () => headersOf(mode, secret),
  }
}

const headersOf = (mode: AuthMode, secret: string): Readonly<Record<string, string>> => {
  switch (mode) {
    case 'token':
      return secret === '' ? {} : { authorization: `Bearer ${secret}` }
    case 'passthrough':
      return secret === '' ? {} : { 'x-portkey-api-key': secret }
    case 'none':
      return {}
  }
}
