import { closest } from 'fastest-levenshtein'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.js'

/**
 * Answers what no route answers, before any body is read: a known path with another method is `METHOD_NOT_ALLOWED` with `allow`,
 * all else `NOT_FOUND` naming the nearest route. Call it before the routes are added.
 */
export const refuseUnknownRoutes = (app: FastifyInstance): void => {
  const methods = new Map<string, readonly string[]>()
  const documented = new Set<string>()
  app.addHook('onRoute', (route) => {
    if (route.schema !== undefined && route.schema.hide !== true) documented.add(route.url)
    methods.set(route.url, [...(methods.get(route.url) ?? []), ...[route.method].flat()])
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) throw refusal(request, reply, methods, documented)
    done()
  })
  // For a route that stands for files and lacks the one that was asked for.
  app.setNotFoundHandler((request, reply) => {
    throw refusal(request, reply, methods, documented)
  })
}

const refusal = (
  request: FastifyRequest,
  reply: FastifyReply,
  methods: ReadonlyMap<string, readonly string[]>,
  documented: ReadonlySet<string>,
): ServiceError => {
  const path = request.url.split('?', 1)[0] ?? ''
  const sent = request.originalUrl.split('?', 1)[0] ?? ''
  const asked = `${request.method} ${sent.length > 100 ? `${sent.slice(0, 100)}…` : sent}`
  const allowed = methods.get(path)
  if (allowed !== undefined) {
    const list = [...new Set(allowed)].join(', ')
    reply.header('allow', list)
    return new ServiceError('METHOD_NOT_ALLOWED', `There is no route ${JSON.stringify(asked)}: use ${list}.`)
  }
  const nearest = closest(path.slice(0, 200), [...documented])
  const how = (methods.get(nearest) ?? [])[0] ?? ''
  return new ServiceError('NOT_FOUND', `There is no route ${JSON.stringify(asked)}. The nearest is ${how} ${nearest}.`)
}
