import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.js'
import type { Principal } from '../engine.js'
import { ServiceError } from '../errors.js'
import { principalFrom, unlimited } from '../teams/principal.js'
import type { Teams } from '../teams/teams.js'

/** Who sent a request. Throws `UNAUTHENTICATED` when nobody known did. */
export type Authenticate = (request: IncomingMessage) => Principal

/** The check that `AUTH_MODE` names. */
export const createAuthenticate = (config: Config, teams: Teams): Authenticate => {
  switch (config.authMode) {
    case 'token':
      return tokenCheck(teams)
    case 'passthrough':
      return (request) =>
        principalFrom(config, { ...unlimited('caller', callerKey(request)), kind: 'caller', standing: 'caller' })
    case 'none': {
      const anyone = principalFrom(config, unlimited('anonymous', config.portkeyApiKey ?? ''))
      return () => anyone
    }
  }
}

/** Who may read metrics from elsewhere: whoever holds a token, in every mode, and sees all of the data. Throws as it should be told. */
export const createMetricsAccess = (teams: Teams): Authenticate => {
  const check = tokenCheck(teams)
  return (request) => {
    if (!teams.any()) {
      const message = 'Metrics are open on loopback alone while there is no token: set API_TOKENS and send one of them.'
      throw new ServiceError('UNAUTHENTICATED', message)
    }
    const principal = check(request)
    if (principal.restriction === null && principal.standing !== 'bound') return principal
    throw new ServiceError(
      'FORBIDDEN',
      'This token sees a part of the data alone, and metrics are of all that is asked.',
    )
  }
}

/** The check of a bearer token, whatever `AUTH_MODE` says. */
export const tokenCheck =
  (teams: Teams): Authenticate =>
  (request) => {
    const found = teams.find(bearer(request))
    if (found === undefined) throw new ServiceError('UNAUTHENTICATED', 'The bearer token is not known.')
    return found
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
