import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Stands for the bare base path among the routes: that itself may be the path of a route, which is found out then. */
const BARE = '/.base-path'

/**
 * The address of a request without `basePath`, where it has it; for the framework's `rewriteUrl`. Routes answer under the base path
 * and without it: probes ask a process directly, and some proxies strip the path.
 */
export const withoutBasePath =
  (basePath: string) =>
  ({ url = '' }: IncomingMessage): string => {
    if (!url.startsWith(basePath)) return url
    const rest = url.slice(basePath.length)
    if (rest === '' || rest.startsWith('?')) return `${BARE}${rest}`
    return rest.startsWith('/') ? rest : url
  }

/**
 * Leads from the bare base path to the page below it: relative links there need the slash. Call it before the routes are added: one that
 * the base path would hide stops the start.
 */
export const addBasePath = (app: FastifyInstance, basePath: string): void => {
  let hidden: string | null = null
  app.addHook('onRoute', ({ url }) => {
    if (url === basePath || url.startsWith(`${basePath}/`)) hidden = url
  })
  app.addHook('onReady', async () => {
    if (hidden !== null) {
      throw new Error(`BASE_PATH hides the route ${hidden}: choose another path, such as /portkey-metrics`)
    }
  })
  // Relative, for a proxy may have put more before it.
  const location = `${basePath.slice(basePath.lastIndexOf('/') + 1)}/`
  app.get(BARE, { schema: { hide: true } }, (_request, reply) => reply.redirect(location, 308))
}
