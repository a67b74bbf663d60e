import { hash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.js'
import type { Principal } from '../engine.js'
import { ServiceError } from '../errors.js'

/** Who sent a request. Throws `UNAUTHENTICATED` when nobody known did. */
export type Authenticate = (request: IncomingMessage) => Principal

/** The check that `AUTH_MODE` names. */
export const createAuthenticate = (config: Config): Authenticate => {
  switch (config.authMode) {
    case 'token':
      return tokenCheck(config)
    case 'passthrough':
      return (request) => principalOf(config, callerKey(request), 'caller')
    case 'none':
      return () => configuredPrincipal(config, 'anonymous')
  }
}

/** Who may read metrics from elsewhere: whoever holds a token, in every mode, and sees all of the data. Throws as it should be told. */
export const createMetricsAccess = (config: Config): Authenticate => {
  const check = tokenCheck(config)
  return (request) => {
    if (config.apiTokens.length === 0) {
      throw new ServiceError(
        'UNAUTHENTICATED',
        'Metrics are open on loopback alone, as no token is configured: set API_TOKENS and send one of them.',
      )
    }
    return check(request)
  }
}

/** The principal of the configured key; its key is empty when callers bring their own. */
export const configuredPrincipal = (config: Config, name: string): Principal =>
  principalOf(config, config.portkeyApiKey ?? '', name)

const principalOf = (config: Config, upstreamKey: string, name: string): Principal => {
  const workspace = config.portkeyWorkspaceSlug
  // The same key may be good at two deployments that share one Redis.
  const scope = hash('sha256', JSON.stringify([config.portkeyBaseUrl, upstreamKey, workspace]))
  return { name, scope, upstreamKey, workspace }
}

/**
 * Tokens are found by their digests, salted with what nobody outside knows: the time that finding takes tells nothing that could be
 * used to guess one.
 */
const tokenCheck = (config: Config): Authenticate => {
  const salt = randomBytes(16).toString('hex')
  const known = new Map(
    config.apiTokens.map((token, at) => [hash('sha256', salt + token), configuredPrincipal(config, `token-${at + 1}`)]),
  )
  return (request) => {
    const found = known.get(hash('sha256', salt + bearer(request)))
    if (found === undefined) throw new ServiceError('UNAUTHENTICATED', 'The bearer token is not known.')
    return found
  }
}

const bearer = (request: IncomingMessage): string => {
  const token = /^bearer +([\x21-\x7e]+)$/i.exec(onlyHeader(request, 'authorization').trim())?.[1]
  if (token === undefined) {
    throw new ServiceError('UNAUTHENTICATED', 'Send the header authorization: Bearer <token>, once.')
  }
  return token
}

const callerKey = (request: IncomingMessage): string => {
  const key = onlyHeader(request, 'x-portkey-api-key').trim()
  if (!/^[\x21-\x7e]{1,1024}$/.test(key)) {
    throw new ServiceError('UNAUTHENTICATED', 'Send your Portkey key in the header x-portkey-api-key, once.')
  }
  return key
}

/** The header's value, `''` unless it was sent exactly once: two different credentials name nobody. */
const onlyHeader = (request: IncomingMessage, name: string): string => {
  const raw = request.rawHeaders
  let found: string | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const given = raw[at]
    if (given === undefined || given.length !== name.length || given.toLowerCase() !== name) continue
    if (found !== undefined) return ''
    found = raw[at + 1]
  }
  return found ?? ''
}
