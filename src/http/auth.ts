import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.js'
import type { Principal } from '../engine.js'
import { ServiceError } from '../errors.js'

/** Who sent a request. Throws `UNAUTHENTICATED` when nobody known did. */
export type Authenticate = (request: FastifyRequest) => Principal

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

/** The principal of the configured key; its key is empty when callers bring their own. */
export const configuredPrincipal = (config: Config, name: string): Principal =>
  principalOf(config, config.portkeyApiKey ?? '', name)

const principalOf = (config: Config, upstreamKey: string, name: string): Principal => {
  const workspace = config.portkeyWorkspaceSlug
  const scope = digest(JSON.stringify([upstreamKey, workspace])).toString('hex')
  return { name, scope, upstreamKey, workspace }
}

/** Digests are compared, all of them, each in constant time: neither length nor order of the tokens shows in the time taken. */
const tokenCheck = (config: Config): Authenticate => {
  const known = config.apiTokens.map((token, at) => ({
    digest: digest(token),
    principal: configuredPrincipal(config, `token-${at + 1}`),
  }))
  return (request) => {
    const given = digest(bearer(request))
    const found = known.filter((token) => timingSafeEqual(token.digest, given))[0]
    if (found === undefined) throw new ServiceError('UNAUTHENTICATED', 'The bearer token is not known.')
    return found.principal
  }
}

const bearer = (request: FastifyRequest): string => {
  const token = /^bearer +([\x21-\x7e]+)$/i.exec(onlyHeader(request, 'authorization').trim())?.[1]
  if (token === undefined) {
    throw new ServiceError('UNAUTHENTICATED', 'Send the header authorization: Bearer <token>, once.')
  }
  return token
}

const callerKey = (request: FastifyRequest): string => {
  const key = onlyHeader(request, 'x-portkey-api-key').trim()
  if (!/^[\x21-\x7e]{1,1024}$/.test(key)) {
    throw new ServiceError('UNAUTHENTICATED', 'Send your Portkey key in the header x-portkey-api-key, once.')
  }
  return key
}

/** The header's value, `''` unless it was sent exactly once: two different credentials name nobody. */
const onlyHeader = (request: FastifyRequest, name: string): string => {
  const raw = request.raw.rawHeaders
  const values = raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name)
  return values.length === 1 ? (values[0] ?? '') : ''
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
