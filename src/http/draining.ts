import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../errors.js'
import { closeWithConnection } from './lost-replies.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers while the process stops: it is still alive, and says so, and how the rest of its work goes. */
    readonly whileStopping?: boolean
  }
}

/** What others need to know of a stop, and it of them. */
export type Draining = {
  readonly closing: () => boolean
  /** Counts a reply as under way until it is closed. */
  readonly track: (response: ServerResponse, socket: Socket) => void
}

/**
 * Makes `app.close()` graceful: requests under way finish first, and until they have, new ones are answered with `SHUTTING_DOWN`
 * on a connection that closes. Only then does the server stop to listen.
 */
export const drainOnClose = (app: FastifyInstance): Draining => {
  let closing = false
  let underWay = 0
  let idle: () => void = () => undefined

  const onClose = () => {
    underWay -= 1
    if (underWay === 0) idle()
  }

  const track = (response: ServerResponse, socket: Socket) => {
    underWay += 1
    closeWithConnection(response, socket)
    // 'close' comes for every reply, also for those whose caller went away.
    response.on('close', onClose)
  }

  app.addHook('onRequest', (request, reply, done) => {
    track(reply.raw, request.socket)
    if (closing && !request.routeOptions.config.whileStopping) {
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
  return { closing: () => closing, track }
}
