import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isLoopback } from '../config.js'
import type { Teams } from '../teams/teams.js'
import type { Metrics } from '../telemetry/metrics.js'
import { createMetricsAccess } from './auth.js'
import { metricsDocs } from './metrics-docs.js'

/**
 * Adds `/metrics`, in the text format of Prometheus. Open to this machine, where no proxy says that it asks for somebody else; all
 * others need a token, whatever callers of questions need.
 */
export const addMetricsRoute = (app: FastifyInstance, teams: Teams, metrics: Metrics): void => {
  const admit = createMetricsAccess(teams)
  app.get('/metrics', {
    schema: metricsDocs,
    onRequest: (request, _reply, done) => {
      if (!isOwnMachine(request.raw)) request.outcome.principal = admit(request.raw).name
      done()
    },
    handler: async (_request, reply) => {
      reply.type(metrics.contentType)
      return metrics.text()
    },
  })
}

/** Headers by which a proxy says for whom it asks, under each of their names. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']

/** The socket itself decides: what headers say of it is believed only where it closes the door. */
const isOwnMachine = ({ socket, headers }: IncomingMessage): boolean => {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return isLoopback(peer) && FORWARDED.every((name) => headers[name] === undefined)
}
