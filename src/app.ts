import type { Socket } from 'node:net'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { createReplies } from './cache/replies.js'
import { CATALOG, withBindings } from './catalog/catalog.js'
import type { Config } from './config.js'
import type { Engine } from './engine.js'
import { describeFailure } from './http/answer-headers.js'
import { createAnswering } from './http/answering.js'
import { createAuthenticate } from './http/auth.js'
import { addBasePath, withoutBasePath } from './http/base-path.js'
import { acceptJson, BODY_LIMIT } from './http/body.js'
import { knowCaller } from './http/caller.js'
import { addCatalogRoute } from './http/catalog.js'
import { compressReplies } from './http/compression.js'
import { boundConnections } from './http/connections.js'
import { allowOrigins, originHeaders } from './http/cors.js'
import { discardRest } from './http/discard.js'
import { addDocsPage } from './http/docs-page.js'
import { drainOnClose } from './http/draining.js'
import { sendError, toServiceError } from './http/error-reply.js'
import { addExplorerRoutes } from './http/explorer.js'
import { addGrafanaRoutes } from './http/grafana.js'
import { addHealthRoutes } from './http/health.js'
import type { HeldFile } from './http/held-files.js'
import { addMetricsRoute } from './http/metrics.js'
import { observeQuestions } from './http/observing.js'
import { documentRoutes } from './http/openapi.js'
import { addQuestionRoutes, REPLIES_PART } from './http/question.js'
import { createRateLimit } from './http/rate-limit.js'
import { createReadiness } from './http/readiness.js'
import { replyHeaders } from './http/reply-headers.js'
import { requestId } from './http/request-id.js'
import { logRequests } from './http/request-log.js'
import { addResourceRoutes } from './http/resources.js'
import { takeShortcut } from './http/shortcut.js'
import { createSocketFaults, replaceNodeRefusals } from './http/socket-faults.js'
import { refuseUnknownRoutes } from './http/unknown-route.js'
import { addValuesRoute } from './http/values.js'
import { openTeams, type Teams } from './teams/teams.js'
import { createMetrics, type Metrics } from './telemetry/metrics.js'
import type { Tracing } from './telemetry/tracing.js'

/** What an app is made of beside its settings. */
export type Parts = {
  readonly engine: Engine
  readonly logger: FastifyBaseLogger
  /** Who may ask by token; those of the configuration unless told. Closed with the app. */
  readonly teams?: Teams
  /** Epoch ms; the clock unless a test has its own. */
  readonly now?: () => number
  /** The page to serve at `/`; without it there is none. */
  readonly explorer?: readonly HeldFile[]
  /** What the engine tells its doings to as well; one of the app's own unless told. */
  readonly metrics?: Metrics
  /** Where traces go; nowhere unless told. Closed with the app, last. */
  readonly tracing?: Tracing | null
  readonly receiving?: Receiving
}

/** Longest times to send a whole request and its headers, and between two looks for slower senders, in ms. */
export type Receiving = { readonly wholeMs: number; readonly headersMs: number; readonly lookMs: number }

/** Slower senders hold sockets for nothing. */
const RECEIVING: Receiving = { wholeMs: 30_000, headersMs: 15_000, lookMs: 5_000 }

/**
 * The HTTP service over an engine, not yet listening. Closing it lets questions under way finish, then closes the engine.
 */
export const buildApp = (config: Config, parts: Parts): FastifyInstance => {
  const { now = Date.now, receiving = RECEIVING } = parts
  const { basePath } = config
  const faults = createSocketFaults()
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: BODY_LIMIT,
    ...(basePath !== '' && { rewriteUrl: withoutBasePath(basePath) }),
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    // Our own drain answers while closing, in the one error shape.
    return503OnClosing: false,
    // The framework's bound on plugins would cut the drain short; main.ts has the bound on stopping.
    pluginTimeout: 0,
    requestTimeout: receiving.wholeMs,
    // A socket may idle as long as the slowest question takes, and a little for the reply.
    connectionTimeout: config.requestTimeoutMs + receiving.wholeMs,
    // Node's own refusal has no body; replaceNodeRefusals has.
    http: {
      headersTimeout: receiving.headersMs,
      connectionsCheckingInterval: receiving.lookMs,
      requireHostHeader: false,
    },
    clientErrorHandler: (fault, socket) => faults.answer(fault, socket),
    frameworkErrors: (error, request, reply) => {
      // No hook runs for these: not the one that sets headers, not the one that logs.
      const refusal = toServiceError(error)
      request.log.info({ status: refusal.statusCode, code: refusal.code, from: request.ip }, 'request')
      const headers = { ...replyHeaders(request.id), ...originHeaders(config.corsOrigins, request.headers.origin) }
      void sendError(reply.headers(headers), refusal)
    },
  })
  // Schemas are for the documents: parseQuery checks, and no serializer may drop or bend a field of a row.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  acceptJson(app)
  boundConnections(app, config.maxConnections, parts.logger)

  // Hooks call back rather than promise: a promise a hook is a good part of what a held reply costs.
  app.addHook('onRequest', (request, reply, done) => {
    faults.begin(request.socket, reply.raw)
    reply.headers(replyHeaders(request.id))
    done()
  })
  const { metrics = createMetrics(), tracing = null } = parts
  const observing = observeQuestions(metrics, tracing)
  const logHit = logRequests(app, parts.logger, observing.onEnd)
  app.addHook('onRequest', observing.onRequest)
  if (config.corsOrigins.length > 0) allowOrigins(app, config.corsOrigins)
  app.setErrorHandler((thrown, request, reply) => {
    const error = toServiceError(thrown)
    request.outcome.error = error
    if (request.outcome.upstreamCalls !== null) describeFailure(reply, request.outcome.upstreamCalls)
    if (error.code !== 'BODY_TOO_LARGE') return sendError(reply, error)
    return discardRest(request.raw).then(() => sendError(reply, error))
  })
  const draining = drainOnClose(app)
  replaceNodeRefusals(app)
  app.server.on('connect', (_request, socket: Socket) => faults.refuseTunnel(socket))
  refuseUnknownRoutes(app)
  documentRoutes(app, basePath)
  compressReplies(app)
  const teams = parts.teams ?? openTeams(config)
  const authenticate = createAuthenticate(config, teams)
  const rateLimit = createRateLimit()
  const admit = knowCaller(authenticate, rateLimit)
  const replies = createReplies(config.cacheMaxMb * 1_048_576 * REPLIES_PART)
  const answering = createAnswering(config, parts.engine, replies, now)
  // Routes come after the plugin that collects them for the documents.
  app.register(async (routes) => {
    if (basePath !== '') addBasePath(routes, basePath)
    addHealthRoutes(routes, createReadiness(config, parts.engine, now))
    const { engine } = parts
    const catalog = withBindings(CATALOG, config.metadataBindings)
    const asked = { catalog, engine, answering, admit, noteOne: observing.noteOne, now }
    const { noteRefused } = observing
    addMetricsRoute(routes, config, teams, metrics)
    addQuestionRoutes(routes, config, asked)
    addCatalogRoute(routes, config, asked)
    addValuesRoute(routes, config, asked)
    addResourceRoutes(routes, config, asked)
    addGrafanaRoutes(routes, config, { ...asked, noteRefused, rateLimit })
    routes.register(async (docs) => addDocsPage(docs, now))
    if (parts.explorer !== undefined) addExplorerRoutes(routes, config, parts.explorer)
  })
  const { held, compressed } = answering
  const cors = config.corsOrigins.length > 0
  const { countHit } = observing
  const { begin } = faults
  takeShortcut(app, {
    authenticate,
    rateLimit,
    held,
    compressed,
    draining,
    begin,
    logHit,
    countHit,
    now,
    basePath,
    cors,
  })
  metrics.watch(() => ({
    ...parts.engine.state(),
    replyBytes: replies.bytes(),
    questionsUnderWay: answering.underWay(),
  }))
  app.addHook('onClose', async () => {
    teams.close()
    await parts.engine.close()
    await tracing?.close()
  })
  return app
}
