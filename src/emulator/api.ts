import { adminAnswer } from './admin.js'
import { analyticsAnswer, type Tampering } from './analytics.js'
import { badKey, blockedByEdge, noPermission, notFound, type Reply } from './reply.js'
import type { World } from './world.js'

/** A request as it arrived. */
export type ApiRequest = {
  readonly method: string
  /** Percent-encoded, with the /v1 in front. */
  readonly path: string
  readonly query: URLSearchParams
  readonly key: string | undefined
  readonly userAgent: string | undefined
}

/** What the emulated deployment answers: edge, key, permission, route, parameters, in this order. Never throws on bad input. */
export function answer(request: ApiRequest, world: World, tampering: Tampering): Reply {
  if (request.userAgent === undefined || LIBRARY_DEFAULT.test(request.userAgent)) return blockedByEdge()
  const { keys } = world.settings
  const grant = request.key !== undefined && Object.hasOwn(keys, request.key) ? keys[request.key] : undefined
  if (grant === undefined) return badKey()
  const below = /^\/v1\/(.+)$/.exec(request.path)?.[1]
  if (below === undefined || request.method !== 'GET') return notFound(request.path)
  const analytics = /^analytics\/(.+)$/.exec(below)?.[1]
  if (analytics === undefined) return adminAnswer(below, request.query, grant, world) ?? notFound(request.path)
  if (!grant.analytics) return noPermission('You do not have permission to view analytics')
  return analyticsAnswer(analytics, request.query, grant, world, tampering) ?? notFound(request.path)
}

// The real edge was seen to block Python-urllib; the others are the defaults that a Node client would leak.
const LIBRARY_DEFAULT = /^\s*$|^(python-urllib|python-requests|node|undici|axios|go-http-client)\b/i
