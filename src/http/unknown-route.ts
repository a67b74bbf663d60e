import { closest, distance } from 'fastest-levenshtein'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.js'

/**
 * Answers what no route answers, before any body is read: a known path with another method is `METHOD_NOT_ALLOWED` with `allow`,
 * all else `NOT_FOUND` naming the nearest route, where one is near. Call it before the routes are added.
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
  if (PAGE_NAMES.includes(path) && methods.has('/')) {
    return new ServiceError('NOT_FOUND', `There is no route ${JSON.stringify(asked)}. The page is at /.`)
  }
  const nearest = closest(path.slice(0, 200), [...documented])
  const how = (methods.get(nearest) ?? [])[0] ?? ''
  if (isFile(path) || distance(path.slice(0, 200), nearest) > path.length / 2) {
    return new ServiceError(
      'NOT_FOUND',
      `There is no route ${JSON.stringify(asked)}. All that there are stand at /docs.`,
    )
  }
  return new ServiceError('NOT_FOUND', `There is no route ${JSON.stringify(asked)}. The nearest is ${how} ${nearest}.`)
}

/** What people take for the address of the page at `/`. */
const PAGE_NAMES: readonly string[] = ['/explorer', '/explorer/', '/explorer/index.html', '/index.html']

/** What a page loads, or a browser looks for beside it: no question was meant. */
const isFile = (path: string): boolean => /^\/(explorer|docs)\//.test(path) || /^\/[^/]+\.\w{2,5}$/.test(path)
