import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Config } from '../config.js'
import type { Engine } from '../engine.js'
import type { Resource } from '../portkey/client.js'
import { newFaults } from '../query/faults.js'
import { addVary, describeRead } from './answer-headers.js'
import type { Answering } from './answering.js'
import { patienceOf, principalOf, watching } from './caller.js'
import { readParameters, readWhole } from './parameters.js'
import { wantsFresh } from './refresh.js'
import { LARGEST_PAGE, resourceDocs } from './resource-docs.js'
import { compressedBody } from './sending.js'

/** The lists beside analytics, by the paths they are read under. */
const PATHS: Readonly<Record<string, Resource>> = {
  '/v1/workspaces': 'workspaces',
  '/v1/virtual-keys': 'virtualKeys',
  '/v1/log-exports': 'logExports',
}

/** Such lists change seldom, and a status in them a minute late harms nobody. */
const GOOD_MS = 60_000

/** What the routes of lists work with beside the settings. */
export type ResourceParts = {
  readonly engine: Engine
  readonly answering: Answering
  /** Lets known callers in. */
  readonly admit: onRequestHookHandler
  /** Epoch ms. */
  readonly now: () => number
}

/** Adds the lists that users of Portkey's analytics need beside it, passed on as they are. */
export const addResourceRoutes = (app: FastifyInstance, config: Config, parts: ResourceParts): void => {
  const { engine, answering, admit, now } = parts

  const read = async (resource: Resource, request: FastifyRequest, reply: FastifyReply) => {
    const principal = principalOf(request)
    const page = pageOf(request.query)
    const given = await answering.fetch(
      {
        principal,
        name: `read ${resource} ${JSON.stringify(page)}`,
        goodMs: GOOD_MS,
        refresh: wantsFresh(request.headers),
        ...watching(request),
        fetch: (options) => engine.read(resource, page, principal, options),
      },
      patienceOf(config, reply),
    )
    request.outcome.upstreamCalls = given.upstreamCalls
    describeRead(reply, given, now())
    addVary(reply, 'accept-encoding')
    return compressedBody(request, reply, given.body, answering.compressed)
  }

  for (const [url, resource] of Object.entries(PATHS)) {
    app.get(url, {
      schema: resourceDocs[resource],
      onRequest: admit,
      handler: (request, reply) => read(resource, request, reply),
    })
  }
}

/** The page that is asked for, in canonical form. Throws `VALIDATION_FAILED` with every fault. */
const pageOf = (query: unknown): Readonly<Record<string, string>> => {
  const faults = newFaults()
  const parameters = readParameters(query, ['current_page', 'page_size'], faults)
  const page = readWhole(parameters, 'current_page', [0, 1_000_000], faults)
  const size = readWhole(parameters, 'page_size', [1, LARGEST_PAGE], faults)
  if (faults.count() > 0) throw faults.toError()
  return {
    ...(page !== undefined && { current_page: String(page) }),
    ...(size !== undefined && { page_size: String(size) }),
  }
}
