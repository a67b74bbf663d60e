import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/** Least time between two lines about refused connections, in ms. */
const SELDOM_MS = 60_000

/**
 * Refuses connections beyond `most`, closing them at once. Each may hold what it has sent of a request, 16 KiB of headers and 256 KiB of
 * a body at the most, so the bound is one on memory too.
 */
export const boundConnections = (app: FastifyInstance, most: number, logger: FastifyBaseLogger): void => {
  app.server.maxConnections = most
  let refused = 0
  let told = Number.NEGATIVE_INFINITY
  app.server.on('drop', () => {
    refused += 1
    if (performance.now() - told < SELDOM_MS) return
    logger.warn({ refused, most }, 'connections are refused: there are MAX_CONNECTIONS already')
    told = performance.now()
    refused = 0
  })
}
