import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type { Config } from '../config.js'
import type { Engine } from '../engine.js'
import { newFaults } from '../query/faults.js'
import { INTERVAL_UNITS } from '../query/interval.js'
import { LIMITS } from '../query/limits.js'
import { QueryBody } from '../query/schema.js'
import { addVary } from './answer-headers.js'
import { BODY_LIMIT } from './body.js'
import { principalOf } from './caller.js'
import { catalogDocs } from './catalog-docs.js'
import { explainParameters } from './explain-docs.js'
import { readParameters } from './parameters.js'
import { VALUES_LIMIT } from './values-query.js'

/** What the route works with beside the settings. */
export type CatalogParts = { readonly engine: Engine; readonly admit: onRequestHookHandler }

/** Adds the route that says what can be asked here, how much of it, and what not and why. Nothing is asked of Portkey. */
export const addCatalogRoute = (app: FastifyInstance, config: Config, { engine, admit }: CatalogParts): void => {
  app.get('/v1/metrics/catalog', {
    schema: catalogDocs,
    onRequest: admit,
    handler: async (request, reply) => {
      const faults = newFaults()
      readParameters(request.query, [], faults)
      if (faults.count() > 0) throw faults.toError()
      const { window, datasources } = await engine.catalogue(principalOf(request))
      reply.header('x-upstream-calls', '0')
      addVary(reply, 'accept-encoding')
      return { data: { window, intervals, limits: limitsOf(config), extensions, datasources } }
    },
  })
}

const intervals = {
  form: 'One positive integer, a space and a unit; a trailing s is allowed.',
  units: INTERVAL_UNITS,
  examples: ['5 minutes', '1 hour', '1 day', '2 weeks'],
}

/** What a question, and a reply, may be at most. */
const limitsOf = (config: Config) => ({
  ...LIMITS,
  bodyBytes: BODY_LIMIT,
  replyRows: config.maxRows,
  upstreamCalls: config.maxUpstreamCalls,
  milliseconds: config.requestTimeoutMs,
  retentionDays: config.retentionDays,
  values: VALUES_LIMIT.most,
})

/** What a question may carry beyond the language. */
const extensions = {
  body: {
    limit: QueryBody.properties.limit.description,
    timeZone: QueryBody.properties.timeZone.description,
  },
  query: { explain: explainParameters.properties.explain.description },
}
