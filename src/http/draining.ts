import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'

/** Routes that answer while the process stops: it is still alive, and says so. */
const ALWAYS_OPEN: readonly string[] = ['/healthz', '/version']

/**
 * Makes `app.close()` graceful: requests under way finish first, and until they have, new ones are answered with `SHUTTING_DOWN`
 * on a connection that closes. Only then does the server stop to listen.
 */
export const drainOnClose = (app: FastifyInstance): void => {
  let closing = false
  let underWay = 0
  let idle: () => void = () => undefined

  const onClose = () => {
    underWay -= 1
    if (underWay === 0) idle()
  }

  app.addHook('onRequest', (request, reply, done) => {
    underWay += 1
    // 'close' comes for every reply, also for those whose caller went away.
    reply.raw.on('close', onClose)
    if (closing && !ALWAYS_OPEN.includes(request.routeOptions.url ?? '')) {
      throw new ServiceError('SHUTTING_DOWN', 'The service is stopping: ask again in a moment, or another replica.')
    }
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
  app.addHook('preClose', async () => {
    closing = true
    if (underWay > 0)
      await new Promise<void>((resolve) => {
        idle = resolve
      })
    // Node waits for connections that never sent a request, as browsers and health checks open them.
    app.server.closeAllConnections()
  })
}
