import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type Config, isLoopback } from '../config.js'
import type { Teams } from '../teams/teams.js'
import type { Metrics } from '../telemetry/metrics.js'
import { createMetricsAccess } from './auth.js'
import { metricsDocs } from './metrics-docs.js'

/**
 * Adds `/metrics`, in the text format of Prometheus. Open to this machine, where nothing says that a proxy asks for somebody else; all
 * others need a token, whatever callers of questions need. A plain proxy on the same machine cannot be told from a caller there: whoever
 * has one closes the path in it, or sets `TRUST_PROXY`.
 */
export const addMetricsRoute = (
  app: FastifyInstance,
  { trustProxy }: Pick<Config, 'trustProxy'>,
  teams: Teams,
  metrics: Metrics,
): void => {
  const admit = createMetricsAccess(teams)
  app.get('/metrics', {
    schema: metricsDocs,
    config: { whileStopping: true, probed: true },
    onRequest: (request, _reply, done) => {
      const isOpen = trustProxy.length === 0 && isOwnMachine(request.raw)
      if (!isOpen) request.outcome.principal = admit(request.raw).name
      done()
    },
    handler: async (_request, reply) => {
      reply.type(metrics.contentType)
      return metrics.text()
    },
  })
}

/** Headers by which a proxy says for whom it asks, under each of their names; of some families any. */
const FORWARDED: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
])
const FAMILIES: readonly string[] = ['x-forwarded-', 'x-envoy-']

/** The socket itself decides: what headers say is believed only where it closes the door. */
const isOwnMachine = ({ socket, headers }: IncomingMessage): boolean => {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const isForwarded = (name: string) => FORWARDED.has(name) || FAMILIES.some((family) => name.startsWith(family))
  return isLoopback(peer) && namesUs(headers.host, socket.localPort) && !Object.keys(headers).some(isForwarded)
}

/** Whether a `host` header is this machine's by a name of its own, and the port the one that was connected to. */
const namesUs = (host: string | undefined, port: number | undefined): boolean => {
  const [, ipv6, name = '', given = '80'] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(host ?? '') ?? []
  return isLoopback(ipv6 ?? name) && Number(given) === port
}
